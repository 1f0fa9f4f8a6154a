/** What a code says about every problem that carries it; the error pages of the docs are made from this. */
export interface CodeInfo {
  /** What has happened, in a few words. */
  readonly title: string;
  /** Why it is refused. */
  readonly why: string;
}
