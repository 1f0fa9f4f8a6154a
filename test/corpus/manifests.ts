import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { CheckContext } from '../../lib/checks';
import type { ProblemCode } from '../../lib/errors/codes';
import type { KubeObject } from '../../lib/kube/object';

/** One case: changes of the right app in base.yaml. */
export interface ManifestCase {
  readonly id: string;
  readonly set?: Readonly<Record<string, unknown>>;
  readonly add?: readonly KubeObject[];
  readonly remove?: readonly string[];
  readonly context?: CheckContext;
}
export interface WrongManifest extends ManifestCase {
  readonly code: ProblemCode;
  readonly from: string;
  readonly warns?: boolean;
}

const read = <T>(name: string): T => parse(readFileSync(join(__dirname, name), 'utf8')) as T;

export const WRONG_MANIFESTS: readonly WrongManifest[] = [
  ...read<readonly WrongManifest[]>('wrong.yaml'),
  // Too long to be written down.
  {
    id: 'model-of-more-than-a-mebibyte-in-a-config-map',
    code: 'DATA_TOO_LARGE',
    from: 'defects D17',
    set: { 'ConfigMap/redis-config data': { 'redis.conf': 'x'.repeat(1024 * 1024 + 1) } },
  },
];
export const RIGHT_MANIFESTS = read<readonly ManifestCase[]>('right.yaml');

const BASE = read<readonly KubeObject[]>('base.yaml');

const ALIASES: Readonly<Record<string, string>> = {
  M: 'Deployment/model ',
  C: 'Deployment/model spec.template.spec.containers[0].',
};

/** An object as this library renders it: rules of style are errors. */
function rendered(object: KubeObject): KubeObject {
  const labels = { ...object.metadata.labels, 'app.kubernetes.io/managed-by': 'cdk8s-serving' };
  return structuredClone({ ...object, metadata: { ...object.metadata, labels } });
}

/** The objects of a case. Throws when a change meets nothing, so that no case proves nothing. */
export function objectsOf({ id, set = {}, add = [], remove = [] }: ManifestCase): readonly KubeObject[] {
  const all = BASE.map(rendered);
  const named = (name: string) => {
    const found = all.find((object) => [object.kind, `${object.kind}/${object.metadata.name}`].includes(name));
    if (found === undefined) throw new Error(`${id}: no object ${name}`);
    return found;
  };
  const targets = Object.entries(set).map(([place, value]) => {
    const [, alias = '', rest = ''] = /^([MC]) (.*)$/.exec(place) ?? [];
    const whole = alias === '' ? place : `${ALIASES[alias]}${rest}`;
    const space = whole.indexOf(' ');
    return { object: named(whole.slice(0, space)), path: whole.slice(space + 1), value };
  });
  for (const { object, path, value } of targets) assign(object, stepsOf(path), value, `${id}: ${path}`);
  const gone = remove.map(named);
  return [...all.filter((object) => !gone.includes(object)), ...add.map(rendered)];
}

/** `spec.x[name=y]["a.b/c"][0][+]` as steps. */
function stepsOf(path: string): readonly string[] {
  return [...path.matchAll(/\["([^"]+)"\]|\[([^\]]+)\]|([^.[\]]+(?:\/[^.[\]]+)*)/g)].map(
    ([, quoted, index, plain]) => quoted ?? (index === undefined ? (plain ?? '') : `[${index}`),
  );
}

function assign(target: unknown, [step = '', ...rest]: readonly string[], value: unknown, where: string): void {
  const holder = target as Record<string, unknown>;
  let key: string | number = step;
  if (step.startsWith('[')) {
    const list = target as unknown[];
    const [name, wanted] = step.slice(1).split('=');
    if (!Array.isArray(target)) throw new Error(`${where}: no list`);
    key =
      step === '[+'
        ? list.length
        : wanted === undefined
          ? Number(name)
          : list.findIndex((item) => String((item as Record<string, unknown>)[name ?? '']) === wanted);
    if (key < 0 || key > list.length) throw new Error(`${where}: nothing there`);
  } else if (step === 'nvidia' || rest[0]?.startsWith('com/')) {
    throw new Error(`${where}: quote names with dots`);
  }
  if (rest.length === 0) {
    if (value === null && holder[key] === undefined) throw new Error(`${where}: nothing to take away`);
    if (value === null) delete holder[key];
    else holder[key] = value;
    return;
  }
  if (holder[key] === undefined && rest[0] === '[+') holder[key] = [];
  holder[key] ??= {};
  assign(holder[key], rest, value, where);
}
