import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { SCHEMA_RULES } from '../../lib/checks/rules/api-schema';
import { duplicateEnv } from '../../lib/checks/rules/duplicate-env';
import { runRules } from '../../lib/checks/run-rules';
import { connect, type KubeApi } from '../../lib/client';
import { ApiError } from '../../lib/client/errors';
import { isBuiltIn } from '../../lib/kube/kinds';
import type { KubeObject } from '../../lib/kube/object';
import { rehearsal } from '../../lib/rehearsal/rehearsal';
import { hasCluster, startCluster, type TestCluster } from '../harness/cluster';
import { ROOT } from '../harness/project';
import { type Mutant, mutantsOf } from './mutants';

/** How many mutants are tried; `npm run offline-validation` tries 5,000. */
const COUNT = Number(process.env.MUTANTS ?? 400);
const NAMESPACE = 'mutants';

function seeds(): readonly KubeObject[] {
  const files = readdirSync(join(ROOT, 'dist'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yaml'));
  const texts = files.sort().map((file) => readFileSync(join(ROOT, 'dist', file), 'utf8'));
  const own = readFileSync(join(__dirname, 'mutant-seeds.yaml'), 'utf8');
  const objects = [...texts, own].flatMap((text) =>
    parseAllDocuments(text).map((document) => document.toJS() as KubeObject | null),
  );
  return objects.flatMap((object) => {
    // Definitions of custom kinds are not what is compared.
    if (object === null || !isBuiltIn(object)) return [];
    const { namespace, ...metadata } = object.metadata;
    return [{ ...object, metadata: namespace === undefined ? metadata : { ...metadata, namespace: NAMESPACE } } as KubeObject];
  });
}

/** Disagreements that are meant: what was changed, and why the check does not follow the server. */
const MEANT: readonly (readonly [change: RegExp, reason: string])[] = [
  [/: huge$/, 'server-side apply cuts a number to 32 bits and says nothing; kubectl create refuses it'],
  [/metric\.selector\.matchLabels/, 'the selector of a metric is not checked, and could match nothing'],
  [/^PersistentVolumeClaim spec\.dataSource: empty$/, 'a data source without a name is dropped'],
];

describe.skipIf(!hasCluster)('the offline check and the API server', () => {
  let cluster: TestCluster;
  let api: KubeApi;
  beforeAll(async () => {
    cluster = await startCluster();
    api = await connect({ kubeconfig: cluster.kubeconfig });
    await cluster.kubectl('create', 'namespace', NAMESPACE);
  });
  afterAll(async () => {
    await api?.close();
    await cluster?.down();
  });

  /** The server's refusal of an object; nothing when it takes it, or does not judge it. */
  async function refusal(object: KubeObject, by = api): Promise<string | undefined> {
    try {
      await by.apply(object, { dryRun: true, force: true });
      return undefined;
    } catch (error) {
      return error instanceof ApiError ? `${error.status} ${error.message}` : String(error);
    }
  }

  /** How often the sandbox accepts what the server accepts, of the kinds that it models. */
  async function sandboxOn(servers: readonly (readonly [Mutant, string | undefined])[]) {
    const here = rehearsal();
    const simulated = here.engine().api;
    const judged = await here.run(
      (async () => {
        await simulated.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
        const all: (readonly [what: string, server: string | undefined, sandbox: string | undefined])[] = [];
        for (const [{ object, what }, server] of servers) all.push([what, server, await refusal(object, simulated)]);
        return all;
      })(),
    );
    const modelled = judged.filter(([, , sandbox]) => sandbox?.startsWith('501 ') !== true);
    const unlike = modelled
      .filter(([, server, sandbox]) => (server === undefined) !== (sandbox === undefined))
      .map(([what, server, sandbox]) => `${what}\n    server: ${server ?? 'accepted'}\n    sandbox: ${sandbox ?? 'accepted'}`);
    const rate = 1 - unlike.length / modelled.length;
    console.log(`the sandbox: ${(rate * 100).toFixed(2)} % of ${modelled.length} mutants agree`);
    if (unlike.length > 0) console.log(unlike.sort().join('\n'));
    return { rate, unlike };
  }

  it(`agree on ${COUNT} manifests with one change each`, async () => {
    const all = mutantsOf(seeds());
    const sampled =
      COUNT >= all.length
        ? all
        : fc
            .sample(fc.nat({ max: all.length - 1 }), { seed: Number(process.env.SEED ?? 16), numRuns: COUNT })
            .flatMap((index) => all[index] ?? []);
    const lines: string[] = [];
    const servers: (readonly [Mutant, string | undefined])[] = [];
    const one = async ({ object, what }: Mutant) => {
      const server = await refusal(object);
      servers.push([{ object, what }, server]);
      const findings = runRules([...SCHEMA_RULES, duplicateEnv], [object], { kubernetesVersion: '1.35', namespace: NAMESPACE });
      const [offline] = findings.filter(({ severity }) => severity === 'error');
      if ((server === undefined) === (offline === undefined)) return;
      const check = offline === undefined ? 'accepted' : `${offline.code} ${offline.path} ${offline.expected}`;
      lines.push(`${what}\n    server: ${server ?? 'accepted'}\n    check: ${check}`);
    };
    for (let from = 0; from < sampled.length; from += 50) await Promise.all(sampled.slice(from, from + 50).map(one));
    const meant = MEANT.map(([change, reason]) => [
      reason,
      lines.filter((line) => change.test(line.split('\n', 1)[0] ?? '')).length,
    ]);
    const rate = 1 - lines.length / sampled.length;
    console.log(
      `offline validation: ${(rate * 100).toFixed(2)} % of ${sampled.length} mutants of ${all.length} agree`,
      Object.fromEntries(meant),
    );
    const unmeant = lines.filter((line) => !MEANT.some(([change]) => change.test(line.split('\n', 1)[0] ?? '')));
    if (unmeant.length > 0) console.log(unmeant.sort().join('\n'));
    const { rate: simulated, unlike } = await sandboxOn(servers);
    expect(simulated, unlike.join('\n')).toBeGreaterThanOrEqual(0.99);
    expect(sampled.length).toBeGreaterThanOrEqual(Math.min(COUNT, 400));
    expect(rate, unmeant.join('\n')).toBeGreaterThanOrEqual(0.99);
  }, 900_000);
});
