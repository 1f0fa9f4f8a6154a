/** The only reader of manifests: files and directories, read like kubectl. */
export { documentsOf, type SourceDocument } from './document';
export { type ManifestFiles, type ReadOptions, readFiles, type SourceFile } from './files';
export { type DocumentObjects, objectsOf } from './objects-of';
export { type Manifests, noObjects, readManifests, unreadDirectories } from './read';
