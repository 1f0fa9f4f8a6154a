import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { ApiError, parseStatus } from '../../../lib/client/errors';
import type { Transport } from '../../../lib/client/transport';
import { ServingError } from '../../../lib/errors/problem';
import type { KubeObject } from '../../../lib/kube/object';
import { readFiles } from '../../../lib/manifests/files';
import { load } from '../../../lib/manifests/load';
import { readManifests } from '../../../lib/manifests/read';
import { asFiles, rehearsal } from '../../../lib/rehearsal/rehearsal';
import { apply, list, plan, repair, status, uninstall } from '../../../lib/release';
import { judge } from '../../../lib/release/gate/thresholds';
import type { Head, Journal } from '../../../lib/release/model/record';
import type { Revision } from '../../../lib/release/model/revision';
import { conflictsOf } from '../../../lib/release/ownership/conflicts';
import { parsePlanFile, toPlanFile } from '../../../lib/release/planning/plan-file';
import { pack } from '../../../lib/release/record/packing';
import { headOf } from '../../../lib/release/record/store';
import { planRecovery } from '../../../lib/release/recovery/evidence';
import { gate, stack } from '../../release/manifests';
import { BOMBS, misshapen, mutated, randomFrom } from './inputs';

/** The longest that one input may take, in milliseconds. */
let slowestMs = 0;

async function timed<T>(work: () => T | Promise<T>): Promise<T> {
  const began = performance.now();
  try {
    return await work();
  } finally {
    slowestMs = Math.max(slowestMs, performance.now() - began);
  }
}

function assert(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

/** What a call ends with, which is its value or problems with a code, and nothing else. */
async function ended<T>(call: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await timed(call);
  } catch (error) {
    if (!(error instanceof ServingError)) throw error;
    for (const { code, remedy } of error.problems)
      assert(code.length > 0 && remedy.length > 0, 'a problem without a code or a remedy');
    return undefined;
  }
}

const revision: Revision = {
  ...{ revision: 1, state: 'deployed', action: 'install', started: '', seconds: 1, by: '', plan: '', changed: [], versions: [] },
  ...{ gates: [], content: [], changes: { create: 0, change: 0, replace: 0, delete: 0 } },
};
const before: KubeObject = {
  ...{ apiVersion: 'v1', kind: 'ConfigMap', data: { a: 'b' } },
  metadata: { name: 'a', namespace: 'n', uid: 'u', labels: { a: 'b' } },
};
const journal: Journal = {
  ...{ revision, phase: 'apply', run: 'abc', temporary: [] },
  steps: [{ action: 'change', object: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'n', name: 'a' }, before }],
};
const head: Head = { v: 1, release: 'r', namespace: 'n', fence: 1, revisions: [revision], kinds: [], journal };

/** Records, whose journal is then planned without live evidence: nothing is deleted, nothing comes back without consent. */
async function records(numRuns: number): Promise<void> {
  const text = JSON.stringify(head);
  const packed = fc.oneof(
    mutated(text).map((json) => gzipSync(json).toString('base64')),
    mutated(pack(head)),
    fc.object({ maxDepth: 4 }).map((extra) => pack({ ...head, journal: { ...journal, ...extra } })),
    fc.array(fc.object({ maxDepth: 3 }), { maxLength: 4 }).map((steps) => pack({ ...head, journal: { ...journal, steps } })),
    fc.nat().map((seed) => pack(misshapen(head, randomFrom(seed)))),
  );
  const evidence = { release: 'r', namespace: 'n', live: new Map(), wanted: new Set<string>() };
  await fc.assert(
    fc.asyncProperty(packed, async (data) => {
      const metadata = { name: 'cdk8s-serving.r', namespace: 'n' };
      const read = await ended(() => headOf({ apiVersion: 'v1', kind: 'Secret', metadata, data: { head: data } }));
      const steps = read?.journal === undefined ? [] : planRecovery(read.journal, evidence);
      for (const { action, consent } of steps)
        assert(action === 'leave' || (action === 'recreate' && consent !== undefined), `${action} on the word of a record`);
    }),
    { numRuns },
  );
}

async function planFiles(numRuns: number): Promise<void> {
  const gates = [{ name: 'validate', phase: 'before' as const, job: gate({ namespace: 'n' }), thresholds: {}, support: [] }];
  const nothing = { release: 'r', namespace: 'n', digest: 'd', objects: [], gates: [], problems: [] };
  const file = toPlanFile(nothing, { release: 'r', namespace: 'n', objects: stack({ namespace: 'n' }), gates }, {});
  const text = JSON.stringify(file);
  const changed = fc.oneof(
    mutated(text),
    fc.nat().map((seed) => JSON.stringify(misshapen(file, randomFrom(seed)))),
  );
  await fc.assert(
    fc.asyncProperty(changed, async (said) => {
      const read = await ended(() => parsePlanFile({ files: [{ file: 'plan.json', text: said }] }));
      if (read !== undefined) assert(JSON.stringify(read) === text, 'a plan file was taken that is another one');
    }),
    { numRuns },
  );
}

