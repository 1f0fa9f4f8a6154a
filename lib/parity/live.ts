import type { KubeApi } from '../client/api';
import { isFields, textAt } from '../kube/fields';
import { displayName, type KubeObject } from '../kube/object';
import { sameQuantity } from '../kube/quantity';
import type { RenderedStack } from '../synth/render/render-stack';

/** One field that runs otherwise than it is rendered: another client has changed it in the cluster, or it was never released. */
export interface Drift {
  /** The environment that was compared. */
  readonly environment: string;
  /** The stack it is in. */
  readonly stack: string;
  /** The object, `Deployment/fraud-model`. */
  readonly object: string;
  /** Empty when the whole object is missing. */
  readonly path: string;
  /** What the manifests say. */
  readonly rendered: unknown;
  /** `undefined` when it is not there. */
  readonly live: unknown;
}

/** What the cluster of an environment has otherwise than it is rendered. Gates and their helpers come and go, so they are left out. */
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

/** In what a live object falls short of a rendered one. Fields that only the cluster has are defaults, or others' business. */
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
    // What another client has added to a list is part of what runs.
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
    // An empty map and none are the same to the API server.
    return Object.entries(rendered).flatMap(([key, value]) => compare(value, fields[key], path === '' ? key : `${path}.${key}`));
  }
  if (rendered === live || (isScalar(rendered) && isScalar(live) && sameQuantity(rendered, live))) return [];
  return [{ path, rendered, live }];
}

const isScalar = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';
