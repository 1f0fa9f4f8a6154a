import * as v from 'valibot';
import { SPLITS } from '../../canary/share';
import { STRATEGY_TYPES } from '../../canary/strategy';
import type { ProblemCode } from '../../errors/codes';
import { isKubeObject, isSound, keyOfNamed } from '../../kube/address';
import { GATE_PHASES } from '../../kube/contract';
import { type KubeObject, keyOf } from '../../kube/object';
import { STEP_VERDICTS } from '../model/canary-step';
import { currentState } from '../model/outcome';
import type { Content, Head, JournalStep } from '../model/record';

/** A digest, which also ends the name of the part that it verifies. */
const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{24}$/));
/** The number of parts that 700 MB of packed text fill. */
const digests = v.pipe(v.array(digest), v.maxLength(1_000));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const texts = v.array(v.string());
const optional = v.exactOptional;

const kubeObject = v.custom<KubeObject>((value) => isKubeObject(value) && isSound(value));

const place = v.looseObject({ apiVersion: v.string(), kind: v.string(), namespace: optional(v.string()) });

const threshold = v.looseObject({ min: optional(v.number()), max: optional(v.number()) });
const evidence = v.looseObject({
  name: v.string(),
  phase: v.picklist(GATE_PHASES),
  passed: v.boolean(),
  reason: optional(v.string()),
  exitCode: optional(v.number()),
  metrics: v.array(v.looseObject({ name: v.string(), value: v.number(), threshold: optional(threshold), ok: v.boolean() })),
  samples: optional(v.number()),
  attempts: count,
  logs: optional(texts),
});

const problem = v.looseObject({
  // An unknown code from a later version is no reason to reject the record.
  code: v.custom<ProblemCode>((value) => typeof value === 'string'),
  subject: v.string(),
  path: optional(v.string()),
  message: v.string(),
  expected: optional(v.string()),
  remedy: v.string(),
  nearest: optional(v.string()),
});

const failure = v.looseObject({
  problem,
  reason: optional(v.string()),
  since: optional(v.string()),
  pod: optional(v.string()),
  container: optional(v.string()),
  exitCode: optional(v.number()),
  restarts: optional(v.number()),
  events: texts,
  logs: texts,
});

const measured = v.looseObject({
  name: v.string(),
  candidate: optional(v.number()),
  stable: optional(v.number()),
  max: optional(v.number()),
  min: optional(v.number()),
  maxRatio: optional(v.number()),
  chance: optional(v.number()),
  ok: v.boolean(),
});
const canaryStep = v.looseObject({
  workload: v.string(),
  type: v.picklist(STRATEGY_TYPES),
  split: v.picklist(SPLITS),
  percent: v.number(),
  share: v.number(),
  replicas: count,
  started: v.string(),
  seconds: v.number(),
  verdict: v.picklist(STEP_VERDICTS),
  reason: optional(v.string()),
  requests: optional(count),
  stableRequests: optional(count),
  measured: v.array(measured),
});

const revision = v.looseObject({
  revision: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  state: v.pipe(
    v.string(),
    v.transform(currentState),
    v.picklist(['rejected', 'deployed', 'superseded', 'rolled-back', 'failed']),
  ),
  artifact: optional(v.string()),
  action: v.picklist(['install', 'upgrade', 'rollback', 'uninstall', 'adopt']),
  started: v.string(),
  seconds: v.number(),
  by: v.string(),
  plan: v.string(),
  changes: v.looseObject({ create: count, change: count, replace: count, delete: count }),
  changed: texts,
  versions: texts,
  gates: v.array(evidence),
  canary: optional(v.array(canaryStep)),
  rebuilt: optional(v.boolean()),
  of: optional(v.number()),
  adopted: optional(v.string()),
  failure: optional(failure),
  restored: optional(texts),
  left: optional(texts),
  content: digests,
});

const step: v.GenericSchema<unknown, JournalStep> = v.pipe(
  v.looseObject({
    action: v.picklist(['create', 'change', 'replace', 'delete', 'orphan']),
    object: v.looseObject({ apiVersion: v.string(), kind: v.string(), namespace: optional(v.string()), name: v.string() }),
    before: optional(kubeObject),
    takesAlong: optional(texts),
  }),
  // An object restored at an address must be the one that was there.
  v.check(({ object, before }) => before === undefined || keyOf(before) === keyOfNamed(object)),
);

const head: v.GenericSchema<unknown, Head> = v.looseObject({
  v: v.literal(1),
  release: v.string(),
  namespace: v.string(),
  fence: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  revisions: v.array(revision),
  kinds: v.array(place),
  journal: optional(
    v.looseObject({
      revision,
      phase: v.picklist(['apply', 'finish']),
      steps: v.array(step),
      // Part of a label selector.
      run: v.pipe(v.string(), v.regex(/^[a-z0-9]{1,63}$/)),
      temporary: v.array(place),
      stepParts: optional(digests),
      // Records of version 0.1 name a single part.
      aside: optional(
        v.union([
          digests,
          v.pipe(
            digest,
            v.transform((one) => [one]),
          ),
        ]),
      ),
    }),
  ),
});

const content: v.GenericSchema<unknown, Content> = v.looseObject({
  v: v.literal(1),
  objects: v.array(
    v.looseObject({
      manifest: kubeObject,
      uid: optional(v.string()),
    }),
  ),
  gates: v.array(v.looseObject({ manifest: kubeObject })),
});

/** Parses the head of a record; undefined when invalid. Extra fields of later versions are kept. */
export function headFrom(value: unknown): Head | undefined {
  return from(head, value);
}

/** Parses the manifests of a revision; undefined when the value has none. */
export function contentFrom(value: unknown): Content | undefined {
  return from(content, value);
}

/** Parses the steps of a journal; undefined when the value is not a list of steps. */
export function stepsFrom(value: unknown): readonly JournalStep[] | undefined {
  return from(v.array(step), value);
}

/** Parses a list of objects; undefined when the value is not one. */
export function objectsFrom(value: unknown): readonly KubeObject[] | undefined {
  return from(v.array(kubeObject), value);
}

function from<T>(schema: v.GenericSchema<unknown, T>, value: unknown): T | undefined {
  const result = v.safeParse(schema, value, { abortEarly: true });
  return result.success ? result.output : undefined;
}
