import { GATE_ANNOTATION, GATE_PHASES, THRESHOLDS_ANNOTATION, type Thresholds, VALIDATES_ANNOTATION } from '../../kube/contract';
import { at, isFields, numberAt, textAt } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { namespaceOf } from '../inventory/inventory';
import { type Found, type Rule, rule, say } from '../model/rule';

/** Finished Jobs that stay: the next release finds the name in use. */
export const jobStays: Rule = rule(
  'JOB_NOT_CLEANED_UP',
  'warning',
  'Set ttlSecondsAfterFinished.',
  (all) =>
    all.ofKind('Job').flatMap((object): readonly Found[] => {
      const hook = Object.keys(object.metadata.annotations ?? {}).some((key) => key.startsWith('helm.sh/hook'));
      if (numberAt(object, 'spec', 'ttlSecondsAfterFinished') !== undefined || hook) return [];
      return say(object, 'spec.ttlSecondsAfterFinished', 'the Job stays when it is done, under a name that the next one needs');
    }),
  'kube-linter:job-ttl-seconds-after-finished',
);

/** A hook that is deleted only after success: one failed hook blocks every later upgrade. */
export const hookStays: Rule = rule('HOOK_STAYS', 'error', 'Add before-hook-creation to the delete policy.', (all) =>
  all.ofKind('Job').flatMap((object): readonly Found[] => {
    const annotations = object.metadata.annotations ?? {};
    const got = annotations['helm.sh/hook-delete-policy'];
    if (annotations['helm.sh/hook'] === undefined || got === undefined || got.includes('before-hook-creation')) return [];
    return say(
      object,
      'metadata.annotations.helm.sh/hook-delete-policy',
      'a failed hook stays under its fixed name, and the next upgrade stops there',
      { got },
    );
  }),
);

/** A gate that tests nothing, or that no node can run. */
export const gateInvalid: Rule = rule('GATE_INVALID', 'error', 'Correct the annotations of the gate.', (all) =>
  all.objects.flatMap((object): readonly Found[] => {
    const annotations = object.metadata.annotations ?? {};
    const phase = annotations[GATE_ANNOTATION];
    if (phase === undefined) return [];
    const path = (key: string) => `metadata.annotations.${key}`;
    const wrong: Found[] = [];
    if (object.kind !== 'Job')
      wrong.push({ object, path: path(GATE_ANNOTATION), message: 'only a Job can be a gate', got: object.kind });
    if (!GATE_PHASES.some((one) => one === phase))
      wrong.push({
        object,
        path: path(GATE_ANNOTATION),
        message: 'there is no such phase',
        got: phase,
        expected: GATE_PHASES.join(', '),
      });
    const thresholds = boundsOf(annotations[THRESHOLDS_ANNOTATION]);
    if (thresholds === undefined || !Object.values(thresholds).some(({ min, max }) => min !== undefined || max !== undefined)) {
      const message = 'nothing that it measures can fail it';
      wrong.push({
        object,
        path: path(THRESHOLDS_ANNOTATION),
        message,
        got: annotations[THRESHOLDS_ANNOTATION],
        expected: '{"auc":{"min":0.92}}',
      });
    }
    if (at(object, 'spec', 'suspend') === true)
      wrong.push({ object, path: 'spec.suspend', message: 'a suspended gate never runs', got: true });
    return [...wrong, ...targetOf(object, annotations[VALIDATES_ANNOTATION], all.find.bind(all))];
  }),
);

function boundsOf(text: string | undefined): Thresholds | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    if (!isFields(value)) return undefined;
    const bounded = (bounds: unknown) =>
      isFields(bounds) && Object.values(bounds).every((bound) => typeof bound === 'number' && Number.isFinite(bound));
    return Object.values(value).every(bounded) ? (value as Thresholds) : undefined;
  } catch {
    return undefined;
  }
}

function targetOf(
  object: KubeObject,
  validates: string | undefined,
  find: (kind: string, namespace: string, name: string) => KubeObject | undefined,
): readonly Found[] {
  const [kind = '', name = ''] = validates?.split('/') ?? [];
  if (validates === undefined || find(kind, namespaceOf(object), name) !== undefined) return [];
  return [{ object, path: `metadata.annotations.${VALIDATES_ANNOTATION}`, message: 'there is no such workload', got: validates }];
}

/** A Job that restarts its pods forever, or that retries a failure with the same result. */
export const gateRetries: Rule = rule('GATE_RETRIES', 'warning', 'Set backoffLimit: 0 and a deadline.', (all) =>
  all.ofKind('Job').flatMap((object): readonly Found[] => {
    if (object.metadata.annotations?.[GATE_ANNOTATION] === undefined) return [];
    const wrong: Found[] = [];
    const backoff = numberAt(object, 'spec', 'backoffLimit') ?? 6;
    if (backoff > 0)
      wrong.push({ object, path: 'spec.backoffLimit', message: 'a gate that failed is run again', got: backoff, expected: '0' });
    if (numberAt(object, 'spec', 'activeDeadlineSeconds') === undefined)
      wrong.push({
        object,
        path: 'spec.activeDeadlineSeconds',
        message: 'a gate that hangs holds the release up forever',
        expected: 'seconds',
      });
    return textAt(object, 'kind') === 'Job' ? wrong : [];
  }),
);
