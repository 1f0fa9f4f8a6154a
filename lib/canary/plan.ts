import type { Problem } from '../errors/problem';
import { STRATEGY_ANNOTATION } from '../kube/contract';
import { fieldsAt, numberAt } from '../kube/fields';
import { displayName, type KubeObject } from '../kube/object';
import { requestsOf } from '../kube/rollout';
import { hasLabels } from '../kube/selector';
import { leadsTo } from './route';
import { limitsScaleIn } from './scale-in';
import { replicasFor, type Split, shareOf } from './share';
import { type Strategy, strategyOf } from './strategy';

/** One step: requested percent, and actual share. */
export interface PlannedStep {
  /** Percent that the strategy requests; for a shadow, percent of requests that are mirrored. */
  readonly percent: number;
  /** Percent of requests that reach the candidate. */
  readonly share: number;
  /** Pods of the candidate. */
  readonly replicas: number;
}

/** How a release shifts traffic to the new version of one workload. */
export interface CanaryPlan {
  /** The workload, `Deployment/fraud-model`. */
  readonly workload: string;
  /** The strategy from its annotation. */
  readonly strategy: Strategy;
  /** What determines the share. */
  readonly split: Split;
  /** The steps, with the actual share of each. */
  readonly steps: readonly PlannedStep[];
  /** Spare devices required while both versions run, by resource name. */
  readonly devices: Readonly<Record<string, number>>;
  /** Names of the Services that select the stable pods. */
  readonly services: readonly string[];
  /** Keys of the objects that shift traffic: routes, or Services. */
  readonly shifting: readonly string[];
  /** Keys of the stable version's autoscalers, which do not scale it down during the canary. */
  readonly autoscalers: readonly string[];
}

/** The change of an object, with the fields that canaries need. */
export interface PlannedChange {
  readonly key: string;
  readonly action: string;
  readonly manifest?: KubeObject;
  readonly live?: KubeObject;
  readonly changes: readonly { readonly path: string }[];
}

/** The canaries of a plan: one for every Deployment with a strategy and changed pods while it serves. Pure. */
export function canariesOf(planned: readonly PlannedChange[], problems: Problem[]): readonly CanaryPlan[] {
  return planned.flatMap((one) => {
    const { manifest, live, action, changes } = one;
    if (manifest?.metadata.annotations?.[STRATEGY_ANNOTATION] === undefined) return [];
    const strategy = strategyOf(manifest, problems);
    const stable = replicasOf(live);
    const replaced = changes.some(({ path }) => path.startsWith('spec.template'));
    // Nothing serves yet, or its pods stay unchanged.
    if (strategy === undefined || action !== 'change' || !replaced || stable === 0) return [];
    return canaryOf(planned, manifest, strategy, stable, problems) ?? [];
  });
}

function canaryOf(
  planned: readonly PlannedChange[],
  workload: KubeObject,
  strategy: Strategy,
  stable: number,
  problems: Problem[],
): CanaryPlan | undefined {
  const { namespace } = workload.metadata;
  const kept = planned.filter(
    ({ action, manifest }) => manifest?.metadata.namespace === namespace && action !== 'delete' && action !== 'orphan',
  );
  const labels = fieldsAt(planned.find(({ manifest }) => manifest === workload)?.live, 'spec', 'template', 'metadata', 'labels');
  // A Service that another client deleted is recreated by the release.
  const services = kept.filter(({ manifest, live }) =>
    [live, manifest].some((object) => object !== undefined && selects(object, labels)),
  );
  const names = services.flatMap(({ manifest }) => manifest?.metadata.name ?? []);
  const routes = kept.filter(({ live }) => live !== undefined && leadsTo(live, names));
  const switched = strategy.type === 'blueGreen' && services.some(({ live }) => live !== undefined);
  const split: Split = routes.length > 0 ? 'route' : switched ? 'service' : 'replicas';
  const refuse = (message: string, remedy: string): undefined =>
    void problems.push({ code: 'STRATEGY_IMPOSSIBLE', subject: displayName(workload), message, remedy });
  if (services.length === 0)
    return refuse('no Service of the release selects its pods', 'Add a Service, or remove the strategy.');
  if (strategy.type === 'shadow' && routes.length === 0)
    return refuse(
      'only a route of the Gateway API can mirror requests',
      'Add an HTTPRoute for its Service to the release, or use a canary.',
    );
  if (strategy.testers !== undefined && routes.length === 0)
    return refuse(
      'only a route of the Gateway API can send testers to the candidate',
      'Add an HTTPRoute for its Service, or remove testers.',
    );
  const steps = strategy.steps.map((percent): PlannedStep => {
    const replicas = replicasFor(percent, stable, split);
    return { percent, replicas, share: strategy.type === 'shadow' ? 0 : shareOf(percent, replicas, stable, split) };
  });
  const most = Math.max(...steps.map(({ replicas }) => replicas));
  const devices = Object.entries(requestsOf(fieldsAt(workload, 'spec', 'template', 'spec'))).filter(([name]) =>
    name.includes('/'),
  );
  return {
    workload: displayName(workload),
    strategy,
    split,
    // Where the share depends on pods, similar percents produce the same step.
    steps: split === 'replicas' ? steps.filter(({ replicas }, index) => replicas !== steps[index - 1]?.replicas) : steps,
    devices: Object.fromEntries(devices.map(([name, count]) => [name, Number(count) * most])),
    services: names,
    shifting: (split === 'route' ? routes : split === 'service' ? services.filter(({ live }) => live !== undefined) : []).map(
      ({ key }) => key,
    ),
    autoscalers: kept.filter(({ live }) => live !== undefined && limitsScaleIn(live, workload)).map(({ key }) => key),
  };
}

/** Whether an object is a Service whose selector matches these labels. */
function selects(object: KubeObject, labels: Readonly<Record<string, unknown>>): boolean {
  const selector = fieldsAt(object, 'spec', 'selector');
  const any = Object.keys(selector).length > 0;
  return object.kind === 'Service' && object.apiVersion === 'v1' && any && hasLabels(labels, selector);
}

/** The number of pods of a live Deployment, which an autoscaler may set. */
export function replicasOf(live: KubeObject | undefined): number {
  return live === undefined ? 0 : (numberAt(live, 'spec', 'replicas') ?? 1);
}
