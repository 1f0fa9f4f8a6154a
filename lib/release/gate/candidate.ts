import { RELEASE_LABEL } from '../../kube/contract';
import { asTexts, fieldsAt, listAt, numberAt, textAt } from '../../kube/fields';
import { displayName, type KubeObject } from '../../kube/object';
import { copiedFor, renamedReferences } from '../../kube/renamed-references';
import { selectingKeys } from '../../kube/selector';
import type { Gate } from '../../manifests/gates';
import type { Run } from '../model/engine';
import { ReleaseError, refuseWhenInterrupted } from '../model/failure';
import type { Plan } from '../model/plan';
import { logsOf } from '../rollout/logs';
import { observe } from '../rollout/observe';
import { candidateWorkload } from './candidate-workload';
import { PodNews } from './pod-news';
import { temporaryOf } from './temporary';

/** Environment variable that passes the URL of the new version's pod to a candidate gate. */
const CANDIDATE_URL = 'CANDIDATE_URL';

type Env = readonly Readonly<Record<string, string>>[];

/** One pod of the new version without traffic, and whatever it needs that is not in the cluster yet. */
export interface Candidate {
  readonly objects: readonly KubeObject[];
  /** Resolves once the pod is ready, with variables for the gate's containers. Rejects at the deadline (monotonic clock). */
  ready(run: Run, deadline?: number): Promise<Env>;
}

/** How long a candidate without a definite fault may take to become ready. */
const LONGEST_MS = 30 * 60_000;

/** What a gate of phase `candidate` needs; empty for other phases. */
export function candidateFor(gate: Gate, planned: Plan, run: string): Candidate {
  if (gate.phase !== 'candidate') return { objects: [], ready: async () => [] };
  const workload = candidateWorkload(gate, planned.objects);
  if (workload === undefined) {
    const message = 'there is no workload to make a candidate of';
    const remedy = 'Name it in the annotation cdk8s-serving/validates.';
    throw new ReleaseError({ code: 'GATE_INVALID', subject: displayName(gate.job), message, got: gate.validates, remedy });
  }
  const suffix = `-candidate-${run.slice(-6)}`;
  const copied = copiedFor(planned.objects);
  const renamed = new Map(copied.flatMap(({ manifest }) => (manifest ? [[displayName(manifest), manifest] as const] : [])));
  const used = new Set<KubeObject>();
  const rename = (kind: string, name: unknown): unknown => {
    const original = typeof name === 'string' ? renamed.get(`${kind}/${name}`) : undefined;
    if (original) used.add(original);
    return original ? `${original.metadata.name}${suffix}` : name;
  };
  const template = fieldsAt(workload, 'spec', 'template');
  const spec = renamedReferences(fieldsAt(template, 'spec'), rename);
  const own = fieldsAt(template, 'metadata', 'labels');
  // No Service and no workload of the release may select it.
  const taken = selectingKeys(
    planned.objects.flatMap(({ manifest }) => manifest ?? []),
    own,
  );
  const labels = Object.fromEntries(Object.entries(own).filter(([key]) => !taken.has(key)));
  const annotations = fieldsAt(template, 'metadata', 'annotations');
  const metadata = { name: `${workload.metadata.name}${suffix}`, namespace: workload.metadata.namespace ?? planned.namespace };
  const pod: KubeObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, labels: asTexts(labels), annotations: asTexts(annotations) },
    spec,
  };
  const copies = [...used].map((original): KubeObject => {
    const { name, namespace = planned.namespace, labels: own = {} } = original.metadata;
    return { ...original, metadata: { name: `${name}${suffix}`, namespace, labels: own } };
  });
  return {
    objects: [...copies, pod].map((object) => temporaryOf(object, run, RELEASE_LABEL)),
    ready: (running, deadline) => ready(running, gate.name, pod, deadline),
  };
}

async function ready(run: Run, gate: string, pod: KubeObject, deadline = run.host.uptime() + LONGEST_MS): Promise<Env> {
  const { name, namespace = '' } = pod.metadata;
  const fail = (message: string): never => {
    const remedy = 'Correct the new version, or its image, and apply again.';
    throw new ReleaseError({ code: 'GATE_REJECTED', subject: `Pod/${name}`, message: `the candidate ${message}`, remedy });
  };
  const news = new PodNews(run, gate);
  const live = await observe(
    run,
    [
      { apiVersion: 'v1', kind: 'Pod', namespace, fieldSelector: `metadata.name=${name}` },
      { apiVersion: 'v1', kind: 'Event', namespace, fieldSelector: `involvedObject.name=${name}` },
    ],
    (view) => {
      refuseWhenInterrupted(run.signal, name);
      const [there] = view.ofKind('Pod');
      if (there === undefined) return view.complete ? fail('was deleted') : undefined;
      const fault = news.look(there, [], view.ofKind('Event'));
      if (fault !== undefined) fail(`does not start: ${fault.reason}: ${fault.message}`);
      if (textAt(there, 'status', 'phase') === 'Failed') fail('failed');
      if (run.host.uptime() > deadline) fail('was not ready in time');
      const condition = listAt(there, 'status', 'conditions').find((one) => textAt(one, 'type') === 'Ready');
      return textAt(condition, 'status') === 'True' ? there : undefined;
    },
  ).catch(async (error: unknown) => {
    const [problem] = error instanceof ReleaseError ? error.problems : [];
    if (problem?.code !== 'GATE_REJECTED') throw error;
    const before = await logsOf(run, pod, true); // of the container that crashed
    throw new ReleaseError(problem, { logs: before.length > 0 ? before : await logsOf(run, pod) });
  });
  const ports = listAt(pod, 'spec', 'containers').flatMap((container) => listAt(container, 'ports'));
  const port = numberAt(ports.find((one) => textAt(one, 'name') === 'http') ?? ports[0], 'containerPort') ?? 8080;
  const ip = textAt(live, 'status', 'podIP') ?? '';
  return [{ name: CANDIDATE_URL, value: `http://${ip.includes(':') ? `[${ip}]` : ip}:${port}` }];
}
