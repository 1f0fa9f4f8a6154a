import type { Overview } from '../../release';
import { historyLine } from './history';
import type { Output } from './output';

/** How a release is doing. */
export function printStatus(overview: Overview, output: Output): string {
  if (output !== 'text') return JSON.stringify(overview);
  const { release, namespace, deployed, last, interrupted, objects } = overview;
  const width = Math.max(0, ...objects.map(({ object }) => object.length));
  return [
    `${release} in ${namespace}`,
    ...(deployed ? [historyLine(deployed)] : ['nothing is deployed']),
    ...(last && last.revision !== deployed?.revision ? ['last:', historyLine(last)] : []),
    ...(interrupted ? [`revision ${interrupted.revision} by ${interrupted.by} was interrupted; the next apply takes it up`] : []),
    ...objects.map(({ object, status, message }) => `${object.padEnd(width)}  ${status}  ${message}`),
  ].join('\n');
}
