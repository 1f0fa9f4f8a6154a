/**
 * Whether the path of an Ingress is written as a regular expression: with alternatives, an anchor, an escape or something repeated.
 * Single dots, stars and parentheses are also in plain paths.
 */
export function isPattern(path: string): boolean {
  return /[|^\\]|\$$|\$\)|\.[*+]|\[[^\]]+\][*+]/.test(path);
}
