import { fieldsAt, listAt, numberAt, textAt } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import type { Run } from '../model/engine';
import { refuseWhenInterrupted } from '../model/failure';
import { logsOf } from '../rollout/logs';
import { observe } from '../rollout/observe';
import { PodNews } from './pod-news';
import { expectedSpec, unproved } from './proof';
import type { GateRun } from './thresholds';

/** The outcome of a gate's Job. */
export interface GateOutcome {
  readonly seen: GateRun;
  readonly logs: readonly string[];
  /** Why there is no verdict: the pod was evicted, or its node was lost. Such a run may be repeated. */
  readonly infrastructure?: string;
}

/** A finished Job's pod shows its exit code at once; otherwise the pod is gone. */
const POD_GRACE_MS = 3_000;
/** For a gate that neither ends nor has its own deadline. */
const LONGEST_MS = 60 * 60_000;

/** Watches this Job of a gate, and no other of the same name, until it ends, or its pod can never start. */
export async function watchGate(
  run: Run,
  gate: string,
  job: KubeObject,
  deadline = run.host.uptime() + LONGEST_MS,
): Promise<GateOutcome> {
  const { namespace = '', name, uid } = job.metadata;
  const selectors = [
    { apiVersion: 'batch/v1', kind: 'Job', namespace, fieldSelector: `metadata.name=${name}` },
    { apiVersion: 'v1', kind: 'Pod', namespace, labelSelector: `batch.kubernetes.io/job-name=${name}` },
    { apiVersion: 'v1', kind: 'Event', namespace, fieldSelector: 'type=Warning' },
  ];
  const news = new PodNews(run, gate);
  let finished: number | undefined;
  let last: KubeObject | undefined;
  /** Every pod the Job has had, as last seen. */
  const pods = new Map<string, KubeObject>();
  const { pod, ...outcome } = await observe(run, selectors, (view) => {
    const ofKind = (kind: string) => view.ofKind(kind);
    refuseWhenInterrupted(run.signal, name);
    if (!view.complete) return undefined;
    const live = ofKind('Job').find((object) => object.metadata.uid === uid);
    const current = ofKind('Pod').find((object) => ownerUid(object) === uid);
    for (const pod of ofKind('Pod')) if (ownerUid(pod) === uid) pods.set(pod.metadata.uid ?? pod.metadata.name, pod);
    const gone = current === undefined && last !== undefined;
    last = current ?? last;
    const base = { pod: last, infrastructure: disruptionOf(last, gone) };
    if (live === undefined)
      return {
        ...base,
        infrastructure: undefined,
        seen: { complete: false, lost: 'proved nothing: its Job was deleted while it ran' },
      };
    const ended = endOf(live);
    if (ended === undefined) {
      const fault = news.look(job, current === undefined ? [] : [current], ofKind('Event'));
      if (fault !== undefined) {
        return { ...base, seen: { complete: false, lost: `cannot start: ${fault.reason}: ${fault.message}` } };
      }
      if (run.host.uptime() < deadline) return undefined;
      return { ...base, seen: { complete: false, lost: 'did not end in time' } };
    }
    finished ??= run.host.uptime();
    const terminated = terminatedOf(last);
    const waiting = terminated === undefined && base.infrastructure === undefined && run.host.uptime() - finished < POD_GRACE_MS;
    if (waiting) return undefined;
    const exitCode = numberAt(terminated, 'exitCode');
    const report = textAt(terminated, 'message');
    const lost = ended === 'Complete' ? undefined : lostBy(ended, base.infrastructure, exitCode);
    const seen: GateRun = {
      complete: ended === 'Complete',
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(report === undefined ? {} : { report }),
      ...(lost === undefined ? {} : { lost }),
    };
    return { ...base, infrastructure: ended === 'Complete' ? undefined : base.infrastructure, seen };
  });
  const { infrastructure } = outcome;
  const doubt = outcome.seen.complete ? unproved(job, [...pods.values()], await expectedSpec(run, job)) : undefined;
  const seen = doubt === undefined ? outcome.seen : { ...outcome.seen, lost: `proved nothing: ${doubt}` };
  const logs = seen.complete && doubt === undefined ? [] : await logsOf(run, pod);
  return { seen, logs, ...(infrastructure === undefined ? {} : { infrastructure }) };
}

function lostBy(ended: string, infrastructure: string | undefined, exitCode: number | undefined): string | undefined {
  if (infrastructure !== undefined) return `proved nothing: ${infrastructure}`;
  return exitCode === undefined || exitCode === 0 ? `failed: ${ended}` : undefined;
}

function ownerUid(pod: KubeObject): string | undefined {
  return textAt(listAt(pod, 'metadata', 'ownerReferences')[0], 'uid');
}

/** `Complete`, or why the Job failed; undefined while it runs. */
function endOf(job: KubeObject): string | undefined {
  for (const condition of listAt(job, 'status', 'conditions')) {
    if (textAt(condition, 'status') !== 'True') continue;
    const type = textAt(condition, 'type');
    if (type === 'Complete') return 'Complete';
    if (type === 'Failed') return textAt(condition, 'message') ?? textAt(condition, 'reason') ?? 'its Job failed';
  }
  return undefined;
}

/** Why the cluster took a pod down, if it did. */
function disruptionOf(pod: KubeObject | undefined, gone: boolean): string | undefined {
  if (pod === undefined) return undefined;
  const target = listAt(pod, 'status', 'conditions').find(
    (condition) => textAt(condition, 'type') === 'DisruptionTarget' && textAt(condition, 'status') === 'True',
  );
  const reason = textAt(target, 'reason') ?? textAt(pod, 'status', 'reason');
  if (target !== undefined || reason === 'Evicted' || reason === 'NodeLost' || reason === 'Shutdown')
    return `its pod was taken down (${reason})`;
  return gone && terminatedOf(pod) === undefined ? 'its pod was deleted' : undefined;
}

/** The terminated state of the gate's container: the default container, or the first one. */
function terminatedOf(pod: KubeObject | undefined): unknown {
  const first = listAt(pod, 'spec', 'containers')[0];
  const name = pod?.metadata.annotations?.['kubectl.kubernetes.io/default-container'] ?? textAt(first, 'name');
  const status = listAt(pod, 'status', 'containerStatuses').find((one) => textAt(one, 'name') === name);
  return fieldsAt(status, 'state').terminated;
}
