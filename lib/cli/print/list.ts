import type { Drift, Head } from '../../release';
import { STATE_TONES } from '../../report/signs';
import { age } from './age';
import type { TableOutput } from './output';
import { clean, oneLine } from './safe';
import { driftText } from './status';
import { type Look, PLAIN, unlimited } from './style';
import { type Cell, table } from './table';

/** Format of a list, and data besides the records. */
export interface ListOptions {
  /** @default - plain */
  readonly look?: Look;
  /** Milliseconds since 1970. @default - the current time */
  readonly now?: number;
  /** Drift by release. @default - not checked, and no column */
  readonly drift?: ReadonlyMap<Head, readonly Drift[]>;
  /** The listed namespace. @default - all namespaces */
  readonly namespace?: string;
}

/** Prints the releases of a namespace or a cluster as a table. */
export function printList(
  heads: readonly Head[],
  output: TableOutput,
  { look = PLAIN, now = Date.now(), drift, namespace }: ListOptions = {},
): string {
  const rows = heads.map((head) => {
    const { release, namespace, revisions, journal } = head;
    const last = revisions.at(-1);
    const deployed = revisions.findLast(({ state }) => state === 'deployed');
    return {
      release,
      namespace,
      revision: last?.revision,
      state: journal ? ('interrupted' as const) : last?.state,
      versions: deployed?.versions ?? [],
      updated: last?.started,
      by: last?.by,
      ...(drift?.has(head) ? { drift: drift.get(head) } : {}),
    };
  });
  if (output === 'ndjson') return rows.map((row) => JSON.stringify(row)).join('\n');
  if (output === 'json') return JSON.stringify(rows);
  if (rows.length === 0)
    return namespace === undefined ? 'no releases' : `no releases in namespace ${oneLine(namespace)}; --all-namespaces lists all`;
  const wide = output === 'wide';
  const cells = clean(rows).map(
    ({ namespace, release, revision, updated, state, versions, by, drift: drifted }): readonly Cell[] => {
      const tone = state === undefined || state === 'interrupted' ? 'warn' : STATE_TONES[state];
      return [
        namespace,
        release,
        String(revision ?? '-'),
        updated === undefined ? '-' : wide ? updated : age(updated, now),
        { text: state ?? '-', tone },
        ...(wide ? [by ?? '-'] : []),
        versions.join(' ') || '-',
        ...(drift === undefined ? [] : [driftCell(drifted, now)]),
      ];
    },
  );
  const headers = [
    'NAMESPACE',
    'NAME',
    'REVISION',
    'UPDATED',
    'STATUS',
    ...(wide ? ['BY'] : []),
    'VERSION',
    ...(drift === undefined ? [] : ['DRIFT']),
  ];
  return table(headers, cells, wide ? unlimited(look) : look);
}

/** Drift of one release; a dash if it could not be read. */
function driftCell(drift: readonly Drift[] | undefined, now: number): Cell {
  if (drift === undefined) return '-';
  return { text: driftText(drift, now) || 'none', tone: drift.length > 0 ? 'warn' : 'dim' };
}
