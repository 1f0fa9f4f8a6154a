import type { KubeObject } from '../../kube/object';
import type { Run } from '../model/engine';

const LOG_LINES = 20;
/** A log line can be of any length; the record must hold it. */
const LOG_BYTES = 32_768;
const LONGEST_LINE = 500;
/** Logs explain a failure; they must not delay its rollback. */
const LOG_PATIENCE_MS = 2_000;

/** The last log lines of a pod; empty when they cannot be read. */
export async function logsOf(run: Run, pod: KubeObject | undefined, previous = false): Promise<readonly string[]> {
  if (pod === undefined) return [];
  const { namespace = '', name } = pod.metadata;
  try {
    const logs = run.api.logs({ namespace, name }, { tailLines: LOG_LINES, limitBytes: LOG_BYTES, previous });
    logs.catch(() => undefined); // may arrive after the time limit below
    const text = await Promise.race([logs, run.host.sleep(LOG_PATIENCE_MS).then(() => '')]);
    // The kubelet's response, with status 200, for a container whose log it has removed.
    if (/^unable to retrieve container logs for \S+$/.test(text.trim())) return [];
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    return lines.map((line) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line));
  } catch {
    return []; // the node, or permission to read the log, is missing
  }
}
