import { secretValuesOf } from '../../kube/hidden-values';
import { maskOf, maskTexts } from '../../kube/value-mask';
import type { Plan } from './plan';

/** Shorter values, such as user names and ports, appear in unrelated texts. */
const SHORTEST = 6;

/** Fields that name something and must stay readable, even where a Secret has a user of the same name. */
const NAMES = ['code', 'subject', 'name', 'phase', 'object', 'pod', 'container'];

/** Removes the secret values of a plan's objects from output of a cluster, a pod or its log. */
export function maskFor({ objects, gates }: Plan): <T>(value: T) => T {
  const all = [
    ...objects.flatMap(({ manifest, live }) => [manifest ?? [], live ?? []].flat()),
    ...gates.flatMap(({ job, support }) => [job, ...support]),
  ];
  const mask = maskOf(all.flatMap(secretValuesOf), SHORTEST);
  return (value) => (mask === undefined ? value : maskTexts(value, mask, NAMES));
}
