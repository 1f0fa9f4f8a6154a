/** Directories of manifests as OCI artifacts: push, pull, sign, verify. Loaded only by commands that name a registry. */
export { readDirectory, writeDirectory } from './directory';
export { pinImages } from './pin';
export { annotationsOf, type Provenance, provenanceOf } from './provenance';
export { type Pulled, pullArtifact } from './pull';
export { type Pushed, pushArtifact } from './push';
export { formatReference, isLoopback, parseReference, type Reference } from './reference';
export { readSigningKey, readVerifyKey } from './signature';
export { sourceFilesOf } from './source-files';
