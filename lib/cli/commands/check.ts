import type { CheckContext, Finding } from '../../checks';
import { type Problem, ServingError } from '../../errors/problem';
import { printFindings } from '../print/check';
import type { Output } from '../print/output';

/** Flags of `serving check`. */
export interface CheckFlags {
  readonly kubernetesVersion?: `1.${number}`;
  readonly external?: readonly string[];
  readonly timeout?: string;
  readonly strict?: boolean;
  readonly namespace?: string;
  readonly oneCluster?: boolean;
  readonly recursive?: boolean;
  readonly output?: Output;
}

/** `serving check`: reads manifests, whoever wrote them, and says what cannot work. Exit code 1 on errors, on warnings with `--strict`. */
export async function checkCommand(paths: readonly string[], flags: CheckFlags, today = new Date()): Promise<number> {
  const { byEnvironment, readManifests, runChecks } = require('../../checks/index') as typeof import('../../checks');
  const { objects, files, problems, warnings } = await readManifests(paths, flags);
  const context: CheckContext = {
    today: today.toISOString().slice(0, 10),
    external: flags.external ?? [],
    ...(flags.namespace === undefined ? {} : { namespace: flags.namespace }),
    ...(flags.kubernetesVersion === undefined ? {} : { kubernetesVersion: versionOf(flags.kubernetesVersion) }),
    ...(flags.timeout === undefined ? {} : { releaseTimeout: secondsOf(flags.timeout) }),
  };
  const clusters = flags.oneCluster === true ? [objects] : byEnvironment(files);
  const found = clusters.flatMap((group) => runChecks(group, context));
  const findings: readonly (Problem & Partial<Finding>)[] = [
    ...problems,
    ...warnings.map((one) => ({ ...one, severity: 'warning' as const })),
    ...(clusters.length > 1 ? once(found) : found),
  ];
  printFindings(findings, files, objects.length, flags.output ?? 'text');
  const failing = findings.filter(({ severity = 'error' }) => severity === 'error' || flags.strict === true);
  return failing.length === 0 ? 0 : 1;
}

/** Objects that several environments share are checked with each of them, and reported once. */
function once(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Map<object, Set<string>>();
  return findings.filter(({ object, rule, path = '', message, got }) => {
    const known = seen.get(object) ?? new Set<string>();
    seen.set(object, known);
    const size = known.size;
    return known.add(JSON.stringify([rule, path, message, got])).size > size;
  });
}

function versionOf(text: string): `1.${number}` {
  if (/^1\.\d+$/.test(text)) return text as `1.${number}`;
  throw usage('--kubernetes-version', text, 'a version such as 1.30');
}

function secondsOf(text: string): number {
  const [, amount, unit = 's'] = /^(\d+)([smh]?)$/.exec(text) ?? [];
  if (amount === undefined) throw usage('--timeout', text, 'a time such as 90s, 10m or 1h');
  return Number(amount) * ({ s: 1, m: 60, h: 3600 }[unit] ?? 1);
}

function usage(subject: string, got: string, expected: string): ServingError {
  return new ServingError([
    { code: 'USAGE', subject, message: 'the value cannot be read', got, expected, remedy: 'Correct it.' },
  ]);
}
