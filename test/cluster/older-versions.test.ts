import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runChecks } from '../../lib/checks';
import { isFields } from '../../lib/kube/fields';
import type { KubeObject } from '../../lib/kube/object';
import { hasCluster, SHARED, startCluster, type TestCluster } from '../harness/cluster';
import { sampleObjects } from '../harness/project';
import { STACKS } from '../stacks/definitions';
import { renderStack } from '../stacks/render';

/** The oldest version that the control plane's API server emulates. */
const VERSION = '1.32';

const pod = (container: object, spec: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'it' },
  spec: { containers: [{ name: 'main', image: 'example.com/it:1', ...container }], ...spec },
});
const withVolume = (volume: object) =>
  pod({ volumeMounts: [{ name: 'it', mountPath: '/it' }] }, { volumes: [{ name: 'it', ...volume }] });
const job = (spec: object): KubeObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'it' },
  spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'example.com/it:1' }] } }, ...spec },
});

/** One object for each field that pods and Jobs of model servers may have, older and newer than the version. */
const FIELDS: Readonly<Record<string, KubeObject>> = {
  sleep: pod({ lifecycle: { preStop: { sleep: { seconds: 5 } } } }),
  sidecar: pod({}, { initContainers: [{ name: 'side', image: 'example.com/it:1', restartPolicy: 'Always' }] }),
  'success policy': job({ completionMode: 'Indexed', completions: 1, successPolicy: { rules: [{ succeededCount: 1 }] } }),
  'managed by': job({ managedBy: 'example.com/queue' }),
  'recursively read-only': pod(
    { volumeMounts: [{ name: 'it', mountPath: '/it', readOnly: true, recursiveReadOnly: 'Enabled' }] },
    { volumes: [{ name: 'it', emptyDir: {} }] },
  ),
  'image volume': withVolume({ image: { reference: 'example.com/model:1' } }),
  'resize policy': pod({ resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }] }),
  'stop signal': pod({ lifecycle: { stopSignal: 'SIGINT' } }, { os: { name: 'linux' } }),
  'pod-level resources': pod({}, { resources: { limits: { cpu: '1' } } }),
  'device claims': pod(
    { resources: { claims: [{ name: 'gpu' }] } },
    { resourceClaims: [{ name: 'gpu', resourceClaimTemplateName: 'gpu' }] },
  ),
};

/** The same object in the one namespace that is there. */
const inNamespace = (object: KubeObject): KubeObject => ({ ...object, metadata: { ...object.metadata, namespace: 'stacks' } });

/** Paths of what was sent and is not in the answer. What is empty has no meaning. */
function dropped(sent: unknown, got: unknown, path = ''): readonly string[] {
  if (Array.isArray(sent))
    return sent.flatMap((item, index) => dropped(item, Array.isArray(got) ? got[index] : undefined, `${path}[${index}]`));
  if (!isFields(sent)) return sent === '' || sent === 0 || sent === false || got !== undefined ? [] : [path];
  if (Object.keys(sent).length > 0 && got === undefined) return [path];
  return Object.entries(sent).flatMap(([name, value]) =>
    dropped(value, isFields(got) ? got[name] : undefined, path === '' ? name : `${path}.${name}`),
  );
}

describe.skipIf(!hasCluster)(`an API server of Kubernetes ${VERSION}`, () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startCluster({ CLUSTER_APISERVER_FLAGS: `--emulated-version=${VERSION}` });
    await cluster.kubectl('apply', '--server-side', '-f', join(SHARED, 'crds'));
    await cluster.kubectl('create', 'namespace', 'stacks');
  });
  afterAll(async () => await cluster?.down());

  /** What the server made of objects by a strict dry run, in their order. */
  const answer = async (objects: readonly KubeObject[]): Promise<readonly KubeObject[]> => {
    const file = join(cluster.dir, 'objects.json');
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    const strict = ['--server-side', '--dry-run=server', '--validate=strict', '-o', 'json'];
    const printed = JSON.parse(await cluster.kubectl('apply', ...strict, '-f', file)) as {
      readonly items?: readonly KubeObject[];
    };
    return printed.items ?? [printed as KubeObject];
  };
  const droppedOf = async (objects: readonly KubeObject[]) => {
    const answers = await answer(objects);
    // A chart gives every object its namespace; kinds without one lose it.
    return objects.flatMap((object, index) =>
      dropped(object, answers[index]).flatMap((path) => (path === 'metadata.namespace' ? [] : `${object.kind} ${path}`)),
    );
  };

  it('takes every stack that does not ask for a newer one, and drops nothing of it', async () => {
    const older = Object.entries(STACKS).flatMap(([name, build]) => {
      const { objects, version } = renderStack(build);
      return Number(version.split('.')[1]) > 32 ? [] : [{ name, objects }];
    });
    expect(older.length).toBeGreaterThan(8);
    for (const stack of ['llm', 'triton']) older.push({ name: stack, objects: sampleObjects('prod', stack).map(inNamespace) });
    for (const { name, objects } of older) expect([name, await droppedOf(objects)]).toEqual([name, []]);
  });

  it('drops, or refuses, just the fields that the check calls newer', async () => {
    for (const [name, object] of Object.entries(FIELDS)) {
      const findings = runChecks([object], { kubernetesVersion: VERSION }).filter(({ code }) => code === 'API_NEWER_FIELD');
      const lost = await droppedOf([object]).catch(() => ['all']);
      expect([name, lost.length > 0]).toEqual([name, findings.length > 0]);
    }
  });

  it('does not have the kinds that the check calls newer', async () => {
    const template: KubeObject = {
      apiVersion: 'resource.k8s.io/v1',
      kind: 'ResourceClaimTemplate',
      metadata: { name: 'gpu', namespace: 'stacks' },
      spec: { spec: { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu.nvidia.com' } }] } } },
    };
    const codes = (kubernetesVersion: '1.33' | '1.34') => runChecks([template], { kubernetesVersion }).map(({ code }) => code);
    expect([codes('1.33'), codes('1.34')]).toEqual([['API_NEWER_FIELD'], []]);
    await expect(answer([template])).rejects.toThrow(/no matches for kind/);
  });
});
