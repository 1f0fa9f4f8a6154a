import { fieldsAt, textAt } from '../kube/fields';
import type { KubeObject } from '../kube/object';
import { hasLabels } from '../kube/selector';
import type { TestRelease } from '../rehearsal/stage';
import { budgetsFor, desiredHealthy, isAvailable, labelsOf, type Promiser } from './service';

/** Something that happens to a stack while it serves. */
export interface Action {
  /** What is done, in a few words. */
  readonly name: string;
  /** What says how many pods have to stay during it. */
  readonly promiser: Promiser;
  /** What has to be done before it can happen, while nobody looks. */
  readonly prepare?: (stage: TestRelease) => Promise<void>;
  /** Throws when it cannot be finished. */
  readonly run: (stage: TestRelease) => Promise<void>;
}

/** A release of the next version. */
export function upgrade(): Action {
  return { name: 'an upgrade', promiser: 'strategy', run: (stage) => done(stage, stage.apply(stage.next().objects)) };
}

/** A rollback to the version before. */
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

/** How long an eviction is tried again before the drain is given up. */
const PATIENCE_MS = 10 * 60_000;

/**
 * Nodes are drained and come back, as when they get a new kernel: all that have pods, one after the other, or one by its name. Pods are
 * evicted as their disruption budgets allow.
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

/** Deletes a pod once its budgets allow it, as the eviction API does. */
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
