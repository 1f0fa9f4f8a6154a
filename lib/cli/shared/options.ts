import { InvalidArgumentError, Option } from 'commander';
import { nearestName } from '../../errors/nearest';
import { milliseconds } from '../../kube/duration';

/** `-o, --output <format>`; the first format is the default. */
export function outputOption(...formats: readonly string[]): Option {
  return formatOption('-o, --output <format>', formats);
}

/** The same for a command with an older meaning of `-o`. */
export function formatOption(flags: string, formats: readonly string[]): Option {
  return choiceOption(flags, 'what is printed', formats).default(formats[0]);
}

/** An option with a fixed set of values; for any other value, the error suggests the nearest one. */
export function choiceOption(flags: string, description: string, choices: readonly string[]): Option {
  const parse = (text: string): string => {
    if (choices.includes(text)) return text;
    const nearest = nearestName(text, choices);
    throw new InvalidArgumentError(
      `Allowed choices are ${choices.join(', ')}.${nearest === undefined ? '' : ` Did you mean ${nearest}?`}`,
    );
  };
  // The choices are for help and completion; the parser is set last, so that it validates.
  return new Option(flags, description).choices([...choices]).argParser(parse);
}

/** An integer. */
export function whole(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('expected a whole number.');
  return Number(text);
}

/** Requests per second: below 5, other requests would delay a lock's renewal too much. */
export function requestRate(text: string): number {
  const rate = whole(text);
  if (rate < 5) throw new InvalidArgumentError('expected a whole number of at least 5.');
  return rate;
}

/** A port to listen on. */
export function port(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError('expected a port number.');
  return Number(text);
}

/** `90s`, `10m`, `1h30m` in milliseconds. */
export function duration(text: string): number {
  const time = milliseconds(text);
  if (time === undefined) throw new InvalidArgumentError('expected something like 90s or 10m.');
  return time;
}

/** `--app <module>` of commands that load the project. */
export function appOption(): Option {
  return new Option('--app <module>', 'compiled app module (default: the one that cdk8s.yaml names)');
}
