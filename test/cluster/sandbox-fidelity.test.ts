import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Transport } from '../../lib/client/transport';
import { RealClock } from '../../lib/sandbox/core/clock';
import { createSandbox } from '../../lib/sandbox/sandbox';
import { hasCluster, startCluster, type TestCluster } from '../harness/cluster';
import { ROOT } from '../harness/project';
import { compareAll, type Outcome, report } from '../sandbox/fidelity/compare';
import { randomScenario } from '../sandbox/fidelity/random';
import { realTransport } from '../sandbox/fidelity/real';
import { RECORDED } from '../sandbox/fidelity/recorded';

/** The page that tells users these numbers. */
const PAGE = readFileSync(join(ROOT, 'docs/sandbox.md'), 'utf8');

/** Other seeds than those the sandbox was corrected with say how well it does where nobody has looked. */
const FIRST_SEED = Number(process.env.FIDELITY_SEED ?? 1);

describe.runIf(hasCluster)('the sandbox answers as a real API server does', () => {
  let cluster: TestCluster | undefined;
  let real: Transport | undefined;

  beforeAll(async () => {
    cluster = await startCluster({ CLUSTER_CPU_NODES: '1', CLUSTER_GPU_NODES: '0' });
    // Nobody but the requests changes anything while answers are compared.
    for (const component of ['kube-controller-manager', 'kube-scheduler', 'kwok']) await cluster.tool('stop', component);
    real = realTransport(cluster.kubeconfig);
  });

  afterAll(async () => {
    await real?.close();
    await cluster?.down();
  });

  const run = async (scenarios: Parameters<typeof compareAll>[2]): Promise<Outcome> => {
    const sandbox = createSandbox({ clock: new RealClock() });
    sandbox.pauseControllers(true);
    if (real === undefined) throw new Error('no cluster');
    return compareAll(real, sandbox.transport, scenarios);
  };

  test('recorded sequences', async () => {
    const outcome = await run(RECORDED);
    report('recorded', outcome);
    expect(outcome.different.map(({ scenario }) => scenario)).toEqual([]);
    expect(PAGE).toContain(`| ${outcome.scenarios} | ${outcome.requests} | 0 |`);
  });

  test('random sequences', async () => {
    const outcome = await run(Array.from({ length: 900 }, (_, seed) => randomScenario(seed + FIRST_SEED)));
    report('random', outcome);
    expect(outcome.different.map(({ scenario }) => scenario)).toEqual([]);
    if (FIRST_SEED === 1) expect(PAGE).toContain(`| ${outcome.scenarios} | ${outcome.requests} | 0 |`);
  });
});
