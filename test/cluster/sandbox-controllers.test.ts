import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Transport } from '../../lib/client/transport';
import { hasCluster, startCluster, type TestCluster } from '../harness/cluster';
import { ROOT } from '../harness/project';
import { virtual } from '../sandbox/ask';
import { OUTCOMES, playOutcome, simplify } from '../sandbox/fidelity/outcomes';
import { differences } from '../sandbox/fidelity/play';
import { realTransport } from '../sandbox/fidelity/real';

const SETTLE_MS = 9_000;

describe.runIf(hasCluster)('controllers leave behind what real ones do', () => {
  let cluster: TestCluster | undefined;
  let real: Transport | undefined;

  beforeAll(async () => {
    cluster = await startCluster();
    real = realTransport(cluster.kubeconfig);
  });

  afterAll(async () => {
    await real?.close();
    await cluster?.down();
  });

  test('end states of workloads', async () => {
    const transport = real;
    if (transport === undefined) throw new Error('no cluster');
    const theirs = await Promise.all(
      OUTCOMES.map((outcome) => playOutcome(transport, outcome, (times) => sleep(SETTLE_MS * times))),
    );
    const { clock, t } = virtual();
    const different: string[] = [];
    for (const [i, outcome] of OUTCOMES.entries()) {
      const ours = await playOutcome(t, outcome, (times) => clock.advance(SETTLE_MS * times));
      const found = differences(simplify(theirs[i]), simplify(ours));
      if (found.length > 0) different.push(`# ${outcome.name}`, ...found.map((path) => `    ${path}`));
    }
    const names = different.filter((line) => line.startsWith('#'));
    console.log(`fidelity, controllers: ${OUTCOMES.length} end states, ${names.length} different`);
    if (process.env.FIDELITY_REPORT !== undefined)
      writeFileSync(`${process.env.FIDELITY_REPORT}-controllers.txt`, different.join('\n'));
    expect(different).toEqual([]);
    expect(readFileSync(join(ROOT, 'docs/sandbox.md'), 'utf8')).toContain(`| ${OUTCOMES.length} | 0 |`);
  });
});
