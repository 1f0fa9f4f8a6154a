import type { PodTemplateFields } from '../kube/api-types';

/**
 * Label of the pods that receive a group's requests. The Service selects by it, because the controller's own labels are set at
 * runtime.
 */
export const LEADER_LABELS = { 'cdk8s-serving/part': 'leader' } as const;

/** The spec of a LeaderWorkerSet. @see https://lws.sigs.k8s.io/docs/reference/leaderworkerset.v1/ */
export interface LeaderWorkerSetSpec {
  readonly replicas: number;
  readonly startupPolicy: 'LeaderCreated' | 'LeaderReady';
  readonly networkConfig: { readonly subdomainPolicy: 'UniquePerReplica' };
  readonly rolloutStrategy: {
    readonly type: 'RollingUpdate';
    readonly rollingUpdateConfiguration: { readonly maxUnavailable: number; readonly maxSurge: number };
  };
  readonly leaderWorkerTemplate: {
    readonly size: number;
    readonly restartPolicy: 'RecreateGroupOnPodRestart' | 'None';
    readonly leaderTemplate?: PodTemplateFields;
    readonly workerTemplate: PodTemplateFields;
  };
}

/** A group of nodes: its pods start, fail and are replaced together. Rollouts add no group, because spare devices are rare. */
export function leaderWorkerSetSpec(group: {
  readonly replicas: number;
  readonly size: number;
  readonly leader?: PodTemplateFields;
  readonly worker: PodTemplateFields;
}): LeaderWorkerSetSpec {
  const { replicas, size, leader, worker } = group;
  return {
    replicas,
    startupPolicy: 'LeaderCreated',
    // The controller makes a headless Service with unready pods, by which workers find their leader. One for all groups would have
    // the name of the Service that clients call; the controller takes an existing one, and workers would wait for a ready leader.
    networkConfig: { subdomainPolicy: 'UniquePerReplica' },
    rolloutStrategy: { type: 'RollingUpdate', rollingUpdateConfiguration: { maxUnavailable: 1, maxSurge: 0 } },
    leaderWorkerTemplate: {
      size,
      // A restarted rank would find the others waiting in a collective call for the rank that died.
      restartPolicy: 'RecreateGroupOnPodRestart',
      ...(leader === undefined ? {} : { leaderTemplate: leader }),
      workerTemplate: worker,
    },
  };
}
