import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listAt, numberAt, textAt } from '../../lib/kube/fields';
import { withDigits } from '../../lib/kube/large-integer';
import type { KubeObject } from '../../lib/kube/object';
import { plan, rollback } from '../../lib/release';
import { hasCluster } from '../harness/cluster';
import { course } from '../release/harness';
import { onField } from './on-field';

const service = (spec: object): KubeObject => ({
  ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'ranker' } },
  spec: { selector: { app: 'ranker' }, ports: [{ name: 'http', port: 80 }], ...spec },
});
const claim = (storage: string, storageClassName = 'growing'): KubeObject => ({
  ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'models' } },
  spec: { storageClassName, accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
});
/** A gate that fails when everything is written. */
const late: KubeObject = {
  ...{ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'late', annotations: { 'cdk8s-serving/gate': 'after' } } },
  spec: {
    template: {
      metadata: { annotations: { 'sim/outcome': 'fail' } },
      spec: { restartPolicy: 'Never', containers: [{ name: 'v', image: 'v:1' }] },
    },
  },
};

describe.skipIf(!hasCluster)('an undo on a control plane', () => {
  const field = onField();
  const { written, release, live, outcomes } = field;

  const unchanged = async (path: string, namespace: string) => {
    const { plan: planned, problems } = await plan(field.cluster.engine, path, { release: 'w', namespace });
    const changes = planned.objects.filter(({ action }) => action !== 'unchanged');
    return [...problems, ...changes.map(({ key, changes: fields }) => [key, fields])];
  };

  it.each([
    ['a node port that the new version gives up', { type: 'NodePort' }, { type: 'ClusterIP' }],
    ['the health check port of a load balancer', { type: 'LoadBalancer', externalTrafficPolicy: 'Local' }, { type: 'ClusterIP' }],
    ['the cluster IP of a Service that is replaced', { type: 'ClusterIP' }, { clusterIP: 'None' }],
    [
      'the addresses of a Service that becomes an alias',
      { type: 'NodePort' },
      { type: 'ExternalName', externalName: 'example.com' },
    ],
  ])('puts back %s', async (title, before, after) => {
    const namespace = `undo-${title.length}`;
    const deployed = written(service(before));
    const address = setInterval(() => void balance(namespace), 500);
    try {
      const first = await release(deployed, namespace);
      expect([first.message, outcomes(first)]).toEqual(['', ['succeeded']]);
      const then = await live('service', 'ranker', namespace);
      const second = await release(written(service(after), late), namespace, { allowReplace: true });
      expect([outcomes(second), second.result.revision?.left ?? []]).toEqual([['rolled-back'], []]);
      expect((await live('service', 'ranker', namespace))?.spec).toEqual(then?.spec);
      expect(await unchanged(deployed, namespace)).toEqual([]);
    } finally {
      clearInterval(address);
    }
  });

  it('names a Service whose address another one has taken', async () => {
    await release(written(service({ type: 'NodePort' })), 'taken');
    const then = await live('service', 'ranker', 'taken');
    const nodePort = numberAt(listAt(then, 'spec', 'ports')[0], 'nodePort');
    const thief = {
      ...service({ type: 'NodePort', ports: [{ port: 1, nodePort }] }),
      metadata: { name: 'thief', namespace: 'taken' },
    };
    const second = await release(written(service({ type: 'ClusterIP' }), late), 'taken', {}, (event) => {
      if (event.type === 'gate-started') void field.cluster.kubectl('create', '-f', written(thief));
    });
    expect(outcomes(second)).toEqual(['rolled-back']);
    const told = second.events.flatMap((event) => (event.type === 'warning' ? [event.problem] : []));
    expect(told).toEqual([expect.objectContaining({ code: 'RESTORED_OTHERWISE', subject: 'Service/ranker' })]);
    expect(textAt(await live('service', 'ranker', 'taken'), 'spec', 'type')).toBe('NodePort');
  });

  it('leaves a claim that has grown, tells it, and is not failed by it', async () => {
    const parameters = { provisioner: 'kubernetes.io/host-path', allowVolumeExpansion: true };
    await field.cluster.kubectl(
      ...['apply', '-f'],
      written({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'growing' }, ...parameters }),
    );
    const config = (value: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { value } });
    const small = written(claim('1Gi'), config('old'));
    expect(outcomes(await release(small, 'grown'))).toEqual(['succeeded']);
    await expect.poll(async () => textAt(await live('pvc', 'models', 'grown'), 'status', 'phase')).toBe('Bound');
    const size = async () => textAt(await live('pvc', 'models', 'grown'), 'spec', 'resources', 'requests', 'storage');
    const failed = await release(written(claim('2Gi'), config('new'), late), 'grown');
    expect([outcomes(failed), failed.result.revision?.left ?? [], await size()]).toEqual([['rolled-back'], [], '2Gi']);
    expect(JSON.stringify(failed.events)).toContain('CLAIM_KEEPS_SIZE');
    expect(await unchanged(small, 'grown')).toEqual([]);
    expect(outcomes(await release(written(claim('3Gi'), config('new')), 'grown'))).toEqual(['succeeded']);
    const back = await course(rollback(field.cluster.engine, { release: 'w', namespace: 'grown' }));
    expect([back.message, outcomes(back), await size()]).toEqual(['', ['succeeded'], '3Gi']);
    expect(JSON.stringify(back.events)).toContain('CLAIM_KEEPS_SIZE');
    // Who asks for less than what was last released is told that it cannot be.
    expect(outcomes(await release(written(claim('512Mi'), config('old')), 'grown'))).toEqual(['refused']);
  });

  it('keeps and names the claims of a first install that fails', async () => {
    const set: KubeObject = {
      ...{ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'store' } },
      spec: {
        selector: { matchLabels: { app: 'store' } },
        serviceName: 'store',
        template: { metadata: { labels: { app: 'store' } }, spec: { containers: [{ name: 'c', image: 'store:1' }] } },
        volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: claim('1Gi', 'standard').spec }],
      },
    };
    const other = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'first-data' } };
    const inside = { ...claim('1Gi', 'standard'), metadata: { name: 'models', namespace: 'first-data' } };
    const first = await release(written(set, other, inside, late), 'first');
    expect([outcomes(first), first.result.revision?.left ?? []]).toEqual([['rolled-back'], []]);
    const told = first.events.flatMap((event) =>
      event.type === 'warning' ? [`${event.problem.code} ${event.problem.subject}`] : [],
    );
    expect(told.filter((line) => line.startsWith('OBJECT_KEPT')).sort()).toEqual([
      'OBJECT_KEPT Namespace/first-data',
      'OBJECT_KEPT PersistentVolumeClaim/data-store-0',
      'OBJECT_KEPT PersistentVolumeClaim/models',
    ]);
    expect(await live('statefulset', 'store', 'first')).toBeUndefined();
    const again = await release(written(set, other, inside), 'first');
    expect([again.message, outcomes(again)]).toEqual(['', ['succeeded']]);
  });

  it('keeps every digit of integers that a double cannot hold, in objects that are changed, recreated, and taken over', async () => {
    const big = { type: 'integer', format: 'int64' };
    const fixed = { type: 'string', 'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'is immutable' }] };
    const spec = { type: 'object', properties: { big, fixed, other: { type: 'string' } } };
    const schema = { openAPIV3Schema: { type: 'object', properties: { spec } } };
    const names = { kind: 'Count', plural: 'counts', singular: 'count', listKind: 'CountList' };
    await field.cluster.kubectl(
      ...['apply', '-f'],
      written({
        ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
        metadata: { name: 'counts.example.com' },
        spec: {
          ...{ group: 'example.com', names, scope: 'Namespaced' },
          versions: [{ name: 'v1', served: true, storage: true, schema }],
        },
      }),
    );
    await field.cluster.kubectl('wait', '--for=condition=Established', 'crd/counts.example.com');
    const count = (fields: object): KubeObject => ({
      ...{ apiVersion: 'example.com/v1', kind: 'Count', metadata: { name: 'c' }, spec: fields },
    });
    const digits = '9007199254740993';
    const namespace = 'digits';
    const text = async () => (await field.cluster.kubectl('get', 'count', 'c', '-n', namespace, '-o', 'jsonpath={.spec}')).trim();
    const first = written(count({ fixed: 'a', other: 'x' }));
    expect(outcomes(await release(first, namespace))).toEqual(['succeeded']);
    const theirs = join(written(count({ big: 0 })), 'a.json');
    writeFileSync(theirs, readFileSync(theirs, 'utf8').replace('"big":0', `"big":${digits}`));
    await field.cluster.kubectl('apply', '--server-side', '-n', namespace, '-f', theirs);
    const before = await text();
    expect(before).toContain(`"big":${digits}`);

    const changed = await release(written(count({ fixed: 'a', other: 'y' }), late), namespace);
    expect([outcomes(changed), changed.result.revision?.left ?? [], await text()]).toEqual([['rolled-back'], [], before]);
    const replaced = await release(written(count({ fixed: 'b', other: 'y' }), late), namespace, { allowReplace: true });
    expect([outcomes(replaced), replaced.result.revision?.left ?? [], await text()]).toEqual([['rolled-back'], [], before]);

    await field.cluster.kubectl('delete', 'count', 'c', '-n', namespace);
    await field.cluster.kubectl('apply', '--server-side', '-n', namespace, '-f', theirs);
    const taken = await release(written(count({ other: 'z' }), late), namespace, { adopt: true });
    expect(outcomes(taken)).toEqual(['rolled-back']);
    expect(await text()).toBe(`{"big":${digits}}`);
    const told = taken.events.flatMap((event) => (event.type === 'planned' ? event.plan.objects : []));
    const change = told.flatMap(({ changes }) => changes).find(({ path }) => path === 'spec.big');
    expect(withDigits(String(change?.from))).toBe(digits);
  });

  /** Plays the cloud that gives Services of type LoadBalancer an address. */
  async function balance(namespace: string): Promise<void> {
    const there = await live('service', 'ranker', namespace);
    if (textAt(there, 'spec', 'type') !== 'LoadBalancer') return;
    const status = JSON.stringify({ status: { loadBalancer: { ingress: [{ ip: '203.0.113.1' }] } } });
    await field.cluster
      .kubectl('patch', 'service', 'ranker', '-n', namespace, '--subresource=status', '--type=merge', '-p', status)
      .catch(() => undefined);
  }
});
