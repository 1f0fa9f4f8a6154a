import type { KubeApi } from '../client/api';
import { isFields, textAt } from '../kube/fields';
import { displayName, type KubeObject } from '../kube/object';
import { sameQuantity } from '../kube/quantity';
import type { RenderedStack } from '../synth/render/render-stack';

/** One field with a live value that differs from the rendered one: another client changed it, or it was never released. */
export interface Drift {
  /** The compared environment. */
  readonly environment: string;
  /** Name of the stack. */
  readonly stack: string;
  /** The object, `Deployment/fraud-model`. */
  readonly object: string;
  /** Empty if the whole object is missing. */
  readonly path: string;
  /** Value in the manifests. */
  readonly rendered: unknown;
  /** `undefined` if it does not exist. */
  readonly live: unknown;
}

/**
 * Differences between an environment's cluster and its rendered manifests. Skips gates and their helpers, which are temporary.
 */
export async function liveDrift(rendered: RenderedStack, api: Pick<KubeApi, 'get'>): Promise<readonly Drift[]> {
  const { environment, stack, files } = rendered;
  const objects = files.filter(({ path }) => !path.includes('/')).flatMap((file) => file.objects);
  const drifts = await Promise.all(
    objects.map(async (object) => {
      const { name, namespace } = object.metadata;
      const live = await api.get({
        apiVersion: object.apiVersion,
        kind: object.kind,
        name,
        ...(namespace === undefined ? {} : { namespace }),
      });
      return driftOf(object, live);
    }),
  );
  return drifts.flat().map((drift) => ({ environment, stack, ...drift }));
}

/** Rendered fields missing or different in a live object. Other live fields are defaults, or set by other clients. */
export function driftOf(rendered: KubeObject, live: KubeObject | undefined): readonly Omit<Drift, 'environment' | 'stack'>[] {
  const object = displayName(rendered);
  if (live === undefined) return [{ object, path: '', rendered: 'present', live: undefined }];
  return compare(rendered, live, '').map((drift) => ({ object, ...drift }));
}

type Difference = Pick<Drift, 'path' | 'rendered' | 'live'>;

function compare(rendered: unknown, live: unknown, path: string): readonly Difference[] {
  if (Array.isArray(rendered)) {
    const list: readonly unknown[] = Array.isArray(live) ? live : [];
    const named = rendered.every((item) => textAt(item, 'name') !== undefined);
    const changed = rendered.flatMap((item, index) => {
      const name = textAt(item, 'name');
      const other = named ? list.find((one) => textAt(one, 'name') === name) : list[index];
      return compare(item, other, `${path}[${named ? `name=${name}` : index}]`);
    });
    // Items that another client added to a list are part of what runs.
    const added = named
      ? list.filter((one) => !rendered.some((item) => textAt(item, 'name') === textAt(one, 'name')))
      : list.slice(rendered.length);
    return [
      ...changed,
      ...added.map((one) => ({ path: `${path}[name=${textAt(one, 'name') ?? '+'}]`, rendered: undefined, live: one })),
    ];
  }
  if (isFields(rendered)) {
    const fields = isFields(live) ? live : {};
    // To the API server, an empty map equals a missing one.
    return Object.entries(rendered).flatMap(([key, value]) => compare(value, fields[key], path === '' ? key : `${path}.${key}`));
  }
  if (rendered === live || (isScalar(rendered) && isScalar(live) && sameQuantity(rendered, live))) return [];
  return [{ path, rendered, live }];
}

const isScalar = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';
