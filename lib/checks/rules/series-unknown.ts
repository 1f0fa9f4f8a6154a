import { nearestName } from '../../errors/nearest';
import { textAt } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { inVersion, LOAD_SIGNALS, type ServerMetric, seriesOf } from '../../runtimes/metrics';
import { type Inventory, itemsAt } from '../inventory/inventory';
import { SERVERS_WITH_SERIES, serverOf, serverVersion } from '../inventory/servers';
import { type Found, type Rule, rule } from '../model/rule';

type Server = (typeof SERVERS_WITH_SERIES)[number];

/** A query for a series that the servers do not expose: nothing scales, and no alert fires. */
export const seriesUnknown: Rule = rule(
  'SERIES_UNKNOWN',
  'warning',
  'Use the series that this version of the server has.',
  (all) => {
    const recorded = new Set(all.ofKind('PrometheusRule').flatMap((one) => rulesOf(one).map(({ record }) => record)));
    const versions = new Map(SERVERS_WITH_SERIES.map((server) => [server, versionsOf(all, server)] as const));
    return all.objects.flatMap((object) =>
      queriesOf(object).flatMap(({ path, query }) =>
        SERVERS_WITH_SERIES.flatMap((server) =>
          seriesIn(query, server.prefix).flatMap((series): readonly Found[] => {
            const wrong = recorded.has(series) ? undefined : whatIsWrong(series, server, versions.get(server) ?? []);
            return wrong === undefined ? [] : [{ object, path, got: series, ...wrong }];
          }),
        ),
      ),
    );
  },
);

interface Query {
  readonly path: string;
  readonly query: string;
}

/** Series in autoscalers and alerts: in PromQL, or as a metric of the metrics API. */
function queriesOf(object: KubeObject): readonly Query[] {
  switch (object.kind) {
    case 'HorizontalPodAutoscaler':
      return itemsAt(object, 'spec', 'metrics').flatMap((metric, index) =>
        ['pods', 'object', 'external'].flatMap((type) => {
          const query = textAt(metric, type, 'metric', 'name');
          return query === undefined ? [] : [{ path: `spec.metrics[${index}].${type}.metric.name`, query }];
        }),
      );
    case 'ScaledObject':
      return itemsAt(object, 'spec', 'triggers').flatMap((trigger, index) => {
        const query = textAt(trigger, 'metadata', 'query');
        return query === undefined ? [] : [{ path: `spec.triggers[${index}].metadata.query`, query }];
      });
    case 'PrometheusRule':
      return rulesOf(object);
    default:
      return [];
  }
}

function rulesOf(object: KubeObject): readonly (Query & { readonly record: unknown })[] {
  return itemsAt(object, 'spec', 'groups').flatMap((group, at) =>
    itemsAt(group, 'rules').map(({ expr, record }, index) => ({
      path: `spec.groups[${at}].rules[${index}].expr`,
      query: String(expr ?? ''),
      record,
    })),
  );
}

/** Series of a server in a query; names of recording rules continue with a colon. */
function seriesIn(query: string, prefix: string): readonly string[] {
  const found = query.match(new RegExp(`(?<![\\w:])${prefix}[a-z0-9_]+(?![\\w:])`, 'g')) ?? [];
  return [...new Set(found)];
}

/** Versions of a server among the workloads; undefined if one of them is unknown. */
function versionsOf(all: Inventory, { name }: Server): readonly string[] {
  const containers = all.workloads.flatMap((workload) => workload.containers.filter((one) => serverOf(one)?.name === name));
  const versions = containers.map(serverVersion);
  return versions.some((version) => version === undefined) ? [] : versions.flatMap((version) => version ?? []);
}

const base = (series: string) => series.replace(/_(?:bucket|sum|count|total|created)$/, '');

function whatIsWrong(
  series: string,
  { name, metrics }: Server,
  versions: readonly string[],
): Pick<Found, 'message' | 'expected' | 'nearest'> | undefined {
  const every = LOAD_SIGNALS.flatMap((signal) => metricsAt(metrics.series[signal]));
  const lifetime = every.find((metric) => base(metric.series) === base(series));
  if (lifetime !== undefined && versions.length > 0 && !versions.some((version) => inVersion(version, lifetime))) {
    const version = versions[0] ?? '';
    const alternatives = LOAD_SIGNALS.map((signal) => metricsAt(metrics.series[signal])).find((list) => list.includes(lifetime));
    const instead = alternatives?.find((metric) => inVersion(version, metric))?.series;
    const message = `${name} ${version} has no such series`;
    return { message, ...(instead === undefined ? {} : { expected: instead, nearest: instead }) };
  }
  const known = [...every.map((metric) => metric.series), ...seriesOf(metrics)];
  if (lifetime !== undefined || known.some((one) => base(one) === base(series))) return undefined;
  // A name unlike any known series may still be valid: only the server knows.
  const nearest = nearestTo(series, known);
  return nearest === undefined ? undefined : { message: `${name} has no such series`, expected: nearest, nearest };
}

function metricsAt(one: ServerMetric | readonly ServerMetric[] | undefined): readonly ServerMetric[] {
  return one === undefined ? [] : 'series' in one ? [one] : one;
}

/** The nearest name, if it differs only by a typo. */
function nearestTo(series: string, known: readonly string[]): string | undefined {
  const nearest = nearestName(base(series), known.map(base));
  if (nearest === undefined || Math.abs(nearest.length - base(series).length) > 2) return undefined;
  const same = [...nearest].filter((letter, index) => base(series)[index] === letter).length;
  const ends = [...nearest].reverse().filter((letter, index) => base(series).at(-1 - index) === letter).length;
  return same + ends >= nearest.length - 2 ? nearest : undefined;
}
