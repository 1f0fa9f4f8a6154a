import type { KubeObject } from '../../../lib/kube/object';
import type { Verdict, VerdictInput } from '../../../lib/release/pod-faults/finding';
import { verdict } from '../../../lib/release/pod-faults/verdict';

/** Noon of the day on which everything in these tests happens. */
export const NOON = Date.parse('2026-01-01T12:00:00Z');
/** So many seconds after noon, as the API server writes it. */
export const at = (seconds: number): string => new Date(NOON + seconds * 1000).toISOString();

type Fields = Readonly<Record<string, unknown>>;

const ownedBy = (uid: string) => [{ uid, controller: true }];

/** A Deployment that its controller has looked at, with uid `d`. */
export const deployment = (fields: Fields = {}, metadata: Fields = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'model', uid: 'd', generation: 2, ...metadata },
  status: { observedGeneration: 2 },
  ...fields,
});

/** A ReplicaSet of it, of this revision, with uid `rs-<revision>`. */
export const replicaSet = (revision: number, fields: Fields = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: {
    name: `model-${revision}`,
    uid: `rs-${revision}`,
    ownerReferences: ownedBy('d'),
    annotations: { 'deployment.kubernetes.io/revision': `${revision}` },
  },
  ...fields,
});

/** A pod of an owner; `status` is its state. */
export const pod = (name: string, owner: string, status: Fields = {}, metadata: Fields = {}, spec: Fields = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, uid: `pod-${name}`, ownerReferences: ownedBy(owner), creationTimestamp: at(0), ...metadata },
  spec,
  status: { phase: 'Pending', ...status },
});

/** The status of a pod whose one container is in this state. */
export const container = (state: Fields, more: Fields = {}): Fields => ({
  containerStatuses: [{ name: 'server', image: 'model:v2', ready: false, restartCount: 0, state, ...more }],
});
export const waiting = (reason: string, message = '', more: Fields = {}): Fields =>
  container({ waiting: { reason, message } }, more);
export const ended = (exitCode: number, reason = 'Error'): Fields => ({ terminated: { exitCode, reason, finishedAt: at(30) } });

/** An event about a pod or another object. */
export const event = (uid: string, reason: string, message: string, seconds = 10): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: `${uid}.${reason}.${seconds}` },
  involvedObject: { uid },
  reason,
  message,
  lastTimestamp: at(seconds),
});

/** The verdict on a Deployment at revision 2, a minute after noon. */
export function judge(input: Partial<VerdictInput> & { readonly pods: readonly KubeObject[] }): Verdict {
  return verdict({
    workload: deployment(),
    replicaSets: [replicaSet(1), replicaSet(2)],
    events: [],
    now: NOON + 60_000,
    ...input,
  });
}

/** `failed ImageNotFound`. */
export const word = ({ kind, cause }: Verdict): string => `${kind} ${cause.reason}`;
