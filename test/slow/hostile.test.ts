import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiError, parseStatus } from '../../lib/client/errors';
import { ServingError } from '../../lib/errors/problem';
import type { KubeObject } from '../../lib/kube/object';
import { judge } from '../../lib/release/gate/thresholds';
import type { Head, Journal } from '../../lib/release/model/record';
import { conflictsOf } from '../../lib/release/ownership/conflicts';
import { parsePlanFile, toPlanFile } from '../../lib/release/planning/plan-file';
import { pack } from '../../lib/release/record/packing';
import { headOf } from '../../lib/release/record/store';
import { planRecovery } from '../../lib/release/recovery/evidence';
import { gate, stack } from '../release/manifests';

const RUNS = { numRuns: 3_000 };

/** A text with one piece of it replaced, cut out or doubled. */
const mutated = (text: string) =>
  fc
    .tuple(fc.nat(text.length), fc.nat(60), fc.oneof(fc.constant(''), fc.json(), fc.string({ unit: 'binary', maxLength: 20 })))
    .map(([at, length, put]) => `${text.slice(0, at)}${put}${text.slice(at + length)}`);

/** What a call ends with, which is its value or problems with a code, and nothing else. */
async function ended<T>(call: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof ServingError)) throw error;
    for (const { code, remedy } of error.problems) expect([code, remedy]).not.toContain('');
    return undefined;
  }
}

const revision = {
  revision: 1,
  state: 'deployed',
  action: 'install',
  started: '',
  seconds: 1,
  by: '',
  plan: '',
  changed: [],
  versions: [],
  gates: [],
  content: [],
  changes: { create: 0, change: 0, replace: 0, delete: 0 },
} as const;
const before: KubeObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', namespace: 'n', uid: 'u', labels: { a: 'b' } },
  data: { a: 'b' },
};
const journal: Journal = {
  revision,
  phase: 'apply',
  steps: [{ action: 'change', object: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'n', name: 'a' }, before }],
  run: 'abc',
  temporary: [],
};
const head: Head = { v: 1, release: 'r', namespace: 'n', fence: 1, revisions: [revision], kinds: [], journal };
const secret = (packed: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'cdk8s-serving.r', namespace: 'n' },
  data: { head: packed },
});

describe('hostile input ends with a value or a problem', { timeout: 120_000 }, () => {
  it('as a record, whose journal is then planned without live evidence', async () => {
    const text = JSON.stringify(head);
    const packed = fc.oneof(
      mutated(text).map((json) => gzipSync(json).toString('base64')),
      mutated(pack(head)),
      fc.object({ maxDepth: 4 }).map((extra) => pack({ ...head, journal: { ...journal, ...extra } })),
      fc.array(fc.object({ maxDepth: 3 }), { maxLength: 4 }).map((steps) => pack({ ...head, journal: { ...journal, steps } })),
    );
    const evidence = { release: 'r', namespace: 'n', live: new Map(), wanted: new Set<string>() };
    await fc.assert(
      fc.asyncProperty(packed, async (data) => {
        const read = await ended(() => headOf(secret(data)));
        const steps = read?.journal === undefined ? [] : planRecovery(read.journal, evidence);
        // Nothing is live and no manifests are at hand: nothing is deleted, nothing comes back without consent.
        for (const { action, consent } of steps)
          expect(action === 'leave' || (action === 'recreate' && consent !== undefined)).toBe(true);
      }),
      RUNS,
    );
    expect(process.memoryUsage().rss).toBeLessThan(700e6);
  });

  it('as a plan file', async () => {
    const job = gate({ namespace: 'n' });
    const plan = { release: 'r', namespace: 'n', digest: 'd', objects: [], gates: [], problems: [] };
    const gates = [{ name: 'validate', phase: 'before' as const, job, thresholds: {}, support: [] }];
    const text = JSON.stringify(
      toPlanFile(plan, { release: 'r', namespace: 'n', objects: stack({ namespace: 'n' }), gates }, {}),
    );
    await fc.assert(
      fc.asyncProperty(mutated(text), async (changed) => {
        const read = await ended(() => parsePlanFile({ files: [{ file: 'plan.json', text: changed }] }));
        if (read !== undefined) expect(JSON.stringify(read)).toBe(text);
      }),
      RUNS,
    );
  });

  it('as the report of a gate, which never passes without good numbers and the nonce', () => {
    const text = '{"v":1,"metrics":{"auc":0.95,"latencyP99Ms":100},"samples":20000,"nonce":"abcdef"}';
    fc.assert(
      fc.property(fc.oneof(mutated(text), fc.json()), (report) => {
        const { passed, metrics } = judge(
          { complete: true, exitCode: 0, report },
          { auc: { min: 0.92 } },
          { nonce: 'abcdef', minSamples: 1000 },
        );
        if (!passed) return;
        const auc = metrics.find(({ name }) => name === 'auc')?.value ?? -1;
        expect(auc >= 0.92 && auc <= 1 && report.includes('abcdef')).toBe(true);
      }),
      RUNS,
    );
  });

  it('as an answer of the API server', () => {
    const text = '{"kind":"Status","message":"no","reason":"Invalid","details":{"causes":[{"field":"a"}]}}';
    fc.assert(
      fc.property(
        fc.oneof(mutated(text), fc.string({ unit: 'binary' })),
        (body) => void conflictsOf(new ApiError(409, parseStatus(body), 'apply ConfigMap/a')),
      ),
      RUNS,
    );
  });
});
