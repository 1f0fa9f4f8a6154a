import { objAt, same, textsAt, withAt } from '../../api-schema/json';
import { numberAt, type Obj, textOrEmpty } from '../../kube/fields';
import { type Change, keyOf } from '../core/store';
import { DESIRED, isScaled, MAX, replicasOf, rollOver, scaleTo } from './deployment-scale';
import { deploymentStatus, progressWait } from './deployment-status';
import { controllerKey, controllerReference, isDeleting, type Kit } from './kit';
import { hasEnded, hashOf } from './pods';
import type { Controller } from './runtime';

const REVISION = 'deployment.kubernetes.io/revision';
const HASH = 'pod-template-hash';
const NOT_COPIED = new Set([REVISION, DESIRED, MAX, 'kubectl.kubernetes.io/last-applied-configuration']);

/** Rolls out Deployments: ReplicaSets by template, revisions, surge and unavailability, progress. */
export class Deployments implements Controller {
  private readonly kit: Kit;

  constructor(kit: Kit) {
    this.kit = kit;
  }

  *keysOf({ kind, object, type }: Change): Iterable<string> {
    if (kind.kind === 'Deployment' && type !== 'DELETED') yield keyOf(object);
    if (kind.kind === 'ReplicaSet') {
      const owner = controllerKey(object, 'Deployment');
      if (owner !== undefined) yield owner;
    }
    if (kind.kind === 'Pod' && type === 'DELETED') yield* this.ownersOfPod(object);
  }

  /** A Recreate rollout waits until old pods are gone. */
  private *ownersOfPod(pod: Obj): Iterable<string> {
    const set = this.kit.get(this.kit.kind('apps/v1', 'ReplicaSet'), controllerKey(pod, 'ReplicaSet') ?? '/');
    const owner = set === undefined ? undefined : controllerKey(set, 'Deployment');
    if (owner !== undefined) yield owner;
  }

  reconcile(key: string): number | undefined {
    const { kit } = this;
    const kind = kit.kind('apps/v1', 'Deployment');
    const found = kit.get(kind, key);
    if (found === undefined) return undefined;
    let deployment = found;
    if (!isDeleting(deployment)) {
      const sets = kit.owned(deployment, 'ReplicaSet');
      const current = this.currentSet(deployment, sets);
      if (objAt(deployment, 'spec').paused === true || isScaled(deployment, sets)) {
        scaleTo(kit, deployment, current, sets);
      } else if (textOrEmpty(deployment, 'spec', 'strategy', 'type') === 'Recreate') {
        deployment = this.recreate(deployment, current, sets);
      } else {
        deployment = this.rolling(deployment, current, sets);
      }
    }
    const sets = kit.owned(deployment, 'ReplicaSet');
    const current = this.currentSet(deployment, sets);
    const { status, complete } = deploymentStatus(kit, deployment, sets, current);
    const stored = kit.status(kind, deployment, status);
    if (complete) this.forgetOld(stored, sets, current);
    return progressWait(kit, stored);
  }

  private currentSet(deployment: Obj, sets: readonly Obj[]): Obj | undefined {
    const wanted = objAt(deployment, 'spec', 'template');
    return sets.find((set) => same(withoutHash(objAt(set, 'spec', 'template')), wanted));
  }

  private rolling(deployment: Obj, current: Obj | undefined, sets: readonly Obj[]): Obj {
    const [next, set] = this.ensureSet(deployment, current, sets, false);
    rollOver(
      this.kit,
      next,
      set,
      sets.filter((other) => !same(objAt(other, 'metadata').uid, objAt(set, 'metadata').uid)),
    );
    return next;
  }

  private recreate(deployment: Obj, current: Obj | undefined, sets: readonly Obj[]): Obj {
    const old = sets.filter((set) => set !== current);
    const alive = old.flatMap((set) => this.kit.owned(set, 'Pod')).filter((pod) => !hasEnded(pod));
    for (const set of old) scaleTo(this.kit, deployment, set, [set], 0);
    if (alive.length > 0 || old.some((set) => replicasOf(set) > 0)) return deployment;
    const [next, set] = this.ensureSet(deployment, current, sets, true);
    scaleTo(this.kit, next, set, [set]);
    return next;
  }

