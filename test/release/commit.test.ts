import { expect, it } from 'vitest';
import { commit } from '../../lib/release/commit';
import type { Head } from '../../lib/release/model/record';
import type { Revision } from '../../lib/release/model/revision';
import type { Session } from '../../lib/release/record/session';

it('cuts what a pod or a server has said, so that the record holds it', async () => {
  const saved: Partial<Head>[] = [];
  const session = {
    head: { v: 1, release: 'r', namespace: 'n', fence: 1, revisions: [], kinds: [] },
    store: { parts: async () => [] },
    settle: async (change: Partial<Head>) => void saved.push(change),
    write: async (work: () => Promise<unknown>) => work(),
  } as unknown as Session;
  const line = 'x'.repeat(2_700_000);
  const problem = { code: 'ROLLOUT_FAILED', subject: 's', message: line, remedy: 'r' } as const;
  const revision = {
    revision: 1,
    state: 'failed',
    gates: [{ name: 'g', phase: 'before', passed: false, metrics: [], attempts: 1, logs: [line] }],
    failure: { problem, events: Array.from({ length: 10_000 }, () => 'event'), logs: [line] },
    left: [line],
    content: [],
  } as unknown as Revision;
  await commit(session, revision, []);
  expect(JSON.stringify(saved).length).toBeLessThan(20_000);
  expect(saved[0]?.revisions?.[0]?.failure?.problem.code).toBe('ROLLOUT_FAILED');
});
