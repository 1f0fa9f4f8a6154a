import type { Env } from './pod';

/** The variables that are plain text, in the order of their names. What is read from Secrets or fields is left out. */
export function envText(env: Env): Readonly<Record<string, string>> {
  const plain = Object.entries(env).flatMap(([name, value]) =>
    typeof value === 'object' ? [] : [[name, String(value)] as const],
  );
  return Object.fromEntries(plain.sort(([a], [b]) => (a < b ? -1 : 1)));
}
