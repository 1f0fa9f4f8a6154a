import { isDeepStrictEqual } from 'node:util';
import { flatten, stableName } from '../kube/flatten';
import { displayName } from '../kube/object';
import { configOf } from '../project/config';
import type { AnyEnvironment } from '../project/environment';
import { type ConfigOrigin, origin } from '../project/explain';
import type { Project, StackDefinition } from '../project/project';
import { renderLayered } from './render/render-stack';

/** Origin of a field in a manifest. */
export interface FieldOrigin {
  /** The object, `Deployment/fraud-model`. */
  readonly object: string;
  /** The requested path. */
  readonly path: string;
  /** The value there. */
  readonly value: unknown;
  /** The construct that renders it. */
  readonly component: string;
  /** The config values that determine it. Empty if the construct sets it regardless of the config. */
  readonly follows: readonly ConfigOrigin[];
}

/**
 * Finds the config values that determine a field of a manifest, by trial: it changes each config value in turn and renders the
 * stack again to see which changes affect the field. This works for every construct and app, however they use the config.
 */
export function explainField(
  project: Project,
  stack: StackDefinition,
  environment: AnyEnvironment,
  name: string,
  path: string,
): FieldOrigin | undefined {
  const layered = configOf(project, stack, environment, [], `${environment.name}/${stack.name}`);
  const look = (config: unknown) => fieldIn(stack, environment, config, name, path);
  const found = look(layered.config);
  if (found === undefined) return undefined;
  const follows = [...flatten(layered.config)].filter(([key, value]) => {
    const changed = trial(value).map((other) => replaced(layered.config, key.split('.'), other));
    return changed.some((config) => {
      try {
        return !isDeepStrictEqual(look(config)?.value, found.value);
      } catch {
        // A config that cannot be rendered proves nothing.
        return false;
      }
    });
  });
  return {
    object: name,
    path,
    ...found,
    follows: follows.map(([key]) => origin(project, stack, environment, layered.config, key)),
  };
}

function fieldIn(stack: StackDefinition, environment: AnyEnvironment, config: unknown, name: string, path: string) {
  const { files } = renderLayered(stack, environment, { config, origins: new Map() });
  const object = files
    .flatMap((file) => file.objects)
    .find((one) => [displayName(one), stableName(displayName(one)), one.kind].includes(name));
  if (object === undefined) return undefined;
  const fields = [...flatten(object)].filter(([key]) => key === path || key.startsWith(`${path}.`) || key.startsWith(`${path}[`));
  if (fields.length === 0) return undefined;
  const component = object.metadata.labels?.['app.kubernetes.io/component'] ?? 'no component';
  const [only] = fields;
  return { value: fields.length === 1 && only?.[0] === path ? only[1] : Object.fromEntries(fields), component };
}

/** Other values that are probably as valid as this one. */
function trial(value: unknown): readonly unknown[] {
  if (typeof value === 'number') return [value + 1, value / 2];
  if (typeof value === 'boolean') return [!value];
  if (typeof value !== 'string') return [];
  const digits = /\d+/.exec(value);
  return [
    digits === null ? `${value}x` : value.replace(/\d+/, String(Number(digits[0]) + 1)),
    value === 'soft' ? 'strict' : 'soft',
  ];
}

function replaced(config: unknown, [key = '', ...rest]: readonly string[], value: unknown): unknown {
  const fields = config as Readonly<Record<string, unknown>>;
  return { ...fields, [key]: rest.length === 0 ? value : replaced(fields[key], rest, value) };
}
