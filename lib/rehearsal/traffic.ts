import { isRoute } from '../canary/route';
import { strategyOf } from '../canary/strategy';
import { STRATEGY_ANNOTATION } from '../kube/contract';
import { isFields } from '../kube/fields';
import { kindInfo } from '../kube/kinds';
import { groupOf, type KubeObject } from '../kube/object';
import type { Check, Measure } from '../metrics/measure';
import { filledIn, type MetricsSource, type Sample } from '../metrics/source';

/** Behavior of a rehearsed candidate under traffic. */
export type CandidateTraffic = 'good' | 'errors' | 'slow' | 'few requests';

const REQUESTS = 1000;

/** Definitions of the objects' custom kinds. Their controllers and gateways are not rehearsed, only the traffic split. */
export function openDefinitions(objects: readonly KubeObject[]): readonly KubeObject[] {
  const kinds = new Map(objects.map((object) => [`${groupOf(object.apiVersion)}/${object.kind}`, object]));
  return [...kinds.values()].map((one) =>
    openDefinition(isRoute(one) ? { ...one, apiVersion: `${groupOf(one.apiVersion)}/v1` } : one),
  );
}

/** A definition of a kind with any spec; namespaced, unless the kind is known to be cluster-scoped. */
export function openDefinition({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>): KubeObject {
  const [group, version] = [groupOf(apiVersion), apiVersion.split('/').at(-1)];
  const singular = kind.toLowerCase();
  const { plural = `${singular}s`, namespaced = true } = kindInfo({ apiVersion, kind }) ?? {};
  const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: namespaced ? 'Namespaced' : 'Cluster',
      names: { kind, plural, singular, listKind: `${kind}List` },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec: open } } },
        },
      ],
    },
  };
}

/** Shortens the steps of an object's strategy to a number of seconds, because time is real. */
export function withHold(object: KubeObject, seconds: number): KubeObject {
  const text = object.metadata.annotations?.[STRATEGY_ANNOTATION];
  // The release refuses an unreadable strategy.
  const strategy: unknown = text === undefined || strategyOf(object, []) === undefined ? undefined : JSON.parse(text);
  if (!isFields(strategy)) return object;
  const short = JSON.stringify({ ...strategy, hold: `${seconds}s`, patience: `${seconds}s` });
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [STRATEGY_ANNOTATION]: short } },
  };
}

/** A Prometheus with results for the queries of the objects' strategies. @param traffic current behavior of the candidate */
export function scriptedMetrics(objects: readonly KubeObject[], traffic: () => CandidateTraffic): MetricsSource {
  const measures = objects.flatMap((object) => strategyOf(object, [])?.measure ?? []);
  return {
    query: async (promql) => {
      const isCandidate = promql.includes('-canary-');
      const does = isCandidate ? traffic() : 'good';
      for (const measure of measures) {
        const found = responseOf(promql, measure, does);
        if (found !== undefined) return found;
      }
      return [];
    },
  };
}

function responseOf(promql: string, { requests, checks }: Measure, does: CandidateTraffic): readonly Sample[] | undefined {
  const one = (value: number): readonly Sample[] => [{ labels: {}, value }];
  const all = does === 'few requests' ? 1 : REQUESTS;
  if (isOf(promql, requests)) return one(all);
  for (const check of checks) {
    if ('bad' in check && isOf(promql, check.bad)) return one(does === 'errors' ? all * 0.05 : 0);
    if ('query' in check && isOf(promql, check.query)) return one(check.min ?? (check.max ?? 1) * 0.8);
    if (!('buckets' in check)) continue;
    if (isOf(promql, `histogram_quantile(${check.quantile}, ${check.buckets})`))
      return one(usualOf(check) * (does === 'slow' ? 3 : 1));
    if (isOf(promql, check.buckets)) return bucketsOf(usualOf(check), does === 'slow' ? 0 : all, all);
  }
  return undefined;
}

/** A passing quantile. */
function usualOf({ max = 0.2 }: Check): number {
  return max * 0.5;
}

function bucketsOf(usual: number, within: number, all: number): readonly Sample[] {
  return (
    [
      [usual, within],
      [usual * 4, all],
      ['+Inf', all],
    ] as const
  ).map(([le, value]) => ({ labels: { le: String(le) }, value }));
}

/** Whether a query matches a template, for any pods and window. */
function isOf(promql: string, template: string): boolean {
  const [, namespace = '', pods = ''] = /namespace="([^"]*)",pod=~"([^"]*)"/.exec(promql) ?? [];
  const windowSeconds = Number(/\[(\d+)s\]/.exec(promql)?.[1] ?? 1);
  return promql === filledIn(template, { namespace, pods: pods.replaceAll('\\\\', '\\'), windowSeconds });
}
