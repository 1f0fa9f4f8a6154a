import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WAVE_ANNOTATION } from '../../lib/kube/contract';
import type { KubeObject } from '../../lib/kube/object';
import { uninstall } from '../../lib/release';
import { hasCluster } from '../harness/cluster';
import { course, type ReleaseCluster, releaseCluster } from '../release/harness';
import { deployment, stack } from '../release/manifests';

const definition: KubeObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.serving.test' },
  spec: {
    group: 'serving.test',
    names: { kind: 'Widget', plural: 'widgets' },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
          },
        },
      },
    ],
  },
};

describe.skipIf(!hasCluster)('unusual releases on a real control plane', () => {
  let cluster: ReleaseCluster;
  beforeAll(async () => {
    cluster = await releaseCluster();
  });
  afterAll(() => cluster?.down());

  it('a kind and an object of that kind in one release', async () => {
    const namespace = await cluster.namespace('custom');
    const widget = (size: unknown): KubeObject => ({
      apiVersion: 'serving.test/v1',
      kind: 'Widget',
      metadata: { name: 'a', namespace },
      spec: { size },
    });
    const alone = await cluster.apply(stack({ namespace, more: [widget(1)] }));
    expect(alone.result).toMatchObject({ outcome: 'refused', problems: [{ code: 'KIND_NOT_SERVED', subject: 'Widget/a' }] });
    const installed = await cluster.apply(stack({ namespace, more: [definition, widget(1)] }));
    expect(installed.message).toBe('');
    const size = async () =>
      (await cluster.kubectl('get', 'widgets.serving.test', 'a', '-n', namespace, '-o', 'jsonpath={.spec.size}')).trim();
    expect(await size()).toBe('1');
    expect((await cluster.apply(stack({ namespace, more: [definition, widget(1)] }))).result.outcome).toBe('unchanged');
    expect((await cluster.apply(stack({ namespace, more: [definition, widget('big')] }))).exitCode).toBe(3);
    expect((await cluster.apply(stack({ namespace, more: [definition, widget(2)] }))).exitCode).toBe(0);
    expect(await size()).toBe('2');
    expect((await course(uninstall(cluster.engine, { release: 'fraud', namespace }, { pruneData: true }))).message).toBe('');
    await expect(size()).rejects.toThrow(/doesn't have a resource type/);
  });

  it('waves: the next one only when the one before is ready, and an undo of both', async () => {
    const namespace = await cluster.namespace('waves');
    const later = (version: string, sim: Readonly<Record<string, string>> = {}): KubeObject => {
      const object = deployment('later', { namespace, version, sim });
      return {
        ...object,
        metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [WAVE_ANNOTATION]: '1' } },
      };
    };
    const installed = await cluster.apply(stack({ namespace, sim: { 'ready-delay': '1s' }, more: [later('v1')] }));
    expect(installed.message).toBe('');
    const order = installed.events.flatMap((event) =>
      (event.type === 'written' || event.type === 'ready') && event.object.startsWith('Deployment/')
        ? `${event.type} ${event.object}`
        : [],
    );
    expect(order).toEqual([
      'written Deployment/fraud',
      'ready Deployment/fraud',
      'written Deployment/later',
      'ready Deployment/later',
    ]);
    const failed = await cluster.apply(
      stack({ namespace, version: 'v2', more: [later('v2', { outcome: 'crash', backoff: '300ms' })] }),
    );
    expect(failed.exitCode).toBe(5);
    const images = await cluster.kubectl(
      'get',
      'deployments',
      '-n',
      namespace,
      '-o',
      'jsonpath={.items[*].spec.template.spec.containers[0].image}',
    );
    expect(images.split(' ')).toEqual(['registry.test/fraud:v1', 'registry.test/fraud:v1']);
  });

  it('an object that a finalizer holds is told of, and does not hold the release', async () => {
    const namespace = await cluster.namespace('finalizer');
    const held: KubeObject = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'held', namespace, finalizers: ['serving.test/wait'] },
    };
    await cluster.apply(stack({ namespace, more: [held] }));
    const gone = await cluster.apply(stack({ namespace }));
    expect(gone.exitCode).toBe(0);
    expect(gone.events).toContainEqual(
      expect.objectContaining({ type: 'warning', problem: expect.objectContaining({ subject: 'ConfigMap/held' }) }),
    );
    expect((await cluster.apply(stack({ namespace, version: 'v2' }))).exitCode).toBe(0);
    await cluster.kubectl(
      'patch',
      'configmap',
      'held',
      '-n',
      namespace,
      '--type=merge',
      '-p',
      '{"metadata":{"finalizers":null}}',
    );
  });
});
