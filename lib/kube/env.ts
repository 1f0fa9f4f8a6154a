import type { Env } from './pod';

/** The plain text variables, sorted by name. Variables from Secrets or fields are left out. */
export function envText(env: Env): Readonly<Record<string, string>> {
  const plain = Object.entries(env).flatMap(([name, value]) =>
    typeof value === 'object' ? [] : [[name, String(value)] as const],
  );
  return Object.fromEntries(plain.sort(([a], [b]) => (a < b ? -1 : 1)));
}
