import { TOOL } from './contract';
import type { Forbidden } from './forbidden';

/** Labels that every object of a component has by itself. */
const LABELS = [
  'app.kubernetes.io/name',
  'app.kubernetes.io/instance',
  'app.kubernetes.io/component',
  'app.kubernetes.io/part-of',
  'app.kubernetes.io/managed-by',
  'app.kubernetes.io/version',
  'helm.sh/chart',
] as const;

/** Annotations of this library that are for users to write. */
const FOR_USERS = /^cdk8s-serving\/(keep|wave|ready-when|failed-when|strategy|except\..+)$/;

/** Labels of users: those that the library sets itself do not compile. */
export type OwnLabels = Readonly<Record<string, string>> & {
  readonly [K in (typeof LABELS)[number]]?: Forbidden<string, 'the library sets this label itself'>;
};

/** Whether a component sets a label itself, so that another value would be lost, or would part its pods from their Service. */
export function isReservedLabel(key: string): boolean {
  return (LABELS as readonly string[]).includes(key) || key.startsWith(`${TOOL}/`);
}

/** Whether an annotation says to a release what only the library knows. */
export function isReservedAnnotation(key: string): boolean {
  return key.startsWith(`${TOOL}/`) && !FOR_USERS.test(key);
}
