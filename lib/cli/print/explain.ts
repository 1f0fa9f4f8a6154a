import type { Output } from './output';
import { clean, safeLines } from './safe';

/** Prints the origins of values, one after the other. */
export function printOrigins(origins: readonly Origin[], output: Output): string {
  if (output === 'json') return safeLines(`${JSON.stringify(origins, null, 2)}\n`);
  if (output === 'ndjson') return safeLines(origins.map((one) => `${JSON.stringify(one)}\n`).join(''));
  return safeLines(origins.map((one) => originText(clean(one))).join(''));
}

/** A value, and the layers that set it. */
interface Located {
  readonly path: string;
  readonly value: unknown;
  readonly layers: readonly { readonly layer: string; readonly value: unknown; readonly source?: string | undefined }[];
}
/** Origin of a config value or of a manifest field. */
export type Origin = Omit<Located, 'layers'> & {
  readonly stack: string;
  /** Layers of a config value; a manifest field follows from config values. */
  readonly layers?: Located['layers'];
  readonly object?: string;
  readonly component?: string;
  readonly follows?: readonly Located[];
};

function originText({ stack, object, path, value, layers = [], component, follows }: Origin): string {
  const lines = (from: Located, indent: string) =>
    from.layers.map((one, index) => {
      const holds = index === from.layers.length - 1 ? '' : '  (overridden)';
      return `${indent}${one.layer}: ${JSON.stringify(one.value)}  ${one.source ?? ''}${holds}`;
    });
  const head = `${stack} ${object === undefined ? '' : `${object} `}${path} = ${JSON.stringify(value)}`;
  if (follows === undefined) return `${[head, ...lines({ path, value, layers }, '  ')].join('\n')}\n`;
  const causes = follows.flatMap((one) => [`  follows ${one.path} = ${JSON.stringify(one.value)}`, ...lines(one, '    ')]);
  return `${[head, ...(causes.length === 0 ? [`  set by the construct (${component}), whatever the config says`] : causes)].join('\n')}\n`;
}
