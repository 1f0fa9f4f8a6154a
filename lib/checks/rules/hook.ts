import { nearestName } from '../../errors/nearest';
import type { Problem } from '../../errors/problem';
import { isFields } from '../../kube/fields';
import { hookOf } from '../../manifests/hooks';
import { type Found, type Rule, rule } from '../model/rule';

const DELETE_POLICIES: Readonly<Record<string, readonly string[]>> = {
  'helm.sh/hook-delete-policy': ['before-hook-creation', 'hook-succeeded', 'hook-failed'],
  'argocd.argoproj.io/hook-delete-policy': ['HookSucceeded', 'HookFailed', 'BeforeHookCreation'],
};

/** Hook events of Helm and Argo CD; no tool runs any other. */
const EVENTS: readonly string[] = [
  ...['install', 'upgrade', 'delete', 'rollback'].flatMap((event) => [`pre-${event}`, `post-${event}`]),
  ...['test', 'test-success', 'test-failure', 'crd-install'],
  ...['PreSync', 'Sync', 'PostSync', 'SyncFail', 'Skip', 'PreDelete', 'PostDelete'],
];

/** Hooks that no release runs: with an unknown event, or one that a release does not have. */
export const hookUnknown: Rule = rule(
  'HOOK_UNKNOWN',
  'warning',
  'Correct the annotation, leave the object out (`helm template --no-hooks`), or make it a gate.',
  (all) =>
    all.objects.flatMap((object): readonly Found[] => {
      const { annotations } = object.metadata;
      if (!isFields(annotations)) return [];
      const hook = hookOf(object);
      const refused = hook?.kind === 'refused' ? hook.problem : undefined;
      return [
        ...(refused === undefined ? [] : [eventMistake(object, refused)]),
        ...Object.entries(annotations).flatMap(([key, value]) => keyMistake(object, key, value)),
        ...Object.entries(DELETE_POLICIES).flatMap(([key, known]): readonly Found[] => {
          const written = annotations[key];
          const path = `metadata.annotations["${key}"]`;
          if (written === undefined) return [];
          const hookKey = key.replace('-delete-policy', '');
          if (annotations[hookKey] === undefined && annotations['helm.sh/hook'] === undefined)
            return [{ object, path, message: `without ${hookKey} the object is no hook`, got: written }];
          const wrong = String(written)
            .split(',')
            .map((one) => one.trim())
            .filter((one) => !known.includes(one));
          return wrong.map((got): Found => {
            return {
              object,
              path,
              message: 'there is no such policy',
              got,
              expected: known.join(', '),
              nearest: nearestName(got, known),
            };
          });
        }),
      ];
    }),
);

/** An event that neither tool has is a typo; for a known event outside a release, the user must decide. */
function eventMistake(object: Found['object'], { path = '', message, got, expected = '' }: Problem): Found {
  const unknown = String(got)
    .split(',')
    .map((event) => event.trim())
    .find((event) => !EVENTS.includes(event));
  if (unknown === undefined) return { object, path, message, got, expected };
  return {
    object,
    path,
    message: 'there is no such event',
    got: unknown,
    nearest: nearestName(unknown, EVENTS),
    severity: 'error',
  };
}

const KEYS: readonly string[] = [
  ...['hook', 'hook-weight', 'hook-delete-policy', 'hook-output-log-policy', 'resource-policy', 'chart'].map(
    (key) => `helm.sh/${key}`,
  ),
  ...['hook', 'hook-delete-policy', 'sync-wave', 'sync-options', 'compare-options'].map((key) => `argocd.argoproj.io/${key}`),
];

/** A key that is almost spelled like a hook's, or an order that is not a number. */
function keyMistake(object: Found['object'], key: string, got: string): readonly Found[] {
  const path = `metadata.annotations["${key}"]`;
  if (/^(?:helm\.sh\/hook-weight|argocd\.argoproj\.io\/sync-wave)$/.test(key) && !/^-?\d+$/.test(got))
    return [
      { object, path, message: 'the order is not a whole number', got, expected: 'a whole number as text', severity: 'error' },
    ];
  if (!/^(?:helm\.sh|argocd\.argoproj\.io)\/.*(?:hook|hok|hoo)/.test(key) || KEYS.includes(key)) return [];
  return [{ object, path, message: 'there is no such annotation', got: key, nearest: nearestName(key, KEYS), severity: 'error' }];
}
