import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import { isFields } from '../../lib/kube/fields';
import { isBuiltIn } from '../../lib/kube/kinds';
import type { KubeObject } from '../../lib/kube/object';
import { sampleObjects } from '../harness/project';
import { STACKS } from '../stacks/definitions';
import { renderStack } from '../stacks/render';

/**
 * Python's Kubernetes client by the version of Kubernetes that it is generated for: its classes list every field of every kind. Fields
 * behind a feature gate are among them; which gates are on is what the emulated API server says (test/cluster/older-versions).
 */
const CLIENTS = { 30: '30.1.0', 31: '31.0.0', 32: '32.0.1', 33: '33.1.0', 34: '34.1.0', 35: '35.0.0' } as const;

const directory = mkdtempSync(join(tmpdir(), 'kubernetes-clients-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The types of the fields of a class, by their names in manifests. */
type Fields = Readonly<Record<string, string>>;

/** The classes of a client by name, read when asked for. */
function classesOf(client: string): (name: string) => Fields | undefined {
  const target = join(directory, client);
  const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--dest', target, `kubernetes==${client}`];
  execFileSync('python3', pip, { stdio: 'pipe' });
  const wheel = readFileSync(join(target, readdirSync(target)[0] ?? ''));
  const files = unzipSync(new Uint8Array(wheel), { filter: ({ name }) => /client\/models\/v\d\w*\.py$/.test(name) });
  const sources = new Map(
    Object.values(files).map((bytes) => {
      const source = strFromU8(bytes);
      return [/^class (\w+)\(object\)/m.exec(source)?.[1] ?? '', source] as const;
    }),
  );
  const pairs = (source: string, table: string) =>
    [...(new RegExp(`${table} = {([^}]*)}`).exec(source)?.[1] ?? '').matchAll(/'(\w+)': '([^']*)'/g)].map(
      ([, key = '', value = '']) => [key, value] as const,
    );
  return (name) => {
    const source = sources.get(name);
    if (source === undefined) return undefined;
    const types = new Map(pairs(source, 'openapi_types'));
    return Object.fromEntries(pairs(source, 'attribute_map').map(([key, field]) => [field, types.get(key) ?? 'object']));
  };
}

/** Paths of fields that a type does not have. */
function unknownIn(value: unknown, type: string, classOf: (name: string) => Fields | undefined, path: string): readonly string[] {
  const item = /^(?:list\[|dict\(str, )(.*)[\])]$/.exec(type)?.[1];
  if (Array.isArray(value)) return value.flatMap((one, index) => unknownIn(one, item ?? 'object', classOf, `${path}[${index}]`));
  if (!isFields(value)) return [];
  if (item !== undefined) return Object.entries(value).flatMap(([key, one]) => unknownIn(one, item, classOf, `${path}.${key}`));
  const fields = classOf(type);
  if (fields === undefined) return /^V\d/.test(type) ? [`${path}: no type ${type}`] : [];
  return Object.entries(value).flatMap(([key, one]) => {
    const known = fields[key];
    return known === undefined ? [`${path}.${key}`] : unknownIn(one, known, classOf, `${path}.${key}`);
  });
}

function unknownFields(object: KubeObject, classOf: (name: string) => Fields | undefined): readonly string[] {
  const version = object.apiVersion.split('/').at(-1) ?? '';
  return unknownIn(object, `V${version.slice(1)}${object.kind}`, classOf, object.kind);
}

describe.each(Object.entries(CLIENTS))('Kubernetes 1.%s', (minor, client) => {
  const classOf = classesOf(client);

  it('has every kind and field of the stacks that may run there', () => {
    const stacks = Object.entries(STACKS).flatMap(([name, build]) => {
      const { objects, version } = renderStack(build);
      return Number(version.split('.')[1]) > Number(minor) ? [] : [{ name, objects }];
    });
    expect(stacks.length).toBeGreaterThan(20);
    for (const stack of ['llm', 'triton', 'fraud-model', 'ml-serving-stack'])
      stacks.push({ name: stack, objects: sampleObjects('prod', stack) });
    for (const { name, objects } of stacks) {
      const builtIn = objects.filter(isBuiltIn);
      expect(builtIn.length).toBeGreaterThan(3);
      expect([name, builtIn.flatMap((object) => unknownFields(object, classOf))]).toEqual([name, []]);
    }
  });

  it('is read right: it does not have what is newer', () => {
    const pod = (spec: object): KubeObject => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'it' }, spec });
    const stops = pod({ containers: [{ name: 'it', lifecycle: { stopSignal: 'SIGINT' } }] });
    expect(unknownFields(stops, classOf).length > 0).toBe(Number(minor) < 33);
    const claims = { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceClaimTemplate', metadata: { name: 'it' } };
    expect(unknownFields(claims, classOf).length > 0).toBe(Number(minor) < 34);
    expect(unknownFields(pod({ containers: [{ name: 'it', ports: [{ port: 1 }] }] }), classOf)).toEqual([
      'Pod.spec.containers[0].ports[0].port',
    ]);
  });
});
