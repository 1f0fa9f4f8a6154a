import { type Problem, ServingError } from '../errors/problem';
import { parseImage } from '../kube/image';
import { imagesIn, replaceImages } from './images';
import type { Reference } from './reference';
import { type RegistryOptions, withRepository } from './registry';
import type { ArtifactFile } from './tar';

/**
 * Adds the digest to every image that has only a tag, as its registry currently resolves it. The tag stays, for readers: a
 * container runtime uses only the digest. Reports all unresolvable images together.
 */
export async function pinImages(files: readonly ArtifactFile[], options: RegistryOptions = {}): Promise<readonly ArtifactFile[]> {
  const open = imagesIn(files).filter((image) => parseImage(image).digest === undefined);
  const problems: Problem[] = [];
  const resolved = new Map<string, string>();
  for (const image of open) {
    try {
      resolved.set(image, await pinned(image, options));
    } catch (error) {
      if (!(error instanceof ServingError)) throw error;
      problems.push(...error.problems.map((problem) => ({ ...problem, subject: image })));
    }
  }
  if (problems.length > 0) throw new ServingError(problems);
  return replaceImages(files, resolved);
}

async function pinned(image: string, options: RegistryOptions): Promise<string> {
  const { tag } = parseImage(image);
  const wanted = tag ?? 'latest';
  const { digest } = await withRepository(referenceOf(image), 'pull', options, (repository) => repository.manifest(wanted));
  return `${image}${tag === undefined ? ':latest' : ''}@${digest}`;
}

/** The location of an image: like container runtimes, reads short names as those of Docker Hub. */
function referenceOf(image: string): Reference {
  const { registry = 'docker.io', repository } = parseImage(image);
  return { registry, repository: registry === 'docker.io' && !repository.includes('/') ? `library/${repository}` : repository };
}
