import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../lib/kube/object';
import { driftOf, liveDrift } from '../../lib/parity/live';
import { renderProject } from '../../lib/synth/render-project';
import { valueAt } from '../harness/golden';
import { one, sampleObjects, sampleProject } from '../harness/project';

const rendered = one(sampleObjects('prod', 'fraud-model'), 'Deployment');
const changed = (
  change: (copy: KubeObject & { spec: { template: { spec: { containers: Record<string, unknown>[] } } } }) => void,
) => {
  const copy = structuredClone(rendered) as Parameters<typeof change>[0];
  change(copy);
  return driftOf(rendered, copy).map(({ path, rendered: was, live }) => [path.split('.').at(-1), was, live]);
};

describe('what runs, against what is rendered', () => {
  it('is equal when it is, also with defaults, status and other spellings of an amount', () => {
    const live = {
      ...structuredClone(rendered),
      status: { replicas: 3 },
      metadata: { ...rendered.metadata, uid: 'x', generation: 4 },
    };
    const text = JSON.stringify(live).replace('"cpu":"4"', '"cpu":"4000m"').replace('"memory":"24Gi"', '"memory":"24576Mi"');
    expect(driftOf(rendered, JSON.parse(text) as KubeObject)).toEqual([]);
  });

  it('names what somebody has changed by hand: eleven days in prod', () => {
    expect(
      changed((copy) =>
        Object.assign(copy.spec.template.spec.containers[0] ?? {}, { image: 'registry.company.com/fraud-model:v2.0.9' }),
      ),
    ).toEqual([
      [
        'containers[name=fraud-model].image'.split('.').at(-1),
        'registry.company.com/fraud-model:v2.1.0',
        'registry.company.com/fraud-model:v2.0.9',
      ],
    ]);
  });

  it('names variables that only the cluster has, and objects that it has not', () => {
    const [extra] = changed((copy) =>
      Object.assign(copy.spec.template.spec.containers[0] ?? {}, {
        env: [...(valueAt(rendered, 'spec.template.spec.containers[0].env') as unknown[]), { name: 'DEBUG', value: '1' }],
      }),
    );
    expect(extra?.[2]).toEqual({ name: 'DEBUG', value: '1' });
    expect(driftOf(rendered, undefined)).toEqual([
      { object: 'Deployment/fraud-model', path: '', rendered: 'present', live: undefined },
    ]);
  });

  it('asks for every object but the gates', async () => {
    const asked: string[] = [];
    const [stack] = renderProject(sampleProject(), { environments: ['prod'], stacks: ['fraud-model'] });
    if (stack === undefined) throw new Error('not rendered');
    const drift = await liveDrift(stack, { get: async ({ kind }) => void asked.push(kind) });
    expect(asked).not.toContain('Job');
    expect(drift).toHaveLength(asked.length);
    expect(drift[0]).toMatchObject({ environment: 'prod', stack: 'fraud-model', live: undefined });
  });
});
