import type { Problem } from '../errors/problem';
import { inVersion } from './metrics';

/** A command-line flag of a server. It is omitted without a value; `true` adds the flag alone. */
export interface Flag {
  /** `--max-model-len`. */
  readonly flag: string;
  readonly value: string | number | boolean | undefined;
  /** Option that sets it, for messages. */
  readonly option: string;
  /** First version that supports it. @default - every version */
  readonly since?: string;
  /** First version that no longer supports it. @default - every version */
  readonly until?: string;
}

/** Renders flags as arguments, with each value in the same or in its own argument. */
export function flagArgs(flags: readonly Flag[], style: 'equals' | 'space' = 'space'): readonly string[] {
  return flags.flatMap(({ flag, value }) => {
    if (value === undefined || value === false) return [];
    if (value === true) return [flag];
    return style === 'equals' ? [`${flag}=${value}`] : [flag, String(value)];
  });
}

/** Problems with flags and extra arguments: a flag that an option covers, or one that the version does not support. */
export function flagProblems(
  runtime: string,
  version: string | undefined,
  flags: readonly Flag[],
  extraArgs: readonly string[] = [],
): readonly Omit<Problem, 'subject'>[] {
  const given = flags.filter(({ value }) => value !== undefined && value !== false);
  const unknown = given.filter((flag) => !inVersion(version, flag));
  const names = extraArgs.flatMap((text, index) =>
    text.startsWith('-') ? [{ name: text.split('=', 1)[0] ?? text, index }] : [],
  );
  const normal = (name: string) => name.replaceAll('_', '-');
  return [
    ...unknown.map(({ flag, option, since, until }) => ({
      code: 'UNKNOWN_FLAG' as const,
      path: `runtime.${option}`,
      message: `${runtime} ${version} has no flag ${flag}`,
      got: version,
      expected: since === undefined ? `a version before ${until}` : `version ${since} or later`,
      remedy: 'Remove the option, or use a version that has it.',
    })),
    ...names.flatMap(({ name, index }) => {
      const covered = flags.find(({ flag }) => normal(flag) === normal(name));
      if (covered === undefined) return [];
      return {
        code: 'DUPLICATE_FLAG' as const,
        path: `runtime.extraArgs[${index}]`,
        message: `the option ${covered.option} sets ${covered.flag}`,
        got: extraArgs[index],
        expected: `the option ${covered.option}`,
        remedy: `Use the option ${covered.option}, and remove the argument.`,
      };
    }),
  ];
}
