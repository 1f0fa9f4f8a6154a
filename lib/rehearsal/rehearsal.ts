import type { Transport } from '../client/transport';
import type { KubeObject } from '../kube/object';
// The client comes through the release module, so that both know the same classes of errors when they are bundled.
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

/** What a rehearsal takes place on. */
export interface RehearsalOptions {
  /** Where time comes from. @default - a virtual clock: hours pass in milliseconds, and the same way each time */
  readonly clock?: Clock;
  /** The nodes of the cluster. @default three nodes without GPUs, two with eight each */
  readonly nodes?: readonly NodeSpec[];
  /** How pods behave that say nothing themselves by `sim/…` annotations. @default - they become ready */
  readonly podBehavior?: PodBehaviorHook;
  /** What `engine.host.read` finds. @default - nothing */
  readonly read?: (path: string) => readonly SourceFile[];
}

/** How a release went. */
export interface ReleaseRun {
  /** How it ended. */
  readonly result: ReleaseResult;
  /** What happened, in order. */
  readonly events: readonly ReleaseEvent[];
}

/** Called with an event of a release under way. */
export type Watch = (event: ReleaseEvent) => unknown;

/** A cluster in memory, and release engines on it. */
export interface Rehearsal {
  /** The cluster in memory. */
  readonly sandbox: Sandbox;
  /** A release engine of a process of its own. Given a transport, it talks through that. */
  engine(process?: string, transport?: Transport): Engine;
  /** Takes something to its end, letting time pass whenever everybody waits. */
  run<T>(work: Promise<T>): Promise<T>;
  /** Takes a release to its end. `watch` is called with every event, and awaited before the release goes on. */
  runRelease(release: AsyncGenerator<ReleaseEvent, ReleaseResult, void>, watch?: Watch): Promise<ReleaseRun>;
}

/** A rehearsal from an empty cluster. */
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

/** A machine with the sandbox's time, and names that are the same each time. */
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

/** Objects as a folder would hold them. */
export function asFiles(objects: readonly KubeObject[]): readonly SourceFile[] {
  return objects.map((object, index) => ({ file: `${String(index).padStart(3, '0')}.json`, text: JSON.stringify(object) }));
}
