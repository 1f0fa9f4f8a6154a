/** Description shared by all problems with one code; the error pages of the docs are generated from it. */
export interface CodeInfo {
  /** What happened, in a few words. */
  readonly title: string;
  /** Why it is rejected. */
  readonly why: string;
}
