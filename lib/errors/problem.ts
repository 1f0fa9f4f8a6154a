import type { ProblemCode } from './codes';

/** One problem, as data. Printers turn it into text; tests assert the code. */
export interface Problem {
  /** The code; see the error code reference. */
  readonly code: ProblemCode;
  /** The subject: a construct path, an object (`Deployment/fraud-model`), a config layer, a file. */
  readonly subject: string;
  /** The field in the subject, `spec.replicas` or `model.version`. */
  readonly path?: string;
  /** The problem, in one sentence without values. */
  readonly message: string;
  /** The value found. Never a Secret value. */
  readonly got?: unknown;
  /** The expected value. */
  readonly expected?: string;
  /** How to fix it. */
  readonly remedy: string;
  /** The nearest valid name, when the mistake looks like a typo. */
  readonly nearest?: string;
}

const SERVING_ERROR = Symbol.for('cdk8s-serving.ServingError');

/** All problems of one step, thrown together. Invalid input throws before any write. */
export class ServingError extends Error {
  /** Name of the class, which bundling does not change; each subclass has its own. */
  static readonly kind: string = 'ServingError';

  /** Compares symbol and kind, because two copies of this package in one process are common. */
  static override [Symbol.hasInstance](error: unknown): boolean {
    if (typeof error !== 'object' || error === null || !(SERVING_ERROR in error)) return false;
    return this === ServingError || error[SERVING_ERROR] === this.kind;
  }

  /** All problems found. */
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], options?: { readonly cause?: unknown }) {
    super(problems.map(formatProblem).join('\n'), options);
    Object.defineProperty(this, SERVING_ERROR, { value: new.target.kind });
    this.name = new.target.kind;
    this.problems = problems;
  }
}

/** One problem as a line of text: subject, message, got and expected, remedy. */
export function formatProblem(problem: Problem): string {
  const { code, subject, path, message, got, expected, remedy, nearest } = problem;
  const where = path === undefined ? subject : `${subject}: ${path}`;
  const facts = [
    ...(got === undefined ? [] : [`got ${show(got)}`]),
    ...(expected === undefined ? [] : [`expected ${expected}`]),
    ...(nearest === undefined ? [] : [`did you mean ${show(nearest)}?`]),
  ];
  return `${where}: ${message}${facts.length > 0 ? ` (${facts.join('; ')})` : ''}. ${remedy} [${code}]`;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
