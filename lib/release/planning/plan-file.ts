import { createHash } from 'node:crypto';
import { type Problem, ServingError } from '../../errors/problem';
import { canonical } from '../../kube/canonical';
import { isFields, textAt } from '../../kube/fields';
import { withoutSecretValues } from '../../kube/hidden-values';
import { displayName, type KubeObject } from '../../kube/object';
import type { ManifestFiles } from '../../manifests';
import type { Desired } from '../../manifests/load';
import type { ReleaseOptions } from '../model/options';
import type { Plan, PlannedObject, PlanOptions } from '../model/plan';
import { objectsFrom } from '../record/schema';
import { seenOf } from './compute-plan';

/** A plan to be applied later, exactly as approved. Contains manifests, but no Secret values. */
export interface PlanFile {
  readonly kind: 'cdk8s-serving/plan';
  /** Version of the format. */
  readonly v: 1;
  /** The release. */
  readonly release: string;
  /** Its namespace. */
  readonly namespace: string;
  /** The uid of the cluster's namespace kube-system; empty when the user may not read it. */
  readonly cluster: string;
  /** Digest of everything else in the file. */
  readonly sha256: string;
  /** Digest of the plan, which must still be the same when it is applied. */
  readonly digest: string;
  /** The artifact it was made from, with its digest. @default - none */
  readonly artifact?: string;
  /** The options of the plan. */
  readonly options: PlanOptions;
  /** The objects, with the state seen of each. */
  readonly objects: readonly KubeObject[];
  /** The gates that must pass. */
  readonly gates: readonly KubeObject[];
  /** What the plan does with each object, and the state it saw. */
  readonly steps: readonly { readonly key: string; readonly action: string; readonly seen?: readonly [string, string] }[];
}

/** Converts a plan to a file. Throws for a plan with problems, or with Secret values that the file would have to contain. */
export function toPlanFile(planned: Plan, desired: Desired, options: PlanFile['options'], cluster = ''): PlanFile {
  const gates = desired.gates.flatMap(({ job, support }) => [job, ...support]);
  const secret = [...desired.objects, ...gates].filter((one) => one.kind === 'Secret' || withoutSecretValues(one) !== one);
  const remedy = 'Apply the folder itself, or deliver the Secrets by other means.';
  const problems = secret.map((object): Problem => {
    return { code: 'PLAN_FILE', subject: displayName(object), message: 'a plan file holds no secret values', remedy };
  });
  if (planned.problems.length + problems.length > 0) throw new ServingError([...planned.problems, ...problems]);
  const { release, namespace, digest } = planned;
  const steps = planned.objects.map(({ key, action, live }) => ({ key, action, ...seenAs(live) }));
  const from = desired.artifact === undefined ? {} : { artifact: desired.artifact };
  const about = { kind: 'cdk8s-serving/plan', v: 1, release, namespace, cluster, digest, ...from } as const;
  const file = { ...about, options, objects: desired.objects, gates, steps };
  return { ...file, sha256: sha256Of(file) };
}

/** The plan file among the files read, if there is one. */
export function parsePlanFile({ files }: Pick<ManifestFiles, 'files'>): PlanFile | undefined {
  const [file] = files;
  if (files.length !== 1 || !file?.text.trimStart().startsWith('{"kind":"cdk8s-serving/plan"')) return undefined;
  const parsed = parse(file.text);
  if (!isPlanFile(parsed)) throw unusable(file.file, 'the plan file is truncated, or of another version');
  const { sha256, ...rest } = parsed;
  if (sha256 !== sha256Of(rest)) throw unusable(file.file, 'the plan file was changed after it was saved');
  return parsed;
}

/** Options that determine what a plan does; an approval is valid only with the same options. */
const DECIDING = ['allowReplace', 'adopt', 'pruneData', 'force', 'ignore'] as const;

/** Why a plan file does not match this command. */
export function mismatches(file: PlanFile, options: ReleaseOptions, cluster: string): readonly Problem[] {
  const remedy = 'Plan again, against this cluster and with these options.';
  const problem = (subject: string, message: string, got: unknown, expected: string): Problem => {
    return { code: 'PLAN_FILE', subject, message, got, expected, remedy };
  };
  const found: Problem[] = [];
  if (file.cluster !== cluster) found.push(problem(file.release, 'the plan was made for another cluster', cluster, file.cluster));
  for (const field of ['release', 'namespace'] as const) {
    const given = options[field];
    if (given !== undefined && given !== file[field])
      found.push(problem(file.release, `the plan is for another ${field}`, given, file[field]));
  }
  for (const option of DECIDING) {
    const [then, now] = [canonical(file.options[option] ?? null), canonical(options[option] ?? null)];
    if (then !== now)
      found.push(problem(file.release, `the plan was made with another value of ${option}`, options[option], then));
  }
  return found;
}

/** What changed since a plan was saved, one problem per object. */
export function staleness(file: PlanFile, planned: Plan): readonly Problem[] {
  const now = new Map(planned.objects.map((object) => [object.key, object]));
  const then = new Map(file.steps.map((step) => [step.key, step]));
  const keys = [...new Set([...then.keys(), ...now.keys()])];
  return keys.flatMap((key): Problem[] => {
    const [step, object] = [then.get(key), now.get(key)];
    if (step?.action === object?.action && String(step?.seen) === String(seenOf(object?.live))) return [];
    const message = `would now be ${described(object)} instead of ${step?.action ?? 'left alone'}, or is not as the plan saw it`;
    return [
      {
        code: 'PLAN_STALE',
        subject: key.split('/').slice(1).join('/'),
        message,
        remedy: 'Plan again and look at the difference.',
      },
    ];
  });
}

function described(object: PlannedObject | undefined): string {
  return object === undefined ? 'left alone' : object.action;
}

function seenAs(live: KubeObject | undefined): { readonly seen?: readonly [string, string] } {
  const seen = seenOf(live);
  return seen === undefined ? {} : { seen };
}

function isPlanFile(value: unknown): value is PlanFile {
  if (!isFields(value) || value.v !== 1 || !isFields(value.options) || !Array.isArray(value.steps)) return false;
  const texts = [value.release, value.namespace, value.cluster, value.sha256, value.digest];
  const objects = [value.objects, value.gates].every((list) => objectsFrom(list) !== undefined);
  const steps = value.steps.every((step) => textAt(step, 'key') !== undefined && textAt(step, 'action') !== undefined);
  return objects && steps && texts.every((text) => typeof text === 'string');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function sha256Of(file: Omit<PlanFile, 'sha256'>): string {
  return createHash('sha256').update(canonical(file)).digest('hex');
}

function unusable(subject: string, message: string): ServingError {
  return new ServingError([{ code: 'PLAN_FILE', subject, message, remedy: 'Plan again, and review the new plan.' }]);
}
