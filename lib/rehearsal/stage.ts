import { ServingError } from '../errors/problem';
import { READY_WHEN_ANNOTATION, RELEASE_LABEL, STRATEGY_ANNOTATION } from '../kube/contract';
import { defines } from '../kube/kinds';
import { displayName, groupOf, type KubeObject } from '../kube/object';
import { podSpecOf } from '../kube/pod-spec';
import {
  apply,
  type Engine,
  load,
  type ReleaseEvent,
  type ReleaseOptions,
  type ReleaseResult,
  rollback,
  type SourceFile,
} from '../release';
import type { Clock, PodBehavior, PodBehaviorHook, Sandbox } from '../sandbox';
import { type Condition, gateScript, jobOf } from './conditions';
import { nodesFor } from './nodes';
import { asFiles, type Rehearsal, rehearsal } from './rehearsal';
import { surroundingsOf } from './surroundings';
import { type CandidateTraffic, openDefinitions, scriptedMetrics, withHold } from './traffic';
import { isWorkload, nextVersion, runsVersion, versionOf, withVersion } from './versions';

/** Treats external Secrets and PVCs as existing, signatures as verified, and the record as accepted. */
const ALONE = { ignoreMissing: true, allowUnsigned: true } as const;

type Progress = AsyncGenerator<ReleaseEvent, ReleaseResult, void>;

/** Options for a test release. */
export interface StageOptions {
  /** Clock. @default - a virtual clock */
  readonly clock?: Clock;
  /** Durations of pods and gates. @default - a few tenths of a second */
  readonly pace?: Partial<Pick<PodBehavior, 'startMs' | 'readyMs' | 'jobMs'>>;
  /** Namespace of the release. @default - from the manifests */
  readonly namespace?: string;
  /** Whether insufficient node capacity in the sandbox stops a release. @default true */
  readonly checkCapacity?: boolean;
  /** Hold of each strategy step, in seconds. @default - from the strategy */
  readonly holdSeconds?: number;
}

/** An in-memory cluster with everything that a stack needs, and versions of the stack. */
export interface TestRelease {
  /** The in-memory cluster. */
  readonly here: Rehearsal;
  /** A release engine for it. */
  readonly engine: Engine;
  /** Name of the release. */
  readonly release: string;
  /** Its namespace. */
  readonly namespace: string;
  /** The given objects, including gates. */
  readonly objects: readonly KubeObject[];
  /** Objects of built-in kinds that the sandbox does not support, `ReplicationController/web`. */
  readonly leftOut: readonly string[];
  /** Objects of kinds without a controller in the sandbox, `PodMonitor/fraud-model`; they are ready once they exist. */
  readonly takenAsReady: readonly string[];
  /** Whether there is a workload with running pods: otherwise, no pod of a new version can fail. */
  readonly hasPods: boolean;
  /** Whether the manifests have gates. */
  readonly hasGates: boolean;
  /** Whether a gate calls a candidate pod: one that does not start is detected before any change. */
  readonly hasCandidate: boolean;
  /** The given version. */
  readonly version: string;
  /** Returns the objects of the next version, a later one with each call. */
  next(): Version;
  /** Releases the objects. */
  apply(objects: readonly KubeObject[], options?: ReleaseOptions): Progress;
  /** Rolls back to the previous successful revision. */
  rollback(): Progress;
  /** Whether a workload has a release strategy. */
  readonly hasStrategy: boolean;
  /** Sets what Prometheus measures for candidates from now on. */
  serveTraffic(how: CandidateTraffic): void;
  /** Makes pods of a version behave according to a condition from now on. */
  afflict(version: string, condition: Condition | 'gate fails'): void;
}

/** A stack with another model version. */
export interface Version {
  /** The model version. */
  readonly version: string;
  /** The same stack with that version. */
  readonly objects: readonly KubeObject[];
}

