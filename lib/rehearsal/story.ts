import { ServingError } from '../errors/problem';
import { fieldsAt, numberAt } from '../kube/fields';
import type { KubeObject } from '../kube/object';
import { podSpecOf } from '../kube/pod-spec';
import { history, type Outcome, type ReleaseEvent, type ReleaseOptions, type ReleaseResult, type Revision } from '../release';
import { crashLoop, imageNotFound, probeNeverReady } from './conditions';
import type { TestRelease } from './stage';
import { isWorkload, withImageTag } from './versions';

/** Failures that a rehearsal can show. */
export const FAILURES = ['gate', 'image', 'crash', 'unready', 'quota', 'canary-errors', 'canary-slow', 'canary-few'] as const;
/** One of these failures. */
export type FailureKind = (typeof FAILURES)[number];

/** Events of a simulation, as they happen. */
export type SimulationEvent =
  | { readonly type: 'title'; readonly text: string }
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'release'; readonly event: ReleaseEvent }
  | { readonly type: 'result'; readonly result: ReleaseResult }
  | { readonly type: 'history'; readonly revisions: readonly Revision[] };

/** One step: its title, action and expected outcome. */
interface Step {
  readonly title: string;
  readonly ends: Outcome;
  readonly act: () => Promise<AsyncGenerator<ReleaseEvent, ReleaseResult, void>>;
}

/**
 * Simulates releases of a stack: install, upgrade, failures, rollback, history; or a single failure. Returns the first unexpected
 * outcome, or undefined.
 */
export async function* simulate(
  stage: TestRelease,
  fail?: FailureKind,
): AsyncGenerator<SimulationEvent, Outcome | undefined, void> {
  for (const object of stage.leftOut) yield { type: 'note', text: `${object} is left out: the sandbox does not have its kind` };
  for (const object of stage.takenAsReady) {
    yield { type: 'note', text: `${object} is taken as ready: the sandbox has no controller of its kind` };
  }
  for (const step of stepsOf(stage, fail)) {
    yield { type: 'title', text: step.title };
    const progress = await step.act();
    for (;;) {
      const next = await stage.here.run(progress.next());
      if (next.done !== true) {
        yield { type: 'release', event: next.value };
        continue;
      }
      yield { type: 'result', result: next.value };
      if (next.value.outcome !== step.ends) return next.value.outcome;
      break;
    }
  }
  yield { type: 'title', text: 'What the record says' };
  yield { type: 'history', revisions: await stage.here.run(history(stage.engine, stage)) };
  return undefined;
}

function stepsOf(stage: TestRelease, fail: FailureKind | undefined): readonly Step[] {
  const { objects, version } = stage;
  const install: Step = {
    title: `Install ${stage.release} ${version}`,
    ends: 'succeeded',
    act: async () => stage.apply(objects),
  };
  if (fail !== undefined) return [install, failure(stage, fail)];
  const next = stage.next();
  const proof = stage.hasGates ? 'the gate measures the new model and lets it pass' : 'there is no gate';
  return [
    install,
    { title: `Upgrade to ${next.version}: ${proof}`, ends: 'succeeded', act: async () => stage.apply(next.objects) },
    ...(stage.hasGates ? [failure(stage, 'gate')] : []),
    ...(stage.hasPods ? [failure(stage, 'image')] : []),
    { title: `Roll back to ${version}`, ends: 'succeeded', act: async () => stage.rollback() },
  ];
}

