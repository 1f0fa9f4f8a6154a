import { TOOL } from './contract';
import type { Forbidden } from './forbidden';

/** Labels that every component sets on its objects. */
const LABELS = [
  'app.kubernetes.io/name',
  'app.kubernetes.io/instance',
  'app.kubernetes.io/component',
  'app.kubernetes.io/part-of',
  'app.kubernetes.io/managed-by',
  'app.kubernetes.io/version',
  'helm.sh/chart',
] as const;

/** Annotations of this library that users may set. */
const FOR_USERS = /^cdk8s-serving\/(keep|wave|ready-when|failed-when|strategy|except\..+)$/;

/** User labels: labels that the library sets itself do not compile. */
export type OwnLabels = Readonly<Record<string, string>> & {
  readonly [K in (typeof LABELS)[number]]?: Forbidden<string, 'the library sets this label itself'>;
};

/** Whether a component sets a label itself, so that another value would be lost, or would hide its pods from their Service. */
export function isReservedLabel(key: string): boolean {
  return (LABELS as readonly string[]).includes(key) || key.startsWith(`${TOOL}/`);
}

/** Whether an annotation passes information to a release that only the library can provide. */
export function isReservedAnnotation(key: string): boolean {
  return key.startsWith(`${TOOL}/`) && !FOR_USERS.test(key);
}
