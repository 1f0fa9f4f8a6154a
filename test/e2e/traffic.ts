import { apply, rollback } from '../../lib/release';
import { type Course, course } from '../release/harness';
import type { RealCluster } from './real-node';
import { type Ended, type Recording, record } from './recording';
import { hastyFolder, NAMESPACE, RELEASE, stackFolder, TARGET, ungatedFolder } from './stack';

/** Takes the installed stack (v2.1.0) through everything that happens to a model server, under constant requests. */
export function recordTraffic(cluster: RealCluster): Promise<Recording> {
  const { engine } = cluster;
  const release = releasing(cluster);
  return record(cluster, SERVED, {
    'upgrade to the better model': release('v2.2.0', stackFolder('model.version=v2.2.0')),
    'upgrade to the worse model': release('v2.3.0', stackFolder('model.version=v2.3.0')),
    'image that crashes on load': release('v2.4.0', stackFolder('model.version=v2.4.0')),
    'the same, without a gate': release('v2.4.0', ungatedFolder('model.version=v2.4.0')),
    rollback: () => ended('v2.1.0', (watch) => course(rollback(engine, { release: RELEASE, namespace: NAMESPACE }), watch)),
    'one variable changed': release('v2.1.0', stackFolder('model.decisionThreshold=0.6')),
    'Redis restarted': async () => {
      await cluster.kubectl('-n', NAMESPACE, 'delete', 'pod', `${RELEASE}-redis-0`);
      await cluster.kubectl('-n', NAMESPACE, 'rollout', 'status', `statefulset/${RELEASE}-redis`, '--timeout=120s');
      return { message: '' };
    },
  });
}

/** Takes the stack, installed from `hastyFolder()`, through two upgrades. */
export function recordHaste(cluster: RealCluster): Promise<Recording> {
  const release = releasing(cluster);
  return record(cluster, SERVED, {
    'upgrade to the better model': release('v2.2.0', hastyFolder('model.version=v2.2.0')),
    'back again': release('v2.1.0', hastyFolder()),
  });
}

const SERVED = {
  namespace: NAMESPACE,
  labels: `app.kubernetes.io/instance=${RELEASE},app.kubernetes.io/component!=gate`,
  target: TARGET,
  passedBefore: ['v2.1.0'],
};

function releasing({ engine }: RealCluster) {
  return (version: string, folder: string) => () => ended(version, (watch) => course(apply(engine, folder), watch));
}

async function ended(version: string, run: (watch: Parameters<typeof course>[1]) => Promise<Course>): Promise<Ended> {
  let at: number | undefined;
  const { exitCode, message } = await run((event) => {
    if (event.type === 'gate-judged') at = event.evidence.passed ? Date.now() : undefined;
  });
  return { exitCode, message, ...(at === undefined ? {} : { passed: { version, at } }) };
}