/** Reports of gates, which never pass without good numbers and the nonce. */
async function reports(numRuns: number): Promise<void> {
  const text = '{"v":1,"metrics":{"auc":0.95,"latencyP99Ms":100},"samples":20000,"nonce":"abcdef"}';
  const demands = { nonce: 'abcdef', minSamples: 1000 };
  await fc.assert(
    fc.asyncProperty(fc.oneof(mutated(text), fc.json()), async (report) => {
      const judged = await ended(() => judge({ complete: true, exitCode: 0, report }, { auc: { min: 0.92 } }, demands));
      if (judged?.passed !== true) return;
      const auc = judged.metrics.find(({ name }) => name === 'auc')?.value ?? -1;
      assert(auc >= 0.92 && auc <= 1 && report.includes('abcdef'), `${report} has passed`);
    }),
    { numRuns },
  );
}

/** Directories of changed files, and of files that take a reader's time, memory or stack. */
async function folders(numRuns: number): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'fuzz-'));
  const read = async (path: string) => {
    await ended(() => readManifests([path], { recursive: true }));
    await ended(() => load(path, { read: readFiles }, { release: 'r', namespace: 'n' }));
  };
  try {
    for (const [name, contentOf] of Object.entries(BOMBS)) {
      const path = join(dir, name);
      writeFileSync(path, contentOf());
      const began = performance.now();
      await read(path);
      if (process.env.FUZZ_VERBOSE)
        console.error(name, Math.round(performance.now() - began), Math.round(process.resourceUsage().maxRSS / 1024));
    }
    const objects = stack({ namespace: 'n', gates: [gate({ namespace: 'n' })] });
    const yaml =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: &x {b: c}}\ndata:\n  <<: *x\n  d: |\n    e\n---\n';
    const text = fc.oneof(
      mutated(JSON.stringify(objects)),
      mutated(yaml.repeat(3)),
      fc.string({ unit: 'binary', maxLength: 400 }),
    );
    const shaped = fc.nat().map((seed) => JSON.stringify(misshapen(objects[seed % objects.length], randomFrom(seed))));
    const one = join(dir, 'one');
    mkdirSync(one);
    await fc.assert(
      fc.asyncProperty(fc.oneof(text, shaped), fc.constantFrom('a.yaml', 'a.json'), async (content, name) => {
        rmSync(join(one, 'a.yaml'), { force: true });
        rmSync(join(one, 'a.json'), { force: true });
        writeFileSync(join(one, name), content);
        await read(one);
      }),
      { numRuns },
    );
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Errors of the API server, as text. */
async function errors(numRuns: number): Promise<void> {
  const text = '{"kind":"Status","message":"no","reason":"Invalid","details":{"causes":[{"field":"a"}]}}';
  await fc.assert(
    fc.asyncProperty(fc.oneof(mutated(text), fc.string({ unit: 'binary' })), async (body) => {
      await ended(() => conflictsOf(new ApiError(409, parseStatus(body), 'apply ConfigMap/a')));
    }),
    { numRuns },
  );
}

const NAME = { release: 'fraud', namespace: 'team' };
/** Where a release may write at all: its objects, its records and its lock. */
const OURS =
  /^\/(api\/v1|apis\/[a-z0-9./]+)\/namespaces\/team\/((configmaps|serviceaccounts|services|deployments)(\/fraud)?|secrets(\/cdk8s-serving[.\w-]*)?|leases(\/cdk8s-serving[.\w-]*)?)(\?|$)|^\/apis\/authorization/;

/** A cluster with a release, an object of somebody else, and a watch over every write. */
async function installed() {
  let wanted = stack({ ...NAME, version: 'v1' });
  const here = rehearsal({ read: () => asFiles(wanted), podBehavior: () => ({ startMs: 1, readyMs: 1, stopMs: 1 }) });
  const inner = here.sandbox.connect();
  const engine = here.engine();
  await here.run(engine.api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } }));
  const theirs = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'theirs', namespace: 'team' }, data: { a: 'b' } };
  await here.run(engine.api.create(theirs));
  await here.runRelease(apply(engine, 'v1'));
  const untouched = JSON.stringify(here.sandbox.get('v1', 'ConfigMap', 'team', 'theirs'));
  const wrong: string[] = [];
  const watching = (transport: Transport): Transport => ({
    ...transport,
    send: (request) => {
      const writes =
        request.method !== 'GET' && !/dryRun=All/.test(request.path) && !/"dryRun":\["All"\]/.test(request.body ?? '');
      if (writes && !OURS.test(request.path)) wrong.push(`${request.method} ${request.path}`);
      return transport.send(request);
    },
  });
  return {
    here,
    inner,
    engine,
    watching,
    next: (version: string) => {
      wanted = stack({ ...NAME, version });
    },
    check: () => {
      assert(wrong.length === 0, `nothing explains ${wrong.join(', ')}`);
      assert(
        JSON.stringify(here.sandbox.get('v1', 'ConfigMap', 'team', 'theirs')) === untouched,
        'an object of others has changed',
      );
    },
  };
}