function failure(stage: TestRelease, kind: FailureKind): Step {
  const { version, objects } = stage.next();
  const release = (options?: ReleaseOptions) => async () => stage.apply(objects, options);
  switch (kind) {
    case 'gate': {
      if (!stage.hasGates) throw noGate(stage);
      stage.afflict(version, 'gate fails');
      return {
        title: `Upgrade to ${version}, whose model is worse: the gate rejects it, nothing is changed`,
        ends: 'rejected',
        act: release(),
      };
    }
    case 'image': {
      if (!stage.hasPods) throw noPods(stage);
      const tag = `${version}-typo`;
      const wrong = withImageTag(objects, version, tag);
      stage.afflict(tag, imageNotFound());
      // If the model is not part of the image, all pods of the new version miss their image.
      if (JSON.stringify(wrong) === JSON.stringify(objects)) stage.afflict(version, imageNotFound());
      return { ...broken(stage, version, 'whose image does not exist'), act: async () => stage.apply(wrong) };
    }
    case 'crash': {
      if (!stage.hasPods) throw noPods(stage);
      stage.afflict(version, crashLoop());
      return { ...broken(stage, version, 'which crashes at its start'), act: release() };
    }
    case 'unready': {
      if (!stage.hasPods) throw noPods(stage);
      stage.afflict(version, probeNeverReady());
      const step = broken(stage, version, 'which is never ready', ' after the 5 s that it may take here');
      return { ...step, act: release({ timeoutMs: 5000 }) };
    }
    case 'canary-errors':
    case 'canary-slow':
    case 'canary-few': {
      if (!stage.hasStrategy) throw noStrategy(stage);
      const [traffic, what] = TRAFFIC[kind];
      stage.serveTraffic(traffic);
      return { title: `Upgrade to ${version}, ${what}: it is taken back at the first step`, ends: 'rolled-back', act: release() };
    }
    case 'quota': {
      const title = `Upgrade to ${version}, which needs more pods than the quota leaves: it is refused, nothing is changed`;
      return { title, ends: 'refused', act: async () => stage.apply(await withoutRoom(stage, objects)) };
    }
  }
}

/** An upgrade that cannot run: if a gate calls a candidate, the release stops there. */
function broken({ hasCandidate }: TestRelease, version: string, what: string, when = ''): Pick<Step, 'title' | 'ends'> {
  return hasCandidate
    ? { title: `Upgrade to ${version}, ${what}: its candidate is given up${when}, nothing is changed`, ends: 'rejected' }
    : { title: `Upgrade to ${version}, ${what}: it is rolled back${when}`, ends: 'rolled-back' };
}

/** Sets a quota with room only for the existing pods, and lets the objects request one more. */
async function withoutRoom(
  { here, engine, namespace }: TestRelease,
  objects: readonly KubeObject[],
): Promise<readonly KubeObject[]> {
  const pods = here.sandbox.objects('v1', 'Pod', namespace).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const metadata = { name: 'rehearsal', namespace };
  await here.run(
    engine.api.create({ apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard: { pods: String(pods.length) } } }),
  );
  await here.run(here.sandbox.clock.sleep(100)); // until its status shows the usage
  const grown = objects.find(
    (object) => isWorkload(object) && podSpecOf(object) !== undefined && replicasOf(object) !== undefined,
  );
  return objects.map((object) =>
    object === grown ? { ...object, spec: { ...fieldsAt(object, 'spec'), replicas: (replicasOf(object) ?? 0) + 1 } } : object,
  );
}

const replicasOf = (object: KubeObject): number | undefined => numberAt(object, 'spec', 'replicas');

const TRAFFIC = {
  'canary-errors': ['errors', 'which fails 5 % of its requests'],
  'canary-slow': ['slow', 'which takes three times as long'],
  'canary-few': ['few requests', 'of which too few requests are measured'],
} as const;

function noStrategy({ release }: TestRelease): ServingError {
  const message = 'no workload has a strategy that measures its steps';
  const remedy = 'Give the model server a canary with measure, or rehearse another failure.';
  return new ServingError([{ code: 'USAGE', subject: release, message, remedy }]);
}

function noPods({ release }: TestRelease): ServingError {
  const message = 'the sandbox runs no pods of its custom resources, so none can fail';
  const remedy = 'Rehearse a stack with a Deployment, StatefulSet or DaemonSet.';
  return new ServingError([{ code: 'USAGE', subject: release, message, remedy }]);
}

function noGate({ release }: TestRelease): ServingError {
  const message = 'the manifests have no gate that could fail';
  const remedy = 'Add a ValidationHook, or rehearse another failure.';
  return new ServingError([{ code: 'USAGE', subject: release, message, remedy }]);
}
