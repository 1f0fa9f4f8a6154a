import { expect, it } from 'vitest';
import type { KubeObject } from '../../../lib/kube/object';
import { asFiles, rehearsal } from '../../../lib/rehearsal/rehearsal';
import { apply, rollback } from '../../../lib/release';

const NAMESPACE = 'team';
const manifests = (count: number, version: string): readonly KubeObject[] =>
  Array.from({ length: count }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `m-${index}`, namespace: NAMESPACE },
    data: { THRESHOLD: '0.75', VERSION: index === 0 ? version : 'v0' },
  }));

/** Sizes of the stored contents, largest first, after so many revisions. */
async function history(count: number, revisions: number) {
  const versions = Array.from({ length: revisions }, (_, index) => `v${index + 1}`);
  const here = rehearsal({ read: (path) => asFiles(manifests(count, path)) });
  const run = (path: string) =>
    here.runRelease(
      apply(here.engine(path), path, { release: 'big', namespace: NAMESPACE, createNamespace: true, historyLimit: 100 }),
    );
  for (const version of versions) expect((await run(version)).result.outcome).toBe('succeeded');
  const parts = () =>
    here.sandbox
      .objects('v1', 'Secret', NAMESPACE)
      .filter(({ metadata }) => metadata.labels?.['cdk8s-serving/part'] === 'content')
      .map((secret) => JSON.stringify(secret).length)
      .sort((a, b) => b - a);
  return { here, parts };
}

it('keeps of a superseded revision with many objects its manifests alone, and goes back to it', async () => {
  const { here, parts } = await history(150, 4);
  const [deployed = 0, ...superseded] = parts();
  expect(superseded).toHaveLength(3);
  expect(Math.max(...superseded)).toBeLessThan(deployed / 1.4);
  const back = await here.runRelease(rollback(here.engine('back'), { release: 'big', namespace: NAMESPACE }, { to: 1 }));
  expect(back.result.outcome).toBe('succeeded');
  expect(here.sandbox.objects('v1', 'ConfigMap', NAMESPACE).find(({ metadata }) => metadata.name === 'm-0')?.data).toMatchObject({
    VERSION: 'v1',
  });
  const again = await here.runRelease(
    apply(here.engine('again'), 'v1', { release: 'big', namespace: NAMESPACE, historyLimit: 100 }),
  );
  expect(again.result.outcome).toBe('unchanged');
});

it('writes nothing more for a small release', async () => {
  const { parts } = await history(20, 3);
  const [first = 0, , last = 0] = parts();
  expect(parts()).toHaveLength(3);
  expect(last).toBeGreaterThan(first * 0.9);
});
