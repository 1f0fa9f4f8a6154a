/** What a code says about every problem that carries it; the error pages of the docs are made from this. */
export interface CodeInfo {
  /** What has happened, in a few words. */
  readonly title: string;
  /** Why it is refused. */
  readonly why: string;
}

/** Every code a problem can have. Each area keeps its own block, in the order in which a user meets them. */
export const CODES = {
  // usage
  USAGE: { title: 'The command was not understood', why: 'A flag, a name or an argument is unknown or missing.' },
} as const satisfies Record<string, CodeInfo>;

export type ProblemCode = keyof typeof CODES;
