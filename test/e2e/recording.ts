import { setTimeout as sleep } from 'node:timers/promises';
import { type FraudModel, score } from '../../apps/images/fraud-model';
import { trainedModels } from '../../apps/images/train';
import { listAt, textAt } from '../../lib/kube/fields';
import type { KubeObject } from '../../lib/kube/object';
import type { Sent } from './images/client';
import { knownTransactions } from './images/known-transactions';
import { restartsOf } from './observer';
import type { RealCluster } from './real-node';

/** How an action on a served model ended. */
export interface Ended {
  /** Absent where nothing was released. */
  readonly exitCode?: number;
  /** Why it failed; empty when it did not. */
  readonly message: string;
  /** The version that a gate let pass, and when, milliseconds since 1970. */
  readonly passed?: { readonly version: string; readonly at: number };
}

/** One thing that was done to the served model while requests went on. */
export interface Step extends Ended {
  readonly title: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** The pods of the stack before and after: uid and restarts. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** What a run of some steps has shown. */
export interface Recording {
  readonly steps: readonly Step[];
  readonly sent: readonly Sent[];
  /** Versions that a gate had let pass before the requests began. */
  readonly passedBefore: readonly string[];
}

/** A released model that requests are sent to. */
export interface Served {
  readonly namespace: string;
  /** Selects its pods. */
  readonly labels: string;
  /** URL that predictions come from. */
  readonly target: string;
  readonly passedBefore: readonly string[];
  /** Requests per second. @default 40 */
  readonly rate?: number;
}

/** Requests per second. */
export const RATE = 40;
/** Traffic before the first step, between steps, and after the last. */
const PAUSE_MS = 3_000;
/** Until pods that were told to stop are gone: pause, drain. */
const DRAIN_MS = 25_000;

/** Sends constant requests to a served model while things are done to it. */
export async function record(
  cluster: RealCluster,
  { namespace, labels, target, passedBefore, rate = RATE }: Served,
  actions: Readonly<Record<string, () => Promise<Ended>>>,
): Promise<Recording> {
  const pods = async () => {
    const items = listAt(JSON.parse(await cluster.kubectl('-n', namespace, 'get', 'pods', '-l', labels, '-o', 'json')), 'items');
    return (items as readonly KubeObject[])
      .filter((pod) => textAt(pod, 'metadata', 'deletionTimestamp') === undefined)
      .map((pod) => `${pod.metadata.uid} restarts ${restartsOf(pod)}`)
      .sort();
  };
  const client = await cluster.client('ingress-nginx', target, rate);
  const steps: Step[] = [];
  for (const [title, act] of Object.entries(actions)) {
    await sleep(PAUSE_MS);
    const [before, from] = [await pods(), Date.now()];
    const ended = await act();
    steps.push({ title, from, to: Date.now(), ...ended, before, after: await pods() });
  }
  await sleep(DRAIN_MS);
  const sent = await client.sent();
  await client.stop();
  return { steps, sent, passedBefore };
}

/** Requests that were not answered with a prediction. */
export function failed(sent: readonly Sent[]): readonly Sent[] {
  return sent.filter(({ status, model }) => status !== 200 || model === undefined);
}

let models: ReadonlyMap<string, FraudModel> | undefined;

function knownModels(): ReadonlyMap<string, FraudModel> {
  models ??= new Map(trainedModels().map((model) => [model.version, model]));
  return models;
}

/** Answers that are not what the model of the version that they name predicts for the transaction. */
export function wrong(sent: readonly Sent[]): readonly Sent[] {
  const [trained, features] = [knownModels(), knownTransactions()];
  return sent.filter(({ status, model: version = '', transaction, probability = Number.NaN }) => {
    const [model, known] = [trained.get(version), features.get(transaction)];
    if (status !== 200) return false;
    return model === undefined || known === undefined || !(Math.abs(score(model, known) - probability) < 1e-9);
  });
}

/** Answers that came from a version before a gate had let it pass, or from a candidate. */
export function unproven({ steps, sent, passedBefore }: Recording): readonly Sent[] {
  const since = new Map(passedBefore.map((version) => [version, 0]));
  for (const { passed } of steps) {
    if (passed !== undefined)
      since.set(passed.version, Math.min(passed.at, since.get(passed.version) ?? Number.POSITIVE_INFINITY));
  }
  return sent.filter(({ status, at, ms, model = '', pod = '' }) => {
    return status === 200 && (at + ms < (since.get(model) ?? Number.POSITIVE_INFINITY) || pod.includes('candidate'));
  });
}
