import type { KubeObject } from '../../kube/object';
import { statusByRule } from './by-rule';
import { countAt } from './fields';
import { inProgress, type Status } from './result';
import { READINESS_RULES } from './rules';

/** Label on the objects that a LeaderWorkerSet creates. */
export const GROUP_LABEL = 'leaderworkerset.sigs.k8s.io/name';
const INDEX_LABEL = 'leaderworkerset.sigs.k8s.io/group-index';
const WORKER_LABEL = 'leaderworkerset.sigs.k8s.io/worker-index';

const RULE = READINESS_RULES.find(({ kind }) => kind.endsWith('/LeaderWorkerSet'));

/** A group with another number of pods than its set asks for. */
export interface WrongGroup {
  /** Index of the group. */
  readonly index: number;
  /** Number of its pods. */
  readonly pods: number;
  /** Number of pods that a group must have. */
  readonly size: number;
  /** Name of its leader pod, if there is one. */
  readonly leader?: string;
}

/**
 * The status of a LeaderWorkerSet by its own status and, where they are known, by its pods: controller 0.9 can report a set as
 * updated although a group still has the size from before.
 */
export function leaderWorkerSetStatus(object: KubeObject, pods?: readonly KubeObject[]): Status {
  if (RULE === undefined) return { status: 'Unknown', reason: 'NoRule', message: 'No rule for LeaderWorkerSet' };
  const status = statusByRule(object, RULE);
  if (status.status !== 'Current' || pods === undefined) return status;
  const [wrong] = wrongGroups(object, pods);
  return wrong === undefined ? status : inProgress('GroupSize', sizeMessage(wrong));
}

/** The number of a group's pods as a message. */
export function sizeMessage({ index, pods, size }: WrongGroup): string {
  return `Group ${index} has ${pods} pods, and its size is ${size}`;
}

/** The groups of a set with another number of pods than its size. Pods that are being deleted do not count. */
export function wrongGroups(object: KubeObject, pods: readonly KubeObject[]): readonly WrongGroup[] {
  const { name, namespace } = object.metadata;
  const size = countAt(object, ['spec', 'leaderWorkerTemplate', 'size'], 1);
  const replicas = countAt(object, ['spec', 'replicas'], 1);
  const mine = pods.filter(
    ({ metadata }) =>
      metadata.labels?.[GROUP_LABEL] === name && metadata.namespace === namespace && metadata.deletionTimestamp === undefined,
  );
  return Array.from({ length: replicas }, (_, index) => {
    const group = mine.filter(({ metadata }) => metadata.labels?.[INDEX_LABEL] === String(index));
    const leader = group.find(({ metadata }) => metadata.labels?.[WORKER_LABEL] === '0')?.metadata.name;
    return { index, pods: group.length, size, ...(leader === undefined ? {} : { leader }) };
  }).filter((group) => group.pods !== group.size);
}
