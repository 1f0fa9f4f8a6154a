import type { KubeObject } from '../kube/object';
import type { Condition } from '../rehearsal/conditions';
import { type TestRelease, testRelease } from '../rehearsal/stage';
import { VirtualClock } from '../sandbox';
import type { Action } from './actions';
import { type Objects, objectsOf } from './find';
import { type GoldenObject, goldenMismatches } from './golden';
import { type Promised, promisedBy } from './service';
import { differences, snapshot } from './snapshot';

/** Result of a matcher, in vitest and in Jest. */
export interface MatcherResult {
  /** Whether the assertion holds. */
  readonly pass: boolean;
  /** Explanation of the result. */
  readonly message: () => string;
}

/**
 * Types of the matchers, for a test framework's own; docs/testing.md shows how for vitest and Jest.
 * `R` is the return type of an assertion.
 */
export interface ServingMatchers<R = void> {
  /** Golden objects are subsets of objects of the stack. */
  toContainGolden(golden: GoldenObject | readonly GoldenObject[]): R;
  /** A release that meets the condition is rolled back, or rejected by a gate, and every object is as before. */
  toRollBackWhen(condition: Condition): Promise<R>;
  /** Each Service always has at least as many available pods as the strategy or the PodDisruptionBudget promises. */
  toServeDuring(action: Action): Promise<R>;
}

/** Time for everything in progress to finish. */
const SETTLE_MS = 60_000;

/** The matchers, for `expect.extend(matchers)`. */
export const matchers = {
  toContainGolden(received: Objects, golden: GoldenObject | readonly GoldenObject[]): MatcherResult {
    const missed = goldenMismatches(golden, received);
    const lines = missed.map(
      ({ kind, path, golden: wanted, rendered }) =>
        `${kind} ${path}: expected ${JSON.stringify(wanted)}, got ${JSON.stringify(rendered)}`,
    );
    return answer(missed.length === 0, lines, 'the objects contain the golden ones');
  },

  async toRollBackWhen(received: Objects, condition: Condition): Promise<MatcherResult> {
    const stage = await installed(objectsOf(received));
    const before = snapshot(stage.here.sandbox);
    const next = stage.next();
    stage.afflict(next.version, condition);
    const { timeoutMs = 30 * 60_000 } = condition;
    const { result } = await stage.here.runRelease(stage.apply(next.objects, { timeoutMs }));
    await settle(stage);
    const changed = differences(before, snapshot(stage.here.sandbox));
    const stopped = result.outcome === 'rolled-back' || result.outcome === 'rejected';
    const lines = [
      ...(stopped
        ? []
        : [`the release ended ${result.outcome}`, ...result.problems.map(({ subject, message }) => `${subject}: ${message}`)]),
      ...(stopped ? changed : []),
    ];
    return answer(
      lines.length === 0,
      lines,
      `the release ended ${result.outcome} when ${condition.name}, and everything is as before`,
    );
  },

  async toServeDuring(received: Objects, action: Action): Promise<MatcherResult> {
    const stage = await installed(objectsOf(received));
    await action.prepare?.(stage);
    await settle(stage);
    const promised = promisedBy(action.promiser, stage.here.sandbox);
    const drops = new Map<string, string>();
    const look = () => {
      for (const one of promised) noteDrop(one, drops);
    };
    look();
    const end = stage.here.sandbox.onChange(look);
    const failed = await action.run(stage).then(
      () => undefined,
      (error: unknown) => `${action.name} fails: ${error instanceof Error ? error.message : String(error)}`,
    );
    await settle(stage);
    end();
    const lines = [
      ...(promised.length === 0 ? ['there is no Service with pods behind it'] : []),
      ...(failed === undefined ? [] : [failed]),
      ...[...drops.values()],
    ];
    return answer(lines.length === 0, lines, `every Service serves during ${action.name}`);
  },
};

/** Creates a test release with the given version running. */
async function installed(objects: readonly KubeObject[]): Promise<TestRelease> {
  const stage = await testRelease(objects);
  const { result } = await stage.here.runRelease(stage.apply(stage.objects));
  if (result.outcome !== 'succeeded') {
    const why = result.problems.map(({ subject, message }) => `${subject}: ${message}`).join('; ');
    throw new Error(`the good version could not be released first: ${result.outcome}: ${why}`);
  }
  await settle(stage);
  return stage;
}

async function settle({ here: { sandbox } }: TestRelease): Promise<void> {
  if (sandbox.clock instanceof VirtualClock) await sandbox.clock.advance(SETTLE_MS);
}

/** Records the worst moment of a Service. */
function noteDrop({ service, pods, least }: Promised, drops: Map<string, string>): void {
  const [there, needed] = [pods(), least()];
  if (there >= needed) return;
  const text = `${service} has ${there} available pods where ${needed} are promised`;
  const known = drops.get(service);
  if (known === undefined || text < known) drops.set(service, text);
}

function answer(pass: boolean, lines: readonly string[], otherwise: string): MatcherResult {
  return { pass, message: () => (pass ? `expected otherwise: ${otherwise}` : lines.join('\n')) };
}