/** Creates a test release for manifests. Throws if they are not readable, or have no workload with a version to change. */
export async function testRelease(
  source: readonly SourceFile[] | readonly KubeObject[],
  options: StageOptions = {},
): Promise<TestRelease> {
  const folders = new Map<string, readonly SourceFile[]>();
  const afflictions: InjectedFailure[] = [];
  const files = source.every(isFile) ? source : asFiles(source.filter((one) => !isFile(one)));
  const desired = await loadAll(files, options.namespace);
  const all = [...desired.objects, ...desired.gates.flatMap(({ job, support }) => [job, ...support])];
  // The hook is called only for pods, and by then the sandbox exists.
  const podBehavior: PodBehaviorHook = (pod) => ({ ...options.pace, ...podBehaviorFor(here.sandbox, pod, afflictions) });
  const here = rehearsal({
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    nodes: nodesFor(all),
    podBehavior,
    read: (path) => folders.get(path) ?? [],
  });
  const unserved = all.filter((object) => groupOf(object.apiVersion) !== '' && !isServed(here.sandbox, object));
  const foreign = unserved.filter((object) => !all.some((one) => defines(one, object)));
  // No server responds for an API that pods in the sandbox would serve.
  const unmodeled = all.filter((object) => object.kind === 'APIService' || unserved.includes(object));
  const definitions = openDefinitions(foreign);
  for (const definition of definitions) await here.run(here.engine('gateway').api.create(definition));
  if (definitions.length > 0) await here.run(here.sandbox.clock.sleep(500)); // until they are served
  const left = all.filter((object) => !unmodeled.includes(object) && !isServed(here.sandbox, object));
  const objects = all
    .filter((object) => !left.includes(object))
    .map((object) => (unmodeled.includes(object) ? readyOnceThere(object) : object))
    .map((object) => (options.holdSeconds === undefined ? object : withHold(object, options.holdSeconds)));
  let traffic: CandidateTraffic = 'good';
  const version = versionOf(objects);
  if (version === undefined) {
    const message = 'there is no workload whose image or model has a version';
    throw new ServingError([
      { code: 'MANIFEST_INVALID', subject: desired.release, message, remedy: 'Rehearse a stack that serves something.' },
    ]);
  }
  const metrics = scriptedMetrics(objects, () => traffic);
  const engine = { ...here.engine('rehearsal'), metrics: () => metrics };
  for (const object of surroundingsOf(objects, desired.namespace)) {
    if (here.sandbox.get(object.apiVersion, object.kind, object.metadata.namespace ?? '', object.metadata.name) === undefined)
      await here.run(engine.api.create(object));
  }
  const alone = { ...ALONE, ignoreCapacity: options.checkCapacity === false };
  const name = { release: desired.release, namespace: desired.namespace };
  let latest = version;
  return {
    here,
    engine,
    ...name,
    objects,
    version,
    leftOut: left.map(displayName),
    takenAsReady: unmodeled.map(displayName),
    hasPods: objects.some((object) => isWorkload(object) && runsVersion(podSpecOf(object), version)),
    hasGates: desired.gates.length > 0,
    hasCandidate: desired.gates.some(({ phase }) => phase === 'candidate'),
    next: () => {
      latest = nextVersion(latest);
      return { version: latest, objects: withVersion(objects, version, latest) };
    },
    apply: (wanted, more) => {
      const path = `version-${folders.size}`;
      folders.set(path, asFiles(wanted));
      return apply(engine, path, { ...name, ...alone, ...more });
    },
    rollback: () => rollback(engine, name, { ...alone, recover: true }),
    afflict: (of, condition) => afflictions.push([of, condition]),
    hasStrategy: objects.some(({ metadata }) => metadata.annotations?.[STRATEGY_ANNOTATION] !== undefined),
    serveTraffic: (how) => {
      traffic = how;
    },
  };
}

/** Marks an object without a rehearsed controller as ready once it exists. */
function readyOnceThere(object: KubeObject): KubeObject {
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [READY_WHEN_ANNOTATION]: '' } },
  };
}

function isFile(value: SourceFile | KubeObject): value is SourceFile {
  return 'file' in value && 'text' in value;
}

async function loadAll(files: readonly SourceFile[], namespace: string | undefined) {
  const labelled = files.some(({ text }) => text.includes(RELEASE_LABEL));
  const { host } = rehearsal({ read: () => files }).engine();
  return load('', host, { ...(labelled ? {} : { release: 'rehearsal' }), ...(namespace === undefined ? {} : { namespace }) });
}

function isServed(sandbox: Sandbox, { apiVersion, kind }: KubeObject): boolean {
  try {
    sandbox.objects(apiVersion, kind, '');
    return true;
  } catch {
    return false; // a custom resource
  }
}

/** A version, and the condition of its pods or gates. */
export type InjectedFailure = readonly [version: string, condition: Condition | 'gate fails'];

/**
 * Behavior of a pod: gates report passing metrics and all pods become ready, except where a failure is injected into the version.
 */
export function podBehaviorFor(
  sandbox: Sandbox,
  pod: Parameters<PodBehaviorHook>[0],
  afflictions: readonly InjectedFailure[],
): Partial<PodBehavior> {
  const meets = jobOf(pod) === undefined ? 'serving' : 'gate';
  const mine = afflictions.filter(([version]) => runsVersion(pod.spec, version)).map(([, condition]) => condition);
  const usual = meets === 'gate' ? gateScript(sandbox, pod, !mine.includes('gate fails')) : {};
  const worse = mine.map((condition) => (condition !== 'gate fails' && condition.meets === meets ? condition.podBehavior : {}));
  return Object.assign({}, usual, ...worse);
}