  /** Returns the ReplicaSet of the current template, with its revision; creates it if necessary. */
  private ensureSet(deployment: Obj, current: Obj | undefined, sets: readonly Obj[], full: boolean): readonly [Obj, Obj] {
    const { kit } = this;
    const kind = kit.kind('apps/v1', 'ReplicaSet');
    const highest = Math.max(0, ...sets.filter((set) => set !== current).map(revisionOf));
    const revision = String(Math.max(highest + 1, current === undefined ? 0 : revisionOf(current)));
    const copied = Object.entries(textsAt(deployment, 'metadata', 'annotations')).filter(([name]) => !NOT_COPIED.has(name));
    const replicas = numberAt(deployment, 'spec', 'replicas') ?? 1;
    const annotations = {
      ...Object.fromEntries(copied),
      [DESIRED]: String(replicas),
      [MAX]: String(replicas + surge(deployment)),
      [REVISION]: revision,
    };
    let set = current;
    if (set === undefined) {
      const template = objAt(deployment, 'spec', 'template');
      const hash = hashOf(template);
      const labels = { ...objAt(template, 'metadata', 'labels'), [HASH]: hash };
      const selector = objAt(deployment, 'spec', 'selector');
      const minReadySeconds = numberAt(deployment, 'spec', 'minReadySeconds');
      set = kit.create(kind, {
        metadata: {
          name: `${textOrEmpty(deployment, 'metadata', 'name')}-${hash}`,
          namespace: textOrEmpty(deployment, 'metadata', 'namespace'),
          labels,
          annotations,
          ownerReferences: [controllerReference(deployment)],
        },
        spec: {
          replicas: full ? replicas : 0,
          ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
          selector: { ...selector, matchLabels: { ...objAt(selector, 'matchLabels'), [HASH]: hash } },
          template: withAt(template, ['metadata', 'labels'], labels),
        },
        status: { replicas: 0 },
      });
    } else if (!same(textsAt(set, 'metadata', 'annotations'), annotations)) {
      set = kit.update(kind, set, withAt(set, ['metadata', 'annotations'], annotations));
    }
    if (textOrEmpty(deployment, 'metadata', 'annotations', REVISION) === revision) return [deployment, set];
    const marked = withAt(deployment, ['metadata', 'annotations', REVISION], revision);
    return [kit.update(kit.kind('apps/v1', 'Deployment'), deployment, marked, 'status'), set];
  }

  private forgetOld(deployment: Obj, sets: readonly Obj[], current: Obj | undefined): void {
    const limit = numberAt(deployment, 'spec', 'revisionHistoryLimit') ?? 10;
    const old = sets.filter(
      (set) => set !== current && replicasOf(set) === 0 && (numberAt(set, 'status', 'replicas') ?? 0) === 0 && !isDeleting(set),
    );
    old.sort((a, b) => revisionOf(a) - revisionOf(b));
    for (const set of old.slice(0, Math.max(0, old.length - limit))) this.kit.remove(this.kit.kind('apps/v1', 'ReplicaSet'), set);
  }
}

const revisionOf = (set: Obj): number => Number(textOrEmpty(set, 'metadata', 'annotations', REVISION) || '0');

function withoutHash(template: Obj): Obj {
  const { [HASH]: _, ...labels } = textsAt(template, 'metadata', 'labels');
  return withAt(template, ['metadata', 'labels'], labels);
}

function surge(deployment: Obj): number {
  const replicas = numberAt(deployment, 'spec', 'replicas') ?? 1;
  const value = objAt(deployment, 'spec', 'strategy', 'rollingUpdate').maxSurge;
  if (value === undefined || replicas === 0) return 0;
  return typeof value === 'number' ? value : Math.ceil((Number.parseInt(String(value), 10) / 100) * replicas);
}
