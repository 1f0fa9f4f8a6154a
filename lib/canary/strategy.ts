import type { Problem } from '../errors/problem';
import { STRATEGY_ANNOTATION } from '../kube/contract';
import { seconds } from '../kube/duration';
import { isFields, textAt } from '../kube/fields';
import { displayName, type KubeObject } from '../kube/object';
import { type Measure, measureFrom } from '../metrics/measure';

export const STRATEGY_TYPES = ['canary', 'shadow', 'blueGreen'] as const;

/** Requests that reach the candidate regardless of its weight: those of testers. */
export interface Testers {
  /** Name of the request header. A cookie is a header too: `cookie`, with a `regex`. */
  readonly header: string;
  /** Value of the header. @default - `regex` */
  readonly value?: string;
  /** Regular expression for the header's value. @default - `value` */
  readonly regex?: string;
}

/** How a release shifts traffic to the new version of a Deployment. */
export interface Strategy {
  /** Kind of strategy. */
  readonly type: (typeof STRATEGY_TYPES)[number];
  /** Percent of requests that the candidate receives, step by step; for a shadow, the percent mirrored to it. */
  readonly steps: readonly number[];
  /** Duration of each step, in seconds. */
  readonly holdSeconds: number;
  /** Seconds that an inconclusive step may be extended, holds not included. */
  readonly patienceSeconds: number;
  /** Requests that always reach the candidate. @default - none */
  readonly testers?: Testers;
  /** Measurements for each step. @default - only that the candidate's pods stay ready */
  readonly measure?: Measure;
}

const DEFAULT_HOLD = '5m';

/** The strategy of a Deployment; undefined when it has none. Adds a problem when it cannot be read. */
export function strategyOf(object: KubeObject, problems: Problem[]): Strategy | undefined {
  const text = object.metadata.annotations?.[STRATEGY_ANNOTATION];
  if (text === undefined) return undefined;
  const subject = displayName(object);
  const refuse = (path: string, got: unknown, expected: string): undefined => {
    const remedy = `Correct the annotation ${STRATEGY_ANNOTATION}.`;
    problems.push({ code: 'STRATEGY_INVALID', subject, path, message: 'invalid release strategy', got, expected, remedy });
  };
  if (object.kind !== 'Deployment') return refuse('kind', object.kind, 'Deployment');
  const given = parsed(text);
  if (given === undefined) return refuse('strategy', text, '{"type":"canary","steps":[10,50,100],"hold":"5m"}');
  const { steps: listed, percent, hold = DEFAULT_HOLD, patience, testers: asked, measure: wanted, ...rest } = given;
  const type = STRATEGY_TYPES.find((known) => known === given.type);
  if (type === undefined) return refuse('strategy.type', given.type, STRATEGY_TYPES.join(', '));
  const unknown = Object.keys(rest).find((key) => key !== 'type');
  if (unknown !== undefined)
    return refuse(`strategy.${unknown}`, rest[unknown], 'type, steps, percent, hold, patience, testers, measure');
  const steps = type === 'canary' ? listed : [type === 'shadow' ? percent : 100];
  if (!isRising(steps))
    return refuse(
      type === 'shadow' ? 'strategy.percent' : 'strategy.steps',
      type === 'shadow' ? percent : listed,
      'whole percents from 1 to 100, each above the one before',
    );
  const [holdSeconds, patienceSeconds] = [secondsOf(hold), patience === undefined ? undefined : secondsOf(patience)];
  if (holdSeconds === undefined) return refuse('strategy.hold', hold, 'a duration, 5m');
  if (patience !== undefined && patienceSeconds === undefined) return refuse('strategy.patience', patience, 'a duration, 30m');
  const testers = asked === undefined ? undefined : testersFrom(asked);
  if (asked !== undefined && testers === undefined)
    return refuse('strategy.testers', asked, '{"header":"x-canary","value":"always"}');
  const measure =
    wanted === undefined
      ? undefined
      : measureFrom(wanted, (path, got, expected) => refuse(`strategy.measure${path}`, got, expected));
  if (wanted !== undefined && measure === undefined) return undefined;
  return {
    type,
    steps,
    holdSeconds,
    patienceSeconds: patienceSeconds ?? 3 * holdSeconds,
    ...(testers === undefined ? {} : { testers }),
    ...(measure === undefined ? {} : { measure }),
  };
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRising(steps: unknown): steps is readonly number[] {
  if (!Array.isArray(steps) || steps.length === 0 || steps.length > 100) return false;
  return steps.every(
    (step, index) => Number.isInteger(step) && step >= 1 && step <= 100 && (index === 0 || step > steps[index - 1]),
  );
}

function secondsOf(text: unknown): number | undefined {
  const match = typeof text === 'string' ? /^\d+(\.\d+)?[smh]$/.exec(text) : null;
  return match === null ? undefined : seconds(match[0] as `${number}s`);
}

/** A header name and one way to match it. */
function testersFrom(value: unknown): Testers | undefined {
  const [header, exact, regex] = ['header', 'value', 'regex'].map((field) => textAt(value, field));
  if (!isFields(value) || header === undefined || !/^[A-Za-z0-9!#$%&'*+\-.^_`|~]{1,256}$/.test(header)) return undefined;
  if (Object.keys(value).length !== 2 || (exact === undefined) === (regex === undefined)) return undefined;
  return { header, ...(exact === undefined ? {} : { value: exact }), ...(regex === undefined ? {} : { regex }) };
}