/** Releases over a hostile record: whatever it says, only what the directory explains is written. */
async function recordReleases(numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.boolean(), async (seed, recovers) => {
      const { here, inner, watching, next, check } = await installed();
      const random = randomFrom(seed);
      const [secret] = here.sandbox
        .objects('v1', 'Secret', 'team')
        .filter(({ metadata }) => metadata.name === 'cdk8s-serving.fraud');
      assert(secret !== undefined, 'no record');
      if (secret === undefined) return;
      const read = headOf(secret);
      const foreign = { ...before, metadata: { name: 'theirs', namespace: 'team', uid: 'u' } };
      const steps = ['delete', 'change', 'replace', 'create'].map((action) => ({
        action,
        object: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'team', name: 'theirs' },
        before: foreign,
      }));
      const forged = { ...read, journal: { ...journal, phase: random() < 0.5 ? 'apply' : 'finish', steps } };
      const packed = random() < 0.2 ? pack(forged).slice(0, 80) : pack(misshapen(random() < 0.6 ? forged : read, random));
      const engine = here.engine('victim', watching(inner));
      await here.run(
        here
          .engine()
          .api.merge(
            { apiVersion: 'v1', kind: 'Secret', namespace: 'team', name: 'cdk8s-serving.fraud' },
            { data: { head: packed } },
          ),
      );
      next('v2');
      await timed(() => here.runRelease(apply(engine, 'v2', { recover: recovers })));
      await ended(() => here.run(list(engine, 'team')));
      await ended(() => here.run(status(engine, NAME)));
      await timed(() => here.runRelease(repair(engine, NAME)));
      await timed(() => here.runRelease(uninstall(engine, NAME)));
      check();
    }),
    { numRuns },
  );
}

/** Releases with an API server, or a proxy before it, that answers nonsense. */
async function answers(numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const { here, inner, watching, next, check } = await installed();
      const random = randomFrom(seed);
      const often = random() < 0.5 ? 0.05 : 0.5;
      const lying: Transport = {
        ...inner,
        async send(request) {
          const response = await inner.send(request);
          if (request.path.includes('watch=true')) return { ...response, body: lies(response.body, random, often / 4) };
          if (random() > often) return response;
          const chunks: Uint8Array[] = [];
          for await (const chunk of response.body) chunks.push(chunk);
          const text = Buffer.concat(chunks).toString('utf8');
          const said = random() < 0.15 ? text.slice(0, random() * text.length) : lie(text, random);
          const status = random() < 0.1 ? 200 + Math.floor(random() * 350) : response.status;
          return { ...response, status, body: one(said) };
        },
      };
      const engine = here.engine('victim', watching(lying));
      next('v2');
      await timed(() => here.runRelease(apply(engine, 'v2', { timeoutMs: 60_000 })));
      await ended(() => here.run(plan(engine, 'v2')));
      await ended(() => here.run(status(engine, NAME)));
      check();
    }),
    { numRuns },
  );
}

function lie(text: string, random: () => number): string {
  try {
    return JSON.stringify(misshapen(JSON.parse(text), random)) ?? '';
  } catch {
    return text;
  }
}

/** A watch of which some events are otherwise than they were sent. */
async function* lies(body: AsyncIterable<Uint8Array>, random: () => number, often: number): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    const lines = Buffer.from(chunk).toString('utf8').split('\n');
    yield Buffer.from(lines.map((line) => (line !== '' && random() < often ? lie(line, random) : line)).join('\n'));
  }
}

async function* one(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

const FUZZ = { records, planFiles, reports, folders, errors, recordReleases, answers };

const [name = '', runs = '1', seed] = process.argv.slice(2);
if (seed !== undefined) fc.configureGlobal({ seed: Number(seed) });
const fuzz = Object.entries(FUZZ).find(([known]) => known === name)?.[1];
if (fuzz === undefined) throw new Error(`one of ${Object.keys(FUZZ).join(', ')}`);
fuzz(Number(runs)).then(
  () =>
    console.log(JSON.stringify({ slowestMs: Math.round(slowestMs), rssMiB: Math.round(process.resourceUsage().maxRSS / 1024) })),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
