import type { Problem } from '../errors/problem';
import type { GatePhase } from '../kube/contract';
import { displayName, type KubeObject } from '../kube/object';

/** The role of another tool's hook in a release. */
export type Hook =
  /** It runs as a gate, or exists for the gates of these phases. */
  | { readonly kind: 'gate' | 'support'; readonly phases: readonly GatePhase[] }
  /** It is not part of a release. */
  | { readonly kind: 'left-out'; readonly warning: Problem }
  | { readonly kind: 'refused'; readonly problem: Problem };

const HELM_HOOK = 'helm.sh/hook';
const ARGO_HOOK = 'argocd.argoproj.io/hook';

/** When hooks of Helm and Argo CD run, as a release phase; `none` when not part of a release. */
const MEANINGS: Readonly<Record<string, GatePhase | 'none'>> = {
  'pre-install': 'before',
  'pre-upgrade': 'before',
  'post-install': 'after',
  'post-upgrade': 'after',
  test: 'none',
  'test-success': 'none',
  'test-failure': 'none',
  PreSync: 'before',
  PostSync: 'after',
  Skip: 'none',
};

/** The role of an object's hook annotation; undefined when it has none. */
export function hookOf(object: KubeObject): Hook | undefined {
  const { annotations = {} } = object.metadata;
  const annotation = [HELM_HOOK, ARGO_HOOK].find((key) => annotations[key] !== undefined);
  if (annotation === undefined) return undefined;
  const written = annotations[annotation] ?? '';
  const meanings = written.split(',').map((event) => MEANINGS[event.trim()]);
  const path = `metadata.annotations['${annotation}']`;
  if (meanings.every((meaning) => meaning === 'none')) {
    const message = 'is a hook for tests, and was left out';
    const remedy = 'Run it with the tool it was written for, or make it a gate.';
    return {
      kind: 'left-out',
      warning: { code: 'HOOK_LEFT_OUT', subject: displayName(object), path, message, got: written, remedy },
    };
  }
  const phases = [...new Set(meanings.flatMap((meaning) => (meaning === 'none' || meaning === undefined ? [] : [meaning])))];
  const known = !meanings.includes(undefined);
  // A Job runs once; a Pod or a workload would run as long as the gates do.
  if (known && object.kind === 'Job' && phases.length === 1) return { kind: 'gate', phases };
  if (known && !RUNNING.includes(object.kind)) return { kind: 'support', phases };
  const message = 'is a hook that a release cannot honor';
  const expected = 'a Job that runs before or after, or an object that it needs';
  const remedy = 'Leave it out (`helm template --no-hooks`), or make it a gate.';
  return {
    kind: 'refused',
    problem: { code: 'HOOK_UNKNOWN', subject: displayName(object), path, message, got: written, expected, remedy },
  };
}

const RUNNING = ['Job', 'CronJob', 'Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'];
