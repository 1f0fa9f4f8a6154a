import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../lib/kube/object';
import { mismatches, valueAt } from '../harness/golden';
import { one, sampleObjects } from '../harness/project';
import { compareAll } from './compare';
import { deviations } from './deviations';
import { goldenData, goldenObjects, hasGolden } from './read';

const TAGS: Readonly<Record<string, string>> = { dev: 'v2.1.0', staging: 'v2.2.0-rc1', prod: 'v2.1.0' };
const ENVIRONMENTS = ['dev', 'staging', 'prod'] as const;
type Env = (typeof ENVIRONMENTS)[number];

interface Row {
  readonly kind: string;
  readonly path: string;
  readonly all?: unknown;
  readonly dev?: unknown;
  readonly staging?: unknown;
  readonly prod?: unknown;
  readonly if_null?: string;
}
interface Matrix {
  readonly environments: Record<Env, { readonly objects: Record<string, number>; readonly hooks: Record<string, number> }>;
  readonly rows: readonly Row[];
  readonly layering: {
    readonly cases: readonly {
      id: string;
      environment: Env;
      set?: Record<string, string>;
      expect: { kind: string; path: string; value: unknown };
    }[];
  };
}

describe.skipIf(!hasGolden)('fraud-model against its golden files', () => {
  for (const environment of ENVIRONMENTS) {
    for (const naming of ['clean', 'helm-compat'] as const) {
      it(`${environment} in ${naming} naming has every golden field`, () => {
        const objects = sampleObjects(environment, 'fraud-model', [`naming=${naming}`]);
        const golden = goldenObjects(`fraud-model/${environment}.yaml`);
        expect(golden.length).toBeGreaterThan(4);
        expect(compareAll(golden, objects, deviations(naming, 'fraud-model', TAGS[environment]))).toEqual([]);
      });
    }

    it(`${environment} renders the kinds of the matrix and the absences too`, () => {
      const objects = sampleObjects(environment, 'fraud-model');
      const matrix = goldenData<Matrix>('fraud-model/matrix.yaml');
      const counts = matrix.environments[environment];
      for (const kind of ['Ingress', 'HorizontalPodAutoscaler', 'Deployment', 'Service']) {
        expect([kind, objects.filter((object) => object.kind === kind).length]).toEqual([kind, counts.objects[kind] ?? 0]);
      }
      const absent = matrix.rows.filter(
        (row) => row[environment] === null && row.if_null !== 'may-be-added' && row.all === undefined,
      );
      // Only prod has everything.
      expect(absent.length === 0).toBe(environment === 'prod');
      for (const { kind, path } of absent) {
        const rendered = objects.filter((object) => object.kind === kind).map((object) => valueAt(object, path));
        expect([kind, path, rendered.filter((value) => value !== undefined)]).toEqual([kind, path, []]);
      }
    });

    it(`${environment} has every value of the matrix`, () => {
      const objects = sampleObjects(environment, 'fraud-model', ['naming=helm-compat']);
      const allowed = deviations('helm-compat', 'fraud-model', TAGS[environment]);
      const rows = goldenData<Matrix>('fraud-model/matrix.yaml').rows.filter(
        (row) => (row.all ?? row[environment] ?? null) !== null,
      );
      const wrong = rows.flatMap((row) => {
        const wanted = row.all ?? row[environment];
        const candidates = objects.filter(({ kind }) => row.kind === '*' || kind === row.kind);
        const met = candidates.filter((object) => {
          const steps = row.path;
          const rendered = valueAt(object, steps);
          const path = steps.replaceAll(/\["([^"]+)"\]/g, '.$1');
          const place = { kind: object.kind, path, golden: wanted, rendered, object, objects };
          const deviation = allowed.find((one) => one.applies(place) && one.accepts(place));
          return deviation !== undefined || subsetAt(path, wanted, rendered, object, objects);
        });
        // A row about every object has to hold for all of them.
        const enough = row.kind === '*' ? met.length === candidates.length : met.length > 0;
        return enough ? [] : [{ row, rendered: candidates.map((object) => valueAt(object, row.path)) }];
      });
      expect(wrong).toEqual([]);

      function subsetAt(
        path: string,
        golden: unknown,
        rendered: unknown,
        object: KubeObject,
        all: readonly KubeObject[],
      ): boolean {
        const key = path.replaceAll('.', '_');
        const wrap = (value: unknown) => ({ ...object, [`resources_${key}_port`]: value }) as KubeObject;
        const only = { [`resources_${key}_port`]: golden } as unknown as KubeObject;
        return (
          mismatches(
            only,
            wrap(rendered),
            all,
            allowed.map((one) => ({
              ...one,
              applies: (place) => one.applies({ ...place, path: place.path.replace(`resources_${key}_port`, path) }),
            })),
          ).length === 0
        );
      }
    });
  }

  it('lays the layers over each other as helm does with values files', () => {
    for (const { environment, set = {}, expect: expected } of goldenData<Matrix>('fraud-model/matrix.yaml').layering.cases) {
      const assignments = Object.entries(set).map(([path, value]) => `${path.replace('image.tag', 'model.version')}=${value}`);
      const object = one(sampleObjects(environment, 'fraud-model', assignments), expected.kind);
      expect(valueAt(object, expected.path)).toBe(expected.value);
    }
  });

  it('fails on corrupted output, whatever is corrupted', () => {
    const golden = goldenObjects('fraud-model/prod.yaml');
    const allowed = deviations('clean', 'fraud-model', 'v2.1.0');
    const good = JSON.stringify(sampleObjects('prod', 'fraud-model'));
    const corruptions: readonly (readonly [string, string])[] = [
      ['"value":"0.75"', '"value":"0.70"'],
      ['"maxReplicas":15', '"maxReplicas":10'],
      ['"memory":"24Gi"', '"memory":"16Gi"'],
      ['"name":"REDIS_HOST"', '"name":"REDIS_HOSTS"'],
      ['fraud-model.api.company.com', 'fraud-model.company.com'],
      ['"maxUnavailable":0', '"maxUnavailable":1'],
      ['ml-validator:v1.2', 'ml-validator:v1.1'],
      ['"app.kubernetes.io/managed-by":"cdk8s-serving"', '"app.kubernetes.io/managed-by":"Helm "'],
      ['"startupProbe"', '"startup"'],
      ['"periodSeconds":30', '"periodSeconds":10'],
      ['/models/fraud/v2.1.0/model.pt', '/models/fraud/v2.0.0/model.pt'],
      ['prometheus.io/scrape', 'prometheus.io/scraped'],
    ];
    const unnoticed = corruptions.filter(([from, to]) => {
      expect(good).toContain(from);
      const bad = JSON.parse(good.replaceAll(from, to)) as readonly KubeObject[];
      return compareAll(golden, bad, allowed).length === 0;
    });
    expect(unnoticed).toEqual([]);
    // And with an object gone.
    for (const kind of ['Deployment', 'Service', 'ConfigMap', 'ServiceAccount', 'Ingress', 'HorizontalPodAutoscaler', 'Job']) {
      const bad = (JSON.parse(good) as readonly KubeObject[]).filter((object) => object.kind !== kind);
      expect(compareAll(golden, bad, allowed).length).toBeGreaterThan(0);
    }
  });
});

describe.skipIf(!hasGolden)('deviations', () => {
  it('are those of deviations.yaml and no others', () => {
    const listed = goldenData<{ deviations: readonly { id: string }[] }>('deviations.yaml').deviations.map(({ id }) => id);
    const known = (['fraud-model', 'my-model', 'serving-stack'] as const).flatMap((files) =>
      deviations('clean', files).map(({ id }) => id),
    );
    expect([...new Set(known)].sort()).toEqual([...listed].sort());
  });
});
