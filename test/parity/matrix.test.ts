import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { VERIFY_KEY_ANNOTATION } from '../../lib/kube/contract';
import { keyFingerprint } from '../../lib/kube/signing-key';
import { parityMatrix } from '../../lib/parity/matrix';
import type { ExpectedDifference } from '../../lib/project/expected-difference';
import { covers } from '../../lib/project/expected-difference';
import type { Project } from '../../lib/project/project';
import type { RenderedStack } from '../../lib/synth/render/render-stack';
import { renderProject } from '../../lib/synth/render-project';
import { sampleProject } from '../harness/project';

const ENVIRONMENTS = ['dev', 'staging', 'prod'];
const project = sampleProject();
const declared = project.expectedDifferences ?? [];
const matrixOf = (rendered: readonly RenderedStack[], expected: readonly ExpectedDifference[] = declared) =>
  parityMatrix(rendered, ENVIRONMENTS, expected);
const rendered = renderProject(project);

/** The rendering of one stack with its text replaced in one environment. */
function edited(environment: string, stack: string, from: string, to: string): readonly RenderedStack[] {
  return rendered.map((one) => {
    if (one.environment !== environment || one.stack !== stack) return one;
    const files = one.files.map((file) => ({ ...file, objects: JSON.parse(JSON.stringify(file.objects).replaceAll(from, to)) }));
    expect(JSON.stringify(files)).not.toBe(JSON.stringify(one.files));
    return { ...one, files };
  });
}

describe('parity', () => {
  it('the samples differ only as declared, and every declaration is needed', () => {
    const { rows, undeclared, unused } = matrixOf(rendered);
    expect(undeclared).toEqual([]);
    expect(unused).toEqual([]);
    expect(rows.length).toBeGreaterThan(1500);
  });

  it('a fix that is in staging only is named, with both values', () => {
    const { undeclared } = matrixOf(edited('staging', 'fraud-model', '"failureThreshold":60', '"failureThreshold":90'));
    expect(undeclared.map(({ object, path, cells }) => [object, path, cells.staging, cells.prod])).toEqual([
      [
        'Deployment/fraud-model',
        'spec.template.spec.containers[name=fraud-model].startupProbe.failureThreshold',
        { value: 90 },
        { value: 60 },
      ],
    ]);
  });

  it('the key of the artifacts is on every object, the gates too, and each environment has its own', () => {
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
    const pem = key.export({ type: 'spki', format: 'pem' }) as `-----BEGIN PUBLIC KEY-----${string}`;
    const environments = project.environments.map((one) => (one.name === 'prod' ? { ...one, verifyKey: pem } : one));
    const signed = renderProject({ ...project, environments });
    const keys = signed.map(({ environment, files }) => {
      const all = files.flatMap(({ objects }) => objects.map(({ metadata }) => metadata.annotations?.[VERIFY_KEY_ANNOTATION]));
      return [environment === 'prod', [...new Set(all)]];
    });
    for (const [prod, values] of keys) expect(values).toEqual([prod ? keyFingerprint(key) : undefined]);
    expect(matrixOf(signed).undeclared).toEqual([]);
  });

  it('a component that one environment lacks is a difference (E2)', () => {
    const without: Project = {
      ...project,
      environments: project.environments.map((one) =>
        one.name === 'dev'
          ? {
              ...one,
              stacks: {
                ...one.stacks,
                'ml-serving-stack': { ...(one.stacks['ml-serving-stack'] as object), preprocessor: 'off' },
              },
            }
          : one,
      ),
    };
    const missing = matrixOf(renderProject(without)).undeclared.filter(({ path }) => path === '');
    expect(missing.map(({ component, object }) => `${component} ${object}`)).toContain(
      'preprocessor Deployment/team-fraud-stack-preprocessor',
    );
    expect(missing.find(({ object }) => object.startsWith('Deployment'))?.cells).toMatchObject({
      dev: 'absent',
      prod: { value: 'present' },
    });
  });

  it('a stack that one environment leaves out is a difference, until it is declared', () => {
    const some = rendered.filter(({ environment, stack }) => environment !== 'dev' || stack !== 'my-model');
    expect(matrixOf(some).undeclared.map(({ stack, cells }) => [stack, cells])).toContainEqual(['my-model', { dev: 'absent' }]);
    const reason = 'nobody needs it in dev';
    expect(matrixOf(some, [...declared, { stack: 'my-model', reason }]).undeclared).toEqual([]);
  });

  it('a declaration that nothing needs is an error too', () => {
    const stale: ExpectedDifference = { component: 'model-server', path: 'spec.minReadySeconds', reason: 'it once differed' };
    expect(matrixOf(rendered, [...declared, stale]).unused).toEqual([stale]);
  });

  it('objects named after their content are one row, and the name of the settings is no difference', () => {
    const { rows } = matrixOf(rendered);
    const maps = rows.filter(
      ({ stack, object, path }) => stack === 'fraud-model' && object.startsWith('ConfigMap') && path === '',
    );
    expect(maps.map(({ object, equal }) => [object, equal])).toEqual([['ConfigMap/fraud-model', true]]);
  });
});

describe('a declaration', () => {
  const place = {
    stack: 's',
    component: 'model-server',
    object: 'Deployment/m',
    path: 'spec.template.spec.containers[name=m].env[name=REDIS_HOST].value',
  };
  it.each<[boolean, Partial<ExpectedDifference>]>([
    [true, { path: 'spec.template' }],
    [true, { path: 'spec.template.spec.containers[*].env[name=REDIS_*]' }],
    [true, { kind: 'Deployment', component: 'model-server', stack: 's', path: 'spec' }],
    [false, { path: 'spec.temp' }],
    [false, { path: 'spec.template.spec.containers[*].env[name=REDIS_PORT]' }],
    [false, { kind: 'StatefulSet', path: 'spec' }],
    [false, { component: 'redis', path: 'spec' }],
    [false, { kind: 'Deployment' }],
  ])('%s: %j', (expected, fields) => expect(covers({ reason: 'because', ...fields }, place)).toBe(expected));
});
