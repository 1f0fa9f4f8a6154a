import { type Problem, ServingError } from '../../errors/problem';
import { displayName, type KubeObject } from '../../kube/object';
import type { ManifestFiles } from '../../manifests';
import { splitGates } from '../../manifests/gates';
import type { Desired } from '../../manifests/load';
import { releasing } from '../apply';
import { isFields } from '../json';
import type { Engine, ReleaseEvent, ReleaseResult } from '../model/events';
import type { ReleaseOptions } from '../model/options';
import { type Plan, type PlannedObject, type PlanOptions, seenOf } from './compute-plan';

/** A plan to be carried out later, exactly as it was agreed to. Holds manifests, and no value of any Secret. */
export interface PlanFile {
  readonly kind: 'cdk8s-serving/plan';
  /** Version of the format. */
  readonly v: 1;
  /** The release. */
  readonly release: string;
  /** Its namespace. */
  readonly namespace: string;
  /** Digest of the plan, which still has to be the same when it is applied. */
  readonly digest: string;
  /** The artifact that it was made from, with its digest. @default - none */
  readonly artifact?: string;
  /** What the plan was made with. */
  readonly options: PlanOptions;
  /** The objects, with what was seen of each. */
  readonly objects: readonly KubeObject[];
  /** The gates that have to pass. */
  readonly gates: readonly KubeObject[];
  /** What the plan does with each object, and what it had seen of it. */
  readonly steps: readonly { readonly key: string; readonly action: string; readonly seen?: readonly [string, string] }[];
}

/** A plan as a file. Throws for one that has problems, or Secrets whose values it would have to hold. */
export function saved(planned: Plan, desired: Desired, options: PlanFile['options']): PlanFile {
  const secrets = desired.objects.filter(({ kind }) => kind === 'Secret');
  const remedy = 'Apply the folder itself, or deliver the Secrets by other means.';
  const problems = secrets.map((secret): Problem => {
    return { code: 'PLAN_FILE', subject: displayName(secret), message: 'a plan file holds no Secret values', remedy };
  });
  if (planned.problems.length + problems.length > 0) throw new ServingError([...planned.problems, ...problems]);
  const { release, namespace, digest } = planned;
  const gates = desired.gates.flatMap(({ job, support }) => [job, ...support]);
  const steps = planned.objects.map(({ key, action, live }) => ({ key, action, ...seenAs(live) }));
  const from = desired.artifact === undefined ? {} : { artifact: desired.artifact };
  return {
    kind: 'cdk8s-serving/plan',
    v: 1,
    release,
    namespace,
    digest,
    ...from,
    options,
    objects: desired.objects,
    gates,
    steps,
  };
}

/** The plan file among what was read, if that is what it is. */
export function planFileOf({ files }: Pick<ManifestFiles, 'files'>): PlanFile | undefined {
  const [file] = files;
  if (files.length !== 1 || !file?.text.trimStart().startsWith('{"kind":"cdk8s-serving/plan"')) return undefined;
  const parsed: unknown = JSON.parse(file.text);
  if (isPlanFile(parsed)) return parsed;
  const remedy = 'Plan again, with this version.';
  throw new ServingError([{ code: 'PLAN_FILE', subject: file.file, message: 'this plan file is not readable', remedy }]);
}

/** Carries out a saved plan; refused for exactly the objects that have changed since. */
export function applySaved(
  engine: Engine,
  file: PlanFile,
  options: ReleaseOptions,
): AsyncGenerator<ReleaseEvent, ReleaseResult, void> {
  const { release, namespace, objects, artifact } = file;
  const { gates } = splitGates(file.gates, []);
  const from = typeof artifact === 'string' ? { artifact } : {};
  const desired = { release, namespace, objects, gates, sources: new Map(), ...from };
  return releasing(
    engine,
    async () => desired,
    { ...options, ...file.options },
    { check: (planned) => staleness(file, planned) },
  );
}

/** What has changed since a plan was saved, one problem per object. */
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
  return (
    isFields(value) && value.v === 1 && Array.isArray(value.objects) && Array.isArray(value.steps) && Array.isArray(value.gates)
  );
}
