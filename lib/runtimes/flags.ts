import type { Problem } from '../errors/problem';
import { count, type Form } from '../kube/forms';
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
  /** What its value must be. @default - anything of its type */
  readonly form?: Form;
}

/** A number of pieces, tokens or requests. */
export const NATURAL: Form = count(1, 100_000_000);

/** The part of a device's memory that a server takes. */
export const MEMORY_FRACTION: Form = {
  expected: 'a fraction above 0 and at most 1, such as 0.9',
  fits: (value) => typeof value === 'number' && value > 0 && value <= 1,
};

/** Renders flags as arguments, with each value in the same or in its own argument. */
export function flagArgs(flags: readonly Flag[], style: 'equals' | 'space' = 'space'): readonly string[] {
  return flags.flatMap(({ flag, value }) => {
    if (value === undefined || value === false) return [];
    if (value === true) return [flag];
    return style === 'equals' ? [`${flag}=${value}`] : [flag, String(value)];
  });
}

/** An option with a value that the server does not take. */
export function valueProblems(
  runtime: string,
  option: string,
  value: unknown,
  form: Form | undefined,
): readonly Omit<Problem, 'subject'>[] {
  if (form === undefined || form.fits(value)) return [];
  return [
    {
      code: 'INVALID_VALUE',
      path: `runtime.${option}`,
      message: `${runtime} does not start with this value`,
      got: value,
      expected: form.expected,
      remedy: 'Correct the option.',
    },
  ];
}

/** Problems with flags and extra arguments: an invalid value, a flag that an option covers, or one that the version does not support. */
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
    ...given.flatMap(({ option, value, form }) => valueProblems(runtime, option, value, form)),
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
