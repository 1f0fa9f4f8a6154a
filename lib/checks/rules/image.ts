import { at, textAt } from '../../kube/fields';
import { imageFault, parseImage } from '../../kube/image';
import { itemsAt } from '../inventory/inventory';
import { type Found, type Rule, rule } from '../model/rule';

/** An image with content that depends on when it was pulled. */
export const unpinnedImage: Rule = rule(
  'UNPINNED_IMAGE',
  'style',
  'Name the version that was tested.',
  ({ workloads }) =>
    workloads.flatMap(({ object, containers }) =>
      containers.flatMap(({ fields, path }): readonly Found[] => {
        const got = textAt(fields, 'image') ?? '';
        const { tag, digest } = parseImage(got);
        if (
          got === '' ||
          digest !== undefined ||
          (tag !== undefined && !/^(latest|stable|main|master|dev|nightly|edge)$/.test(tag))
        )
          return [];
        const message =
          tag === undefined || tag === '' ? 'the image has no tag, which means latest' : `the tag ${tag} names no version`;
        return [{ object, path: `${path}.image`, message, got, expected: 'repository:version, or repository@sha256:digest' }];
      }),
    ),
  'kube-linter:latest-tag kube-score:container-image-tag checkov:CKV_K8S_14 polaris:tagNotSpecified',
);

/** An image reference that no container runtime can parse. */
export const imageInvalid: Rule = rule(
  'IMAGE_INVALID',
  'error',
  'Write registry/repository:tag, or registry/repository@sha256:digest.',
  (all) => [
    ...['ServingRuntime', 'ClusterServingRuntime'].flatMap((kind) =>
      all
        .ofKind(kind)
        .flatMap((object) =>
          itemsAt(object, 'spec', 'containers').flatMap((one) =>
            fault(object, `spec.containers[name=${one.name}].image`, textAt(one, 'image')),
          ),
        ),
    ),
    ...all.workloads.flatMap(({ object, spec, path, containers }) => [
      ...containers.flatMap(({ fields, path: place }) => fault(object, `${place}.image`, textAt(fields, 'image'))),
      ...itemsAt(spec, 'volumes').flatMap((volume) =>
        fault(object, `${path}.volumes[name=${volume.name}].image.reference`, textAt(volume, 'image', 'reference')),
      ),
    ]),
  ],
);

function fault(object: Found['object'], path: string, got: string | undefined): readonly Found[] {
  const message = got === undefined || got.trim() === '' ? undefined : imageFault(got);
  // The API server itself rejects surrounding whitespace.
  return message === undefined || got !== got?.trim() ? [] : [{ object, path, message, got }];
}

/** Requests and limits that the scheduler and the kubelet need: without them, one pod can exhaust the node. */
export const resourcesMissing: Rule = rule(
  'RESOURCES_MISSING',
  'warning',
  'Request cpu and memory, and limit memory.',
  ({ workloads }) =>
    workloads.flatMap(({ object, containers }) =>
      containers.flatMap(({ fields, path }): readonly Found[] => {
        const value = (kind: string, name: string) => at(fields, 'resources', kind, name);
        const missing = [
          ...(value('requests', 'cpu') === undefined && value('limits', 'cpu') === undefined ? ['requests.cpu'] : []),
          ...(value('requests', 'memory') === undefined && value('limits', 'memory') === undefined ? ['requests.memory'] : []),
          ...(value('limits', 'memory') === undefined ? ['limits.memory'] : []),
        ];
        return missing.length === 0
          ? []
          : [
              {
                object,
                path: `${path}.resources`,
                message: 'the container does not set its requests and its memory limit',
                expected: missing.join(', '),
              },
            ];
      }),
    ),
  'kube-linter:unset-cpu-requirements kube-linter:unset-memory-requirements kube-score:container-resources',
);
