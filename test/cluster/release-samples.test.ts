import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GATE_ANNOTATION, NONCE_ANNOTATION } from '../../lib/kube/contract';
import { fieldsAt } from '../../lib/kube/fields';
import type { KubeObject } from '../../lib/kube/object';
import { history, rollback, status, uninstall } from '../../lib/release';
import { hasCluster } from '../harness/cluster';
import { sampleObjects } from '../harness/project';
import { course, identity, type ReleaseCluster, releaseCluster } from '../release/harness';
import { report } from '../release/manifests';

const KINDS = 'deployment,statefulset,service,configmap,serviceaccount,networkpolicy,poddisruptionbudget,hpa,ingress,job';
const ENVIRONMENTS = ['dev', 'staging', 'prod'] as const;

/** A rendered sample stack, whose gate reports this on the simulated node. */
function sampleOf(environment: string, stack: string, auc = 0.941, set: readonly string[] = []): readonly KubeObject[] {
  return sampleObjects(environment, stack, set).map((object): KubeObject => {
    if (object.metadata.annotations?.[GATE_ANNOTATION] === undefined) return object;
    const template = fieldsAt(object, 'spec', 'template');
    const annotations = { ...fieldsAt(template, 'metadata', 'annotations'), 'sim/termination-message': report(auc) };
    const metadata = { ...fieldsAt(template, 'metadata'), annotations };
    // The simulated node writes what it is told, and knows no nonce.
    const about = { ...object.metadata, annotations: { ...object.metadata.annotations, [NONCE_ANNOTATION]: 'none' } };
    return { ...object, metadata: about, spec: { ...fieldsAt(object, 'spec'), template: { ...template, metadata } } };
  });
}

const ofStack = (objects: readonly KubeObject[]) => {
  const [first] = objects;
  const release = first?.metadata.labels?.['cdk8s-serving/release'] ?? '';
  return { release, namespace: first?.metadata.namespace ?? '' };
};

describe.skipIf(!hasCluster)('the sample stacks, released', () => {
  let cluster: ReleaseCluster;
  beforeAll(async () => {
    cluster = await releaseCluster({ CLUSTER_CPU_NODES: '6' });
  });
  afterAll(() => cluster?.down());

  it.each(['fraud-model', 'ml-serving-stack'])(
    '%s: installs in all three environments, and then has nothing to do',
    async (stack) => {
      for (const environment of ENVIRONMENTS) {
        const objects = sampleOf(environment, stack);
        const name = ofStack(objects);
        const installed = await cluster.apply(objects, { createNamespace: true, ignoreMissing: true });
        expect(installed.message, environment).toBe('');
        expect(installed.exitCode, environment).toBe(0);
        const { deployed, objects: found } = await status(cluster.engine, name);
        expect(deployed?.gates, environment).toMatchObject(objects.some(isGate) ? [{ passed: true }] : []);
        expect(
          found.filter((one) => one.status !== 'Current'),
          environment,
        ).toEqual([]);
        expect((await cluster.apply(objects, { ignoreMissing: true })).result.outcome, environment).toBe('unchanged');
      }
    },
  );

  it.each(['fraud-model', 'ml-serving-stack'])(
    '%s: a better model goes out, a worse one does not, and the way back is open',
    async (stack) => {
      const better = ['model.version=v2.3.0'];
      const name = ofStack(sampleOf('staging', stack));
      expect((await cluster.apply(sampleOf('staging', stack, 0.952, better), { ignoreMissing: true })).message).toBe('');
      const before = await cluster.objects(name.namespace, KINDS);
      const worse = await cluster.apply(sampleOf('staging', stack, 0.8, ['model.version=v2.4.0']), { ignoreMissing: true });
      expect(worse.exitCode).toBe(4);
      expect(worse.message).toMatch(/auc 0\.8 .*0\.9/);
      const after = await cluster.objects(name.namespace, KINDS);
      expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
      for (const [key, object] of before) {
        if (object.kind === 'Deployment' || object.kind === 'Service' || object.kind === 'ConfigMap')
          expect(identity(after.get(key)), key).toEqual(identity(object));
      }
      expect((await course(rollback(cluster.engine, name, { ignoreMissing: true }))).message).toBe('');
      const revisions = await history(cluster.engine, name);
      expect(revisions.map(({ state }) => state)).toEqual(['superseded', 'superseded', 'rejected', 'deployed']);
      expect(revisions.at(-1)?.of).toBe(1);
      const measured = revisions.map(({ gates }) => gates[0]?.metrics.find(({ name: metric }) => metric === 'auc')?.value);
      expect(measured).toEqual([0.941, 0.952, 0.8, 0.941]);
    },
  );

  it.each(['fraud-model', 'ml-serving-stack'])('%s: uninstall leaves nothing of it', async (stack) => {
    for (const environment of ENVIRONMENTS) {
      const objects = sampleOf(environment, stack);
      const name = ofStack(objects);
      expect((await course(uninstall(cluster.engine, name))).exitCode, environment).toBe(0);
      const left = await cluster.objects(name.namespace, `${KINDS},secret,lease`);
      const own = [...left.values()].filter(({ metadata }) => metadata.labels?.['cdk8s-serving/release'] === name.release);
      expect(
        own.map(({ kind, metadata }) => `${kind}/${metadata.name}`),
        environment,
      ).toEqual([]);
    }
  });
});

function isGate({ metadata }: KubeObject): boolean {
  return metadata.annotations?.[GATE_ANNOTATION] !== undefined;
}
