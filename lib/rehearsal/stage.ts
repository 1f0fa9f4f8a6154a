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

/** Secrets and claims of other makers are taken as there, signatures as checked, and the record as agreed to. */
const ALONE = { ignoreMissing: true, allowUnsigned: true } as const;

type Progress = AsyncGenerator<ReleaseEvent, ReleaseResult, void>;

/** What a stage is set up with. */
export interface StageOptions {
  /** Where time comes from. @default - a virtual clock */
  readonly clock?: Clock;
  /** How long pods and gates take. @default - a few tenths of a second */
  readonly pace?: Partial<Pick<PodBehavior, 'startMs' | 'readyMs' | 'jobMs'>>;
  /** Namespace of the release. @default - the one that the manifests name */
  readonly namespace?: string;
  /** Whether pods that the sandbox's nodes have no room for stop a release. @default true */
  readonly checkCapacity?: boolean;
  /** How long the steps of a strategy hold, in seconds. @default - as long as the strategy says */
  readonly holdSeconds?: number;
}

/** A cluster in memory in which everything is there that a stack needs, and the stack's versions. */
export interface TestRelease {
  /** The cluster in memory. */
  readonly here: Rehearsal;
  /** A release engine on it. */
  readonly engine: Engine;
  /** Name of the release. */
  readonly release: string;
  /** Its namespace. */
  readonly namespace: string;
  /** What was given, gates included. */
  readonly objects: readonly KubeObject[];
  /** Objects of built-in kinds that the sandbox does not have, `ReplicationController/web`. */
  readonly leftOut: readonly string[];
  /** Objects of kinds whose controller the sandbox does not have, `PodMonitor/fraud-model`; they are ready once they are there. */
  readonly takenAsReady: readonly string[];
  /** Whether there is a workload whose pods run: without one, no pod of a new version can fail. */
  readonly hasPods: boolean;
  /** Whether the manifests have gates. */
  readonly hasGates: boolean;
  /** Whether a gate asks a candidate pod: one that does not start is found out before anything is changed. */
  readonly hasCandidate: boolean;
  /** The version that was given. */
  readonly version: string;
  /** The objects of the next version, later each time it is asked. */
  next(): Version;
  /** Releases these objects. */
  apply(objects: readonly KubeObject[], options?: ReleaseOptions): Progress;
  /** Goes back to the good revision before. */
  rollback(): Progress;
  /** Whether a workload has a release strategy. */
  readonly hasStrategy: boolean;
  /** What Prometheus measures of candidates from now on. */
  serveTraffic(how: CandidateTraffic): void;
  /** From now on pods that run this version behave like that. */
  afflict(version: string, condition: Condition | 'gate fails'): void;
}

/** A stack with another model. */
export interface Version {
  /** The model version. */
  readonly version: string;
  /** The same stack with that version. */
  readonly objects: readonly KubeObject[];
}

/** Sets a stage for manifests. Throws when they are not readable, or have no workload with a version to change. */
export async function testRelease(
  source: readonly SourceFile[] | readonly KubeObject[],
  options: StageOptions = {},
): Promise<TestRelease> {
  const folders = new Map<string, readonly SourceFile[]>();
  const afflictions: InjectedFailure[] = [];
  const files = source.every(isFile) ? source : asFiles(source.filter((one) => !isFile(one)));
  const desired = await loadAll(files, options.namespace);
  const all = [...desired.objects, ...desired.gates.flatMap(({ job, support }) => [job, ...support])];
  // The hook is asked only when there are pods, by then the sandbox is there.
  const podBehavior: PodBehaviorHook = (pod) => ({ ...options.pace, ...podBehaviorFor(here.sandbox, pod, afflictions) });
  const here = rehearsal({
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    nodes: nodesFor(all),
    podBehavior,
    read: (path) => folders.get(path) ?? [],
  });
  const unserved = all.filter((object) => groupOf(object.apiVersion) !== '' && !isServed(here.sandbox, object));
  const foreign = unserved.filter((object) => !all.some((one) => defines(one, object)));
  // Nothing answers for an API that pods of the sandbox would serve.
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

/** No controller of its kind is rehearsed. */
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

/** A version, and what its pods or gates suffer from. */
export type InjectedFailure = readonly [version: string, condition: Condition | 'gate fails'];

/** How a pod behaves: gates report numbers that pass, everything gets ready; but for what afflicts the version it runs. */
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
