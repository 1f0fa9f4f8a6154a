import type { Transport } from '../client/transport';
import type { KubeObject } from '../kube/object';
// The client is imported through the release module, so that both share the same error classes when bundled.
import {
  clientOver,
  type Engine,
  type Host,
  type ReleaseEvent,
  type ReleaseResult,
  type SourceFile,
  TransportError,
} from '../release';
import { type Clock, createSandbox, type NodeSpec, type PodBehaviorHook, type Sandbox, VirtualClock } from '../sandbox';

/** Options for a rehearsal. */
export interface RehearsalOptions {
  /** Clock of the rehearsal. @default - a virtual clock: hours pass in milliseconds, deterministically */
  readonly clock?: Clock;
  /** Nodes of the cluster. @default three nodes without GPUs, two with eight each */
  readonly nodes?: readonly NodeSpec[];
  /** Behavior of pods without `sim/…` annotations. @default - they become ready */
  readonly podBehavior?: PodBehaviorHook;
  /** Sources that `engine.host.read` returns. @default - none */
  readonly read?: (path: string) => readonly SourceFile[];
}

/** Result of a release run. */
export interface ReleaseRun {
  /** Result of the release. */
  readonly result: ReleaseResult;
  /** Events, in order. */
  readonly events: readonly ReleaseEvent[];
}

/** Called with each event of a running release. */
export type Watch = (event: ReleaseEvent) => unknown;

/** An in-memory cluster with release engines. */
export interface Rehearsal {
  /** The in-memory cluster. */
  readonly sandbox: Sandbox;
  /** Creates a release engine for a separate process, optionally with its own transport. */
  engine(process?: string, transport?: Transport): Engine;
  /** Runs a promise to completion, advancing time whenever all tasks wait. */
  run<T>(work: Promise<T>): Promise<T>;
  /** Runs a release to completion. `watch` is called with every event, and awaited before the release continues. */
  runRelease(release: AsyncGenerator<ReleaseEvent, ReleaseResult, void>, watch?: Watch): Promise<ReleaseRun>;
}

/** Creates a rehearsal with an empty cluster. */
export function rehearsal(options: RehearsalOptions = {}): Rehearsal {
  const { clock = new VirtualClock(), nodes, podBehavior, read = () => [] } = options;
  const sandbox = createSandbox({
    clock,
    ...(nodes === undefined ? {} : { nodes }),
    ...(podBehavior === undefined ? {} : { podBehavior }),
    networkError: (kind, sent) => new TransportError(kind, kind, 'sandbox', sent),
  });
  const run = <T>(work: Promise<T>): Promise<T> => (clock instanceof VirtualClock ? clock.run(work) : work);
  return {
    sandbox,
    run,
    engine: (process = 'process-1', transport = sandbox.connect()) => ({
      api: clientOver(transport, { clock, random: () => 0.5 }),
      host: hostOf(process, clock, read),
    }),
    runRelease: (release, watch) => run(collect(release, watch)),
  };
}

/** A host with the sandbox's clock and deterministic names. */
function hostOf(process: string, clock: Clock, read: (path: string) => readonly SourceFile[]): Host {
  const start = clock.now();
  let ids = 0;
  return {
    now: () => clock.now(),
    uptime: () => clock.now() - start,
    sleep: (ms, signal) => clock.sleep(ms, signal),
    id: () => `${process.replaceAll(/[^a-z0-9]/g, '').slice(-4)}${String(++ids).padStart(4, '0')}`,
    user: process,
    holder: process,
    isGone: () => false,
    read: (path) => ({ path, files: read(path), unread: [], problems: [] }),
  };
}

async function collect(release: AsyncGenerator<ReleaseEvent, ReleaseResult, void>, watch?: Watch): Promise<ReleaseRun> {
  const events: ReleaseEvent[] = [];
  for (let step = await release.next(); ; step = await release.next()) {
    if (step.done === true) return { result: step.value, events };
    events.push(step.value);
    await watch?.(step.value);
  }
}

/** Converts objects to source files, as in a directory. */
export function asFiles(objects: readonly KubeObject[]): readonly SourceFile[] {
  return objects.map((object, index) => ({ file: `${String(index).padStart(3, '0')}.json`, text: JSON.stringify(object) }));
}
