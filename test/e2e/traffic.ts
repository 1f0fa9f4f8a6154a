import { setTimeout as sleep } from 'node:timers/promises';
import { score } from '../../apps/images/fraud-model';
import { trainedModels } from '../../apps/images/train';
import { listAt, textAt } from '../../lib/kube/fields';
import { apply, type GateEvidence, rollback } from '../../lib/release';
import { type Course, course } from '../release/harness';
import type { Sent } from './images/client';
import { knownTransactions } from './images/known-transactions';
import { restartsOf } from './observer';
import type { RealCluster } from './real-node';
import { NAMESPACE, RELEASE, SERVER, stackFolder, TARGET, ungatedFolder } from './stack';

/** One thing that was done to the stack while requests went on. */
export interface Step {
  readonly title: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** How the release ended; absent where nothing was released. */
  readonly exitCode?: number;
  readonly gates: readonly GateEvidence[];
  readonly message: string;
  /** When its gate passed, if it did. */
  readonly passedAt?: number;
  /** The pods of the stack before and after: uid and restarts. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** What a run of all steps has shown. */
export interface Recording {
  readonly steps: readonly Step[];
  readonly sent: readonly Sent[];
}

/** Requests per second. */
export const RATE = 40;
/** Traffic before the first step, between steps, and after the last. */
const PAUSE_MS = 3_000;

/** Takes the installed stack (v2.1.0) through everything that happens to a model server, under constant traffic. */
export async function recordTraffic(cluster: RealCluster): Promise<Recording> {
  const { engine } = cluster;
  const name = { release: RELEASE, namespace: NAMESPACE };
  const stackPods = async () => {
    const labels = `app.kubernetes.io/instance=${RELEASE},app.kubernetes.io/component!=gate`;
    const text = await cluster.kubectl('-n', NAMESPACE, 'get', 'pods', '-l', labels, '-o', 'json');
    const pods = listAt(JSON.parse(text), 'items') as readonly Parameters<typeof restartsOf>[0][];
    return pods
      .filter((pod) => textAt(pod, 'metadata', 'deletionTimestamp') === undefined)
      .map((pod) => `${pod.metadata.uid} restarts ${restartsOf(pod)}`)
      .sort();
  };
  const steps: Step[] = [];
  const step = async (
    title: string,
    action: (watch: (event: { readonly type: string }) => void) => Promise<Course | undefined>,
  ) => {
    await sleep(PAUSE_MS);
    const [before, from] = [await stackPods(), Date.now()];
    let judgedAt: number | undefined;
    const done = await action(({ type }) => {
      if (type === 'gate-judged') judgedAt = Date.now();
    });
    const gates = done?.result.revision?.gates ?? [];
    const passed = gates.length > 0 && gates.every((gate) => gate.passed);
    steps.push({
      title,
      from,
      to: Date.now(),
      ...(done === undefined ? {} : { exitCode: done.exitCode }),
      gates,
      message: done?.message ?? '',
      ...(passed && judgedAt !== undefined ? { passedAt: judgedAt } : {}),
      before,
      after: await stackPods(),
    });
  };
  const released = (title: string, path: string) => step(title, (watch) => course(apply(engine, path), watch));

  const client = await cluster.client('ingress-nginx', TARGET, RATE);
  await released('upgrade to the better model', stackFolder('model.version=v2.2.0'));
  await released('upgrade to the worse model', stackFolder('model.version=v2.3.0'));
  await released('image that crashes on load', stackFolder('model.version=v2.4.0'));
  await released('the same, without a gate', ungatedFolder('model.version=v2.4.0'));
  await step('rollback', (watch) => course(rollback(engine, name), watch));
  await released('one variable changed', stackFolder('model.decisionThreshold=0.6'));
  await step('Redis restarted', async () => {
    await cluster.kubectl('-n', NAMESPACE, 'delete', 'pod', `${RELEASE}-redis-0`);
    await cluster.kubectl('-n', NAMESPACE, 'rollout', 'status', `statefulset/${RELEASE}-redis`, '--timeout=120s');
    return undefined;
  });
  // Pods that were told to stop are still answering what they were asked.
  await sleep(25_000);
  const sent = await client.sent();
  await client.stop();
  return { steps, sent };
}

/** Requests that were not answered with a prediction. */
export function failed({ sent }: Recording): readonly Sent[] {
  return sent.filter(({ status, model }) => status !== 200 || model === undefined);
}

/** Answers that are not what the model of the version that they name predicts for the transaction. */
export function wrong({ sent }: Recording): readonly Sent[] {
  const [models, features] = [new Map(trainedModels().map((model) => [model.version, model])), knownTransactions()];
  return sent.filter(({ model: version = '', transaction, probability = Number.NaN }) => {
    const [model, known] = [models.get(version), features.get(transaction)];
    return model === undefined || known === undefined || !(Math.abs(score(model, known) - probability) < 1e-9);
  });
}

/** Answers of a version before a gate of its own had passed; what was installed before the traffic began has passed. */
export function unproven({ steps, sent }: Recording): readonly Sent[] {
  const since = new Map([
    ['v2.1.0', 0],
    ['v2.2.0', steps[0]?.passedAt ?? Number.POSITIVE_INFINITY],
  ]);
  return sent.filter(
    ({ at, ms, model = '', pod = '' }) =>
      at + ms < (since.get(model) ?? Number.POSITIVE_INFINITY) || !pod.startsWith(SERVER) || pod.includes('candidate'),
  );
}
