import type { Head } from '../../release';
import { STATE_TONES } from '../../report/signs';
import { age } from './age';
import type { TableOutput } from './output';
import { clean } from './safe';
import { type Look, PLAIN, unlimited } from './style';
import { type Cell, table } from './table';

/** The releases of a namespace or a cluster as a table. */
export function printList(heads: readonly Head[], output: TableOutput, look: Look = PLAIN, now: number = Date.now()): string {
  const rows = heads.map(({ release, namespace, revisions, journal }) => {
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
    };
  });
  if (output === 'ndjson') return rows.map((row) => JSON.stringify(row)).join('\n');
  if (output === 'json') return JSON.stringify(rows);
  if (rows.length === 0) return 'no releases';
  const wide = output === 'wide';
  const cells = clean(rows).map(({ namespace, release, revision, updated, state, versions, by }): readonly Cell[] => {
    const tone = state === undefined || state === 'interrupted' ? 'warn' : STATE_TONES[state];
    return [
      namespace,
      release,
      String(revision ?? '-'),
      updated === undefined ? '-' : wide ? updated : age(updated, now),
      { text: state ?? '-', tone },
      ...(wide ? [by ?? '-'] : []),
      versions.join(' ') || '-',
    ];
  });
  const headers = ['NAMESPACE', 'NAME', 'REVISION', 'UPDATED', 'STATUS', ...(wide ? ['BY'] : []), 'VERSION'];
  return table(headers, cells, wide ? unlimited(look) : look);
}
