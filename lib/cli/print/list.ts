import type { Head } from '../../release';
import type { Output } from './output';
import { clean } from './safe';

/** The releases of a namespace or a cluster, one line each. */
export function printList(heads: readonly Head[], output: Output): string {
  const rows = heads.map(({ release, namespace, revisions, journal }) => {
    const last = revisions.at(-1);
    const deployed = revisions.findLast(({ state }) => state === 'deployed');
    return {
      release,
      namespace,
      revision: last?.revision,
      state: journal ? 'interrupted' : last?.state,
      versions: deployed?.versions ?? [],
      updated: last?.started,
    };
  });
  if (output === 'ndjson') return rows.map((row) => JSON.stringify(row)).join('\n');
  if (output === 'json') return JSON.stringify(rows);
  if (rows.length === 0) return 'no releases';
  return clean(rows)
    .map((row) =>
      [row.namespace, row.release, row.revision ?? '-', row.state ?? '-', row.versions.join(' '), row.updated ?? ''].join('  '),
    )
    .join('\n');
}
