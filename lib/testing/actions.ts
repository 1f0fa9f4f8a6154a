import { fieldsAt, textAt } from '../kube/fields';
import type { KubeObject } from '../kube/object';
import { hasLabels } from '../kube/selector';
import type { TestRelease } from '../rehearsal/stage';
import { budgetsFor, desiredHealthy, isAvailable, labelsOf, type Promiser } from './service';

/** An action on a stack while it serves. */
export interface Action {
  /** Short description. */
  readonly name: string;
  /** Source of the minimum number of pods during the action. */
  readonly promiser: Promiser;
  /** Prepares the action, without checks. */
  readonly prepare?: (stage: TestRelease) => Promise<void>;
  /** Performs the action; throws if it cannot finish. */
  readonly run: (stage: TestRelease) => Promise<void>;
}

/** Releases the next version. */
export function upgrade(): Action {
  return { name: 'an upgrade', promiser: 'strategy', run: (stage) => done(stage, stage.apply(stage.next().objects)) };
}

/** Rolls back to the previous version. */
export function rollbackAction(): Action {
  return {
    name: 'a rollback',
    promiser: 'strategy',
    prepare: (stage) => done(stage, stage.apply(stage.next().objects)),
    run: (stage) => done(stage, stage.rollback()),
  };
}

async function done(stage: TestRelease, progress: ReturnType<TestRelease['apply']>): Promise<void> {
  const { result } = await stage.here.runRelease(progress);
  if (result.outcome === 'succeeded') return;
  throw new Error(
    `the release ended ${result.outcome}: ${result.problems.map(({ subject, message }) => `${subject}: ${message}`).join('; ')}`,
  );
}

/** How long to retry an eviction before giving up the drain. */
const PATIENCE_MS = 10 * 60_000;

/**
 * Drains nodes and brings them back, as for a kernel upgrade: all nodes with pods, one after the other, or a single one by name.
 * Evictions respect PodDisruptionBudgets.
 */
export function nodeDrain(node?: string): Action {
  const run = async (stage: TestRelease): Promise<void> => {
    const { sandbox } = stage.here;
    const used = sandbox.objects('v1', 'Pod').flatMap((pod) => textAt(pod, 'spec', 'nodeName') ?? []);
    for (const name of node === undefined ? new Set(used) : [node]) await stage.here.run(drain(stage, name));
  };
  return { name: node === undefined ? 'a drain of every node' : `a drain of ${node}`, promiser: 'budget', run };
}

async function drain(stage: TestRelease, node: string): Promise<void> {
  const { sandbox } = stage.here;
  const cordon = (unschedulable: boolean) =>
    stage.engine.api.merge({ apiVersion: 'v1', kind: 'Node', name: node }, { spec: { unschedulable: unschedulable || null } });
  await cordon(true);
  const onNode = sandbox.objects('v1', 'Pod').filter((pod) => textAt(pod, 'spec', 'nodeName') === node);
  for (const pod of onNode) await evict(stage, pod);
  await cordon(false);
}

/** Deletes a pod once its PodDisruptionBudgets allow it, like the eviction API. */
async function evict(stage: TestRelease, pod: KubeObject): Promise<void> {
  const { clock } = stage.here.sandbox;
  const { name, namespace = '' } = pod.metadata;
  const end = clock.now() + PATIENCE_MS;
  while (!mayGo(stage, pod)) {
    if (clock.now() > end) throw new Error(`Pod/${name} cannot be evicted: its disruption budget never allows it`);
    await clock.sleep(100);
  }
  await stage.engine.api.remove({ apiVersion: 'v1', kind: 'Pod', namespace, name });
}

function mayGo({ here: { sandbox } }: TestRelease, pod: KubeObject): boolean {
  const { namespace = '' } = pod.metadata;
  if (!isAvailable(pod)) return true;
  return budgetsFor(sandbox, namespace, labelsOf(pod)).every((budget) => {
    const selector = fieldsAt(budget, 'spec', 'selector', 'matchLabels');
    const here = sandbox.objects('v1', 'Pod', namespace).filter((other) => hasLabels(labelsOf(other), selector));
    const workloads = [
      ...sandbox.objects('apps/v1', 'Deployment', namespace),
      ...sandbox.objects('apps/v1', 'StatefulSet', namespace),
    ];
    const expected = workloads
      .filter((workload) => hasLabels(fieldsAt(workload, 'spec', 'template', 'metadata', 'labels'), selector))
      .reduce((sum, workload) => sum + Number(fieldsAt(workload, 'spec').replicas ?? 1), 0);
    return here.filter(isAvailable).length - 1 >= desiredHealthy(budget, expected);
  });
}
