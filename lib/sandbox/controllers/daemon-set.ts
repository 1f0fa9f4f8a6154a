import { objAt, objsAt, textsAt } from '../../api-schema/json';
import { numberAt, type Obj, textOrEmpty } from '../../kube/fields';
import { type Change, keyOf } from '../core/store';
import { misfit, NO_LOAD, NO_NEIGHBORS } from './fit';
import { controllerKey, controllerReference, isDeleting, type Kit } from './kit';
import { hasEnded, hashOf, isActive, isReady, podFrom, resolveCount } from './pods';
import type { Controller } from './runtime';

const HASH = 'controller-revision-hash';

/** Keeps one pod on every suitable node; replaces outdated pods a few at a time. */
export class DaemonSets implements Controller {
  private readonly kit: Kit;

  constructor(kit: Kit) {
    this.kit = kit;
  }

  *keysOf({ kind, object, type }: Change): Iterable<string> {
    if (kind.kind === 'DaemonSet' && type !== 'DELETED') yield keyOf(object);
    const owner = kind.kind === 'Pod' ? controllerKey(object, 'DaemonSet') : undefined;
    if (owner !== undefined) yield owner;
    if (kind.kind === 'Node' && type !== 'MODIFIED')
      for (const set of this.kit.all(this.kit.kind('apps/v1', 'DaemonSet'))) yield keyOf(set);
  }

  reconcile(key: string): undefined {
    const { kit } = this;
    const kind = kit.kind('apps/v1', 'DaemonSet');
    const set = kit.get(kind, key);
    if (set === undefined) return;
    const podKind = kit.kind('v1', 'Pod');
    const template = objAt(set, 'spec', 'template');
    const hash = hashOf(template);
    const nodes = kit.all(kit.kind('v1', 'Node'));
    const fitting = nodes
      .filter((node) => misfit(podFrom(template, {}), node, NO_LOAD, NO_NEIGHBORS) === undefined)
      .map((node) => textOrEmpty(node, 'metadata', 'name'));
    const pods = kit.owned(set, 'Pod');
    const homeOf = (pod: Obj) =>
      textOrEmpty(pod, 'spec', 'nodeName') || textOrEmpty(pod, 'spec', 'nodeSelector', 'kubernetes.io/hostname');
    const isNew = (pod: Obj) => textOrEmpty(pod, 'metadata', 'labels', HASH) === hash;
    if (!isDeleting(set)) {
      for (const node of fitting)
        if (!pods.some((pod) => homeOf(pod) === node && !hasEnded(pod))) this.create(set, template, hash, node);
      for (const pod of pods) if (!isDeleting(pod) && (hasEnded(pod) || !fitting.includes(homeOf(pod)))) kit.remove(podKind, pod);
      if (textOrEmpty(set, 'spec', 'updateStrategy', 'type') !== 'OnDelete') {
        const limit = Math.max(
          1,
          resolveCount(objAt(set, 'spec', 'updateStrategy', 'rollingUpdate').maxUnavailable ?? 1, fitting.length, true),
        );
        const away = fitting.length - pods.filter((pod) => isReady(pod) && isActive(pod)).length;
        const outdated = pods.filter((pod) => !isNew(pod) && isActive(pod));
        const broken = outdated.filter((pod) => !isReady(pod));
        for (const pod of [...broken, ...outdated.filter(isReady).slice(0, Math.max(0, limit - away))]) kit.remove(podKind, pod);
      }
    }
    const active = kit.owned(set, 'Pod').filter(isActive);
    const ready = active.filter(isReady).length;
    const some = (n: number) => (n === 0 ? undefined : n);
    kit.status(kind, set, {
      currentNumberScheduled: active.length,
      numberMisscheduled: 0,
      desiredNumberScheduled: fitting.length,
      numberReady: ready,
      observedGeneration: objAt(set, 'metadata').generation,
      updatedNumberScheduled: some(active.filter(isNew).length),
      numberAvailable: some(ready),
      numberUnavailable: some(fitting.length - ready),
    });
  }

  private create(set: Obj, template: Obj, hash: string, node: string): void {
    const labels = {
      ...textsAt(template, 'metadata', 'labels'),
      [HASH]: hash,
      'pod-template-generation': String(numberAt(set, 'metadata', 'generation') ?? 1),
    };
    const metadata = {
      generateName: `${textOrEmpty(set, 'metadata', 'name')}-`,
      namespace: textOrEmpty(set, 'metadata', 'namespace'),
      labels,
      ownerReferences: [controllerReference(set)],
    };
    const pod = podFrom(template, metadata);
    const tolerations = [
      ...objsAt(pod, 'spec', 'tolerations'),
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
    ];
    const nodeSelector = { ...textsAt(pod, 'spec', 'nodeSelector'), 'kubernetes.io/hostname': node };
    this.kit.create(this.kit.kind('v1', 'Pod'), { ...pod, spec: { ...objAt(pod, 'spec'), tolerations, nodeSelector } });
  }
}
