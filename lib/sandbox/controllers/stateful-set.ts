import { objAt, objsAt, textsAt, withAt } from '../../api-schema/json';
import { at, numberAt, type Obj, textOrEmpty } from '../../kube/fields';
import { type Change, keyOf } from '../core/store';
import { controllerKey, controllerReference, isDeleting, type Kit } from './kit';
import { availableIn, hasEnded, hashOf, isReady, podFrom } from './pods';
import type { Controller } from './runtime';

const HASH = 'controller-revision-hash';

/** Keeps numbered pods with their PVCs: one after the other, or in parallel; updates from last to first. */
export class StatefulSets implements Controller {
  private readonly kit: Kit;

  constructor(kit: Kit) {
    this.kit = kit;
  }

  *keysOf({ kind, object, type }: Change): Iterable<string> {
    if (kind.kind === 'StatefulSet' && type !== 'DELETED') yield keyOf(object);
    const owner = kind.kind === 'Pod' ? controllerKey(object, 'StatefulSet') : undefined;
    if (owner !== undefined) yield owner;
  }

  reconcile(key: string): number | undefined {
    const { kit } = this;
    const kind = kit.kind('apps/v1', 'StatefulSet');
    const set = kit.get(kind, key);
    if (set === undefined) return undefined;
    const revision = `${textOrEmpty(set, 'metadata', 'name')}-${hashOf(objAt(set, 'spec', 'template'))}`;
    if (!isDeleting(set)) this.step(set, revision);
    const pods = kit.owned(set, 'Pod');
    const minReady = numberAt(set, 'spec', 'minReadySeconds') ?? 0;
    const waits = pods.map((pod) => availableIn(pod, minReady, kit.world.clock.now()));
    const updated = pods.filter((pod) => textOrEmpty(pod, 'metadata', 'labels', HASH) === revision).length;
    const wanted = numberAt(set, 'spec', 'replicas') ?? 1;
    const before = textOrEmpty(set, 'status', 'currentRevision');
    const done = updated === wanted && pods.length === wanted && pods.every(isReady);
    const currentRevision = before === '' || done ? revision : before;
    const current = pods.filter((pod) => textOrEmpty(pod, 'metadata', 'labels', HASH) === currentRevision).length;
    const some = (n: number) => (n === 0 ? undefined : n);
    kit.status(kind, set, {
      observedGeneration: objAt(set, 'metadata').generation,
      replicas: pods.length,
      readyReplicas: some(pods.filter(isReady).length),
      currentReplicas: some(current),
      updatedReplicas: some(updated),
      currentRevision,
      updateRevision: revision,
      collisionCount: 0,
      availableReplicas: waits.filter((wait) => wait === 0).length,
    });
    const pending = waits.filter((wait) => wait !== undefined && wait > 0).map(Number);
    return pending.length > 0 ? Math.min(...pending) : undefined;
  }

  /**
   * One step: the first missing pod, else the last surplus one, else the last outdated one.
   * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/controller/statefulset/stateful_set_control.go
   */
  private step(set: Obj, revision: string): void {
    const { kit } = this;
    const podKind = kit.kind('v1', 'Pod');
    const parallel = textOrEmpty(set, 'spec', 'podManagementPolicy') === 'Parallel';
    const start = numberAt(set, 'spec', 'ordinals', 'start') ?? 0;
    const wanted = numberAt(set, 'spec', 'replicas') ?? 1;
    const name = textOrEmpty(set, 'metadata', 'name');
    const pods = new Map(kit.owned(set, 'Pod').map((pod) => [textOrEmpty(pod, 'metadata', 'name'), pod]));
    for (let i = start; i < start + wanted; i++) {
      const pod = pods.get(`${name}-${i}`);
      if (pod === undefined) this.create(set, i, revision);
      else if (hasEnded(pod) && !isDeleting(pod)) kit.remove(podKind, pod);
      if (!parallel && (pod === undefined || !isReady(pod) || isDeleting(pod))) {
        if (pod !== undefined && this.isOutdated(set, pod, i, revision) && !isDeleting(pod) && !isReady(pod))
          kit.remove(podKind, pod);
        return;
      }
    }
    const extra = [...pods.values()]
      .filter((pod) => ordinalOf(pod) >= start + wanted)
      .sort((a, b) => ordinalOf(b) - ordinalOf(a));
    for (const pod of extra) {
      if (!isDeleting(pod)) kit.remove(podKind, pod);
      if (!parallel) return;
    }
    if (textOrEmpty(set, 'spec', 'updateStrategy', 'type') === 'OnDelete') return;
    // From last to first: the pods after an outdated one must be ready, those before it need not.
    for (const pod of [...pods.values()].sort((a, b) => ordinalOf(b) - ordinalOf(a))) {
      if (this.isOutdated(set, pod, ordinalOf(pod), revision) && !isDeleting(pod)) {
        kit.remove(podKind, pod);
        return;
      }
      if (isDeleting(pod) || !isReady(pod)) return;
    }
  }

  private isOutdated(set: Obj, pod: Obj, ordinal: number, revision: string): boolean {
    const partition = numberAt(set, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') ?? 0;
    return textOrEmpty(pod, 'metadata', 'labels', HASH) !== revision && ordinal >= partition;
  }

  private create(set: Obj, ordinal: number, revision: string): void {
    const { kit } = this;
    const setName = textOrEmpty(set, 'metadata', 'name');
    const namespace = textOrEmpty(set, 'metadata', 'namespace');
    const name = `${setName}-${ordinal}`;
    const template = objAt(set, 'spec', 'template');
    const labels = {
      ...textsAt(template, 'metadata', 'labels'),
      [HASH]: revision,
      'statefulset.kubernetes.io/pod-name': name,
      'apps.kubernetes.io/pod-index': String(ordinal),
    };
    const claims = objsAt(set, 'spec', 'volumeClaimTemplates');
    const claimKind = kit.kind('v1', 'PersistentVolumeClaim');
    const volumes = claims.map((claim) => {
      const claimName = `${textOrEmpty(claim, 'metadata', 'name')}-${name}`;
      if (kit.get(claimKind, `${namespace}/${claimName}`) === undefined) {
        const own = { name: claimName, namespace, labels: textsAt(set, 'spec', 'selector', 'matchLabels') };
        kit.create(claimKind, { metadata: { ...objAt(claim, 'metadata'), ...own }, spec: objAt(claim, 'spec') });
      }
      return { name: textOrEmpty(claim, 'metadata', 'name'), persistentVolumeClaim: { claimName } };
    });
    const pod = podFrom(template, { name, namespace, labels, ownerReferences: [controllerReference(set)] });
    const rest = objsAt(pod, 'spec', 'volumes').filter((volume) => !volumes.some((claim) => claim.name === volume.name));
    const spec = {
      ...objAt(pod, 'spec'),
      hostname: name,
      ...(at(set, 'spec', 'serviceName') === undefined ? {} : { subdomain: at(set, 'spec', 'serviceName') }),
    };
    kit.create(kit.kind('v1', 'Pod'), withAt({ ...pod, spec }, ['spec', 'volumes'], [...volumes, ...rest]));
    kit.event(
      set,
      'Normal',
      'SuccessfulCreate',
      `create Pod ${name} in StatefulSet ${setName} successful`,
      'statefulset-controller',
    );
  }
}

const ordinalOf = (pod: Obj): number => Number(/-(\d+)$/.exec(textOrEmpty(pod, 'metadata', 'name'))?.[1] ?? 0);
