import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../lib/kube/object';
import { hasCluster, SHARED, startCluster, type TestCluster } from '../harness/cluster';
import { sampleObjects } from '../harness/project';
import { STACKS } from '../stacks/definitions';
import { renderStack } from '../stacks/render';

/** The samples of this kind, as they are in `dist/`. */
const SAMPLES = ['dev', 'staging', 'prod'].flatMap((env) => ['llm', 'triton'].map((stack) => [env, stack] as const));

describe.skipIf(!hasCluster)('stacks that people run, on a real API server', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startCluster();
    await cluster.kubectl('apply', '--server-side', '-f', join(SHARED, 'crds'));
    for (const namespace of ['stacks', ...SAMPLES.map(([env, stack]) => `${stack}-${env}`)]) {
      await cluster.kubectl('create', 'namespace', namespace);
      await cluster.kubectl('label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce=restricted');
      await cluster.kubectl('label', 'namespace', namespace, 'pod-security.kubernetes.io/warn=restricted');
    }
  });
  afterAll(async () => await cluster?.down());

  it.each(Object.entries(STACKS))('%s is accepted by a strict server-side dry run', async (name, build) => {
    await accepts(name, renderStack(build).objects);
  });

  it.each(SAMPLES)('the sample %s/%s is accepted by a strict server-side dry run', async (environment, stack) => {
    await accepts(`${environment}-${stack}`, sampleObjects(environment, stack));
  });

  async function accepts(name: string, objects: readonly KubeObject[]): Promise<void> {
    const file = join(cluster.dir, `${name}.json`);
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    const strict = ['--server-side', '--dry-run=server', '--validate=strict', '-o', 'name'];
    const printed = await cluster.kubectl('apply', ...strict, '-f', file);
    expect(printed.trim().split('\n')).toHaveLength(objects.length);
  }
});
