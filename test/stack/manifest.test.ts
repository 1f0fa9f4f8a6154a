import { App, Chart, type IResolver, Lazy } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { Model, ModelServer } from '../../lib';
import { SMALL } from '../harness/chart';

function rendered(resolvers: IResolver[], env: Readonly<Record<string, string>> = {}): readonly unknown[] {
  const app = new App({ resolvers });
  const chart = new Chart(app, 'chart', { namespace: 'here', labels: { of: 'the chart' } });
  const model = Model.baked({ image: 'a/b', version: 'v1', path: '/m' });
  const server = new ModelServer(chart, 'server', { model, resources: SMALL, replicas: 2, env });
  for (const object of server.node.children)
    if ('metadata' in object)
      (object as unknown as { metadata: { addLabel(key: string, value: string): void } }).metadata.addLabel('added', 'by hand');
  return chart.toJson();
}

describe('manifests', () => {
  it('are what cdk8s itself would make of them', () => {
    // A resolver that never answers sends everything through cdk8s' own path.
    const plain = rendered([]);
    expect(rendered([{ resolve: () => undefined }])).toEqual(plain);
    expect(plain).toContainEqual(
      expect.objectContaining({
        metadata: expect.objectContaining({ labels: expect.objectContaining({ of: 'the chart', added: 'by hand' }) }),
      }),
    );
  });

  it("ask the user's resolvers", () => {
    const shout: IResolver = { resolve: (context) => context.value === 'quiet' && context.replaceValue('LOUD') };
    expect(JSON.stringify(rendered([shout], { VOICE: 'quiet' }))).toContain('"value":"LOUD"');
  });

  it('resolve lazy values', () => {
    const lazy = Lazy.any({ produce: () => ({ fieldRef: { fieldPath: 'metadata.name' } }) }) as Readonly<Record<string, unknown>>;
    const app = new App();
    const chart = new Chart(app, 'chart');
    new ModelServer(chart, 'server', {
      model: Model.baked({ image: 'a/b', version: 'v1', path: '/m' }),
      resources: SMALL,
      env: { POD: { valueFrom: lazy } },
    });
    expect(JSON.stringify(chart.toJson())).toContain('"valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}');
  });

  it('know how many resolvers every app has', () => expect(new App().resolvers).toHaveLength(3));
});
