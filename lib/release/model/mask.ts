import { secretValuesOf } from '../../kube/hidden-values';
import { maskOf, maskTexts } from '../../kube/value-mask';
import type { Plan } from './plan';

/** Shorter values, such as user names and ports, stand in texts that have nothing to do with them. */
const SHORTEST = 6;

/** What names something: it has to be what it is, also where a Secret has a user of the same name. */
const NAMES = ['code', 'subject', 'name', 'phase', 'object', 'pod', 'container'];

/** Takes the secret values of a plan's objects out of what a cluster, a pod or its log has said. */
export function maskFor({ objects, gates }: Plan): <T>(value: T) => T {
  const all = [
    ...objects.flatMap(({ manifest, live }) => [manifest ?? [], live ?? []].flat()),
    ...gates.flatMap(({ job, support }) => [job, ...support]),
  ];
  const mask = maskOf(all.flatMap(secretValuesOf), SHORTEST);
  return (value) => (mask === undefined ? value : maskTexts(value, mask, NAMES));
}
