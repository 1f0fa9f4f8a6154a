import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../../apps/images/service';
import { apply, history } from '../../lib/release';
import { hasCluster } from '../harness/cluster';
import { ROOT } from '../harness/project';
import { course } from '../release/harness';
import { type RealCluster, realCluster } from './real-node';

const [NAMESPACE, RELEASE] = ['team-fraud', 'team-fraud-stack'];

describe.skipIf(!hasCluster)('the whole ml-serving-stack on a real node, from dist/dev', () => {
  let cluster: RealCluster;
  beforeAll(async () => {
    cluster = await realCluster();
    await cluster.surroundings(NAMESPACE);
  });
  afterAll(() => cluster?.down());

  it('becomes ready', async () => {
    const installed = await course(apply(cluster.engine, join(ROOT, 'dist/dev/ml-serving-stack')), (event) =>
      console.log(JSON.stringify(event).slice(0, 600)),
    );
    console.log(installed.message, installed.seconds);
    console.log(await cluster.kubectl('-n', NAMESPACE, 'get', 'pods', '-o', 'wide'));
    console.log(JSON.stringify(await history(cluster.engine, { release: RELEASE, namespace: NAMESPACE })));
    expect(installed.exitCode).toBe(0);
    const ip = await cluster.kubectl('-n', NAMESPACE, 'get', 'svc', `${RELEASE}-fraud-model`, '-o', 'jsonpath={.spec.clusterIP}');
    console.log(await ask(`http://${ip}/predict`, { transaction: 'tx-1' }));
  });
});
