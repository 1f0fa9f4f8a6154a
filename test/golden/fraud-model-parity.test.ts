import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../lib/kube/object';
import { sampleObjects } from '../harness/project';
import { goldenData, hasGolden } from './read';

interface May {
  readonly kind: string;
  readonly path?: string;
  readonly presence?: boolean;
}
interface Matrix {
  readonly may_differ: readonly May[];
  readonly may_follow: readonly May[];
}

/** Plain values by path, lists of named things by name. */
function flat(value: unknown, path = ''): readonly (readonly [string, unknown])[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => {
      const name = (item as { readonly name?: string } | null)?.name;
      return flat(item, `${path}[${name === undefined ? index : `name=${name}`}]`);
    });
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, child]) => flat(child, path === '' ? key : `${path}.${key}`));
  }
  return [[path, value]];
}

function drift(left: readonly KubeObject[], right: readonly KubeObject[], allowed: readonly May[]): readonly string[] {
  const kinds = new Set([...left, ...right].map(({ kind }) => kind));
  return [...kinds].flatMap((kind) => {
    const [a, b] = [left, right].map(
      (objects) =>
        new Map(flat(objects.filter((object) => object.kind === kind).map((object) => ({ ...object, name: object.kind })))),
    );
    const here = allowed.filter((may) => may.kind === kind || may.kind === '*');
    if (a === undefined || b === undefined) return [];
    if ((a.size === 0 || b.size === 0) && here.some(({ presence }) => presence)) return [];
    const paths = [...new Set([...a.keys(), ...b.keys()])]
      .filter((path) => a.get(path) !== b.get(path))
      .map((path) => path.replace(/^\[name=[^\]]+\]\.?/, ''));
    return paths.filter((path) => !here.some((may) => covers(may.path, path))).map((path) => `${kind} ${path}`);
  });
}

function covers(allowed: string | undefined, path: string): boolean {
  const plain = allowed?.replaceAll(/\["([^"]+)"\]/g, '.$1');
  return plain !== undefined && (path === plain || path.startsWith(`${plain}.`) || path.startsWith(`${plain}[`));
}

/** Consequences that the matrix names by their cause, at the places where this library renders them. */
const FOLLOWS: readonly May[] = [
  { kind: 'ConfigMap', path: 'metadata.name' },
  { kind: 'Job', path: 'metadata.name' },
  { kind: '*', path: 'metadata.annotations.cdk8s-serving/model-version' },
  { kind: '*', path: 'metadata.annotations.cdk8s-serving/gate-support' },
  // The name of the settings follows from the settings, the mounted password from the Redis that prod has to protect.
  { kind: 'Deployment', path: 'spec.template.spec.volumes' },
  { kind: 'Deployment', path: 'spec.template.spec.containers[name=fraud-model].volumeMounts' },
  { kind: 'Deployment', path: 'spec.template.spec.containers[name=fraud-model].env[name=REDIS_PASSWORD_FILE]' },
  // The model is copied out of the image whose tag differs, from a path that has the tag in it.
  { kind: 'Job', path: 'spec.template.spec.initContainers[name=copy-model]' },
  { kind: 'Job', path: 'spec.template.spec.containers[name=model-validator].volumeMounts' },
];

describe.skipIf(!hasGolden)('environments of fraud-model', () => {
  const allowed = () => {
    const { may_differ, may_follow } = goldenData<Matrix>('fraud-model/matrix.yaml');
    return [...may_differ, ...may_follow, ...FOLLOWS];
  };
  const [dev, staging, prod] = ['dev', 'staging', 'prod'].map((environment) => sampleObjects(environment, 'fraud-model'));

  it('differ only where the matrix lets them', () => {
    if (dev === undefined || staging === undefined || prod === undefined) throw new Error('not rendered');
    expect(drift(dev, staging, allowed())).toEqual([]);
    expect(drift(staging, prod, allowed())).toEqual([]);
    expect(drift(dev, prod, allowed())).toEqual([]);
  });

  it('fix-only-in-staging: a field changed in one environment is named', () => {
    const fixed = JSON.parse(
      JSON.stringify(staging).replaceAll('"failureThreshold":60', '"failureThreshold":90'),
    ) as readonly KubeObject[];
    expect(drift(fixed, prod ?? [], allowed())).toEqual([
      'Deployment spec.template.spec.containers[name=fraud-model].startupProbe.failureThreshold',
    ]);
  });

  it('are scraped alike', () => {
    const scraped = [dev, staging, prod].map((objects) => flat(objects).filter(([path]) => path.includes('prometheus.io/')));
    expect(scraped[0]?.map(([, value]) => value)).toEqual(['/metrics', '8080', 'true']);
    expect(scraped[1]).toEqual(scraped[0]);
    expect(scraped[2]).toEqual(scraped[0]);
  });
});
