import { ApiError } from '../../client/errors';
import type { Problem } from '../../errors/problem';
import { listAt, textAt } from '../../kube/fields';
import { displayName, type KubeObject } from '../../kube/object';
import { podTemplatesOf } from '../../kube/pod-spec';
import type { Run } from '../model/engine';
import { changesOf, type Plan, type PlannedObject } from '../model/plan';
import { bounded } from '../model/stream';
import { policiesForPods } from './pod-policies';
import { admissionShape } from './pod-shape';

/** The API server's responses to the pods of a plan. */
export interface PodTrial {
  readonly problems: readonly Problem[];
  /** Pods that could not be tried, and why. */
  readonly warnings: readonly Problem[];
}

/** A pod template of a plan. */
interface Template {
  readonly subject: string;
  /** The path of the template in its object. */
  readonly path: string;
  readonly pod: KubeObject;
  /** The pod without its workload's name. */
  readonly shape: string;
}

/** The result for a pod: no error when the API server would accept it. */
interface Outcome {
  readonly template: Template;
  readonly error: ApiError | undefined;
}

/** Up to this many templates are tried one by one; of more, first one of each shape as admission sees it. */
const FEW = 16;

/**
 * Tries one pod of every new or changed template, including gates: a server-side dry run that stores nothing. The API server
 * accepts a Deployment whose pods admission rejects (LimitRange, quota, Pod Security, policies, webhooks): only pods show it.
 * Of templates that differ only in their workload's name, or when there are many, only in names, versions and settings, one is
 * tried, and the others only if it was rejected, or if a policy or webhook judges pods: it may look at names and settings too.
 */
export async function tryPods(run: Run, planned: Plan): Promise<PodTrial> {
  const groups = groupsOf(templatesOf(planned));
  const heads = groups.flatMap(([one]) => one ?? []);
  const sampled = groups.some(({ length }) => length > 1);
  const [first, policies] = await Promise.all([tried(run, heads), sampled && policiesForPods(run)]);
  const others = groups.flatMap(([, ...more], index) => {
    const error = first[index]?.error;
    return (error === undefined ? policies : isTelling(error)) ? more : [];
  });
  const outcomes = [...first, ...(await tried(run, others))];
  const failed = outcomes.flatMap(({ template, error }) => (error === undefined ? [] : [{ template, error }]));
  const judged = failed.map(({ template, error }) => ({ template, error, verdict: verdictOn(error) }));
  const problems = judged.flatMap(({ template, error, verdict }) => (verdict === 'refused' ? [refusal(template, error)] : []));
  const untried = judged.filter(({ verdict }) => verdict === 'untried');
  const [one] = untried;
  if (one === undefined) return { problems, warnings: [] };
  const count = untried.reduce((sum, { template }) => sum + (groups.find(([head]) => head === template)?.length ?? 1), 0);
  const message = `the pods of ${count} workloads were not tried: ${one.error.text}`;
  const remedy = 'Ask for the permission to create pods, or expect refusals during the rollout.';
  return { problems, warnings: [{ code: 'POD_UNTRIED', subject: one.template.subject, message, remedy }] };
}

/** The templates that Kubernetes' own admission treats alike. */
function groupsOf(templates: readonly Template[]): readonly (readonly Template[])[] {
  const many = new Set(templates.map(({ shape }) => shape)).size > FEW;
  const groups = new Map<string, Template[]>();
  for (const one of templates) {
    const shape = many ? admissionShape(one.pod) : one.shape;
    groups.set(shape, [...(groups.get(shape) ?? []), one]);
  }
  return [...groups.values()];
}

async function tried(run: Run, templates: readonly Template[]): Promise<readonly Outcome[]> {
  return await bounded(templates, 16, async (template): Promise<Outcome> => {
    const error = await run.api.create(template.pod, { dryRun: true }).then(
      () => undefined,
      (reason: unknown) => {
        if (reason instanceof ApiError) return reason;
        throw reason;
      },
    );
    return { template, error };
  });
}

/** The templates of a plan that create new pods, with one pod each. */
function templatesOf(planned: Plan): readonly Template[] {
  const brought = planned.objects.flatMap(({ action, manifest }) => (action === 'create' && manifest ? [manifest] : []));
  const gates = planned.gates.flatMap(({ support }) => support);
  const created = new Set([...brought, ...gates].map(displayName));
  const workloads = changesOf(planned).flatMap((one) => (makesPods(one) && one.manifest !== undefined ? [one.manifest] : []));
  return [...workloads, ...planned.gates.map(({ job }) => job)].flatMap((object) => {
    const templates = podTemplatesOf(object);
    return templates.map((template): Template => {
      const spec = withoutNew(withClaims(object, template.spec), created);
      const namespace = object.metadata.namespace ?? planned.namespace;
      const { labels, annotations, path } = template;
      const metadata = { generateName: `${object.metadata.name.slice(0, 50)}-`, namespace, labels, annotations };
      const pod: KubeObject = JSON.parse(
        JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata, spec: restarting(object, spec) }),
      );
      const shape = JSON.stringify(pod).replaceAll(object.metadata.name, '*');
      return { subject: displayName(object), path: templates.length > 1 ? path : 'spec.template', pod, shape };
    });
  });
}

function makesPods({ action, manifest, changes }: PlannedObject): boolean {
  if (manifest === undefined || !['create', 'change', 'replace'].includes(action)) return false;
  if (GROUPS.has(manifest.kind)) return true;
  const template = manifest.kind === 'CronJob' ? 'spec.jobTemplate' : 'spec.template';
  return BUILT_IN.has(manifest.kind) && (action !== 'change' || changes.some(({ path }) => path.startsWith(template)));
}

const BUILT_IN = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController', 'Job', 'CronJob']);

/** Kinds with several templates, whose controllers create pods from them unchanged. */
const GROUPS = new Set(['LeaderWorkerSet', 'DisaggregatedSet', 'RayCluster', 'RayService', 'RayJob']);

/** The volumes that the StatefulSet controller adds for its PVCs. */
function withClaims(object: KubeObject, spec: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const claims = listAt(object, 'spec', 'volumeClaimTemplates').map((claim) => {
    const name = textAt(claim, 'metadata', 'name') ?? '';
    return { name, persistentVolumeClaim: { claimName: `${name}-${object.metadata.name}-0` } };
  });
  if (claims.length === 0) return spec;
  const others = listAt(spec, 'volumes').filter((one) => !claims.some(({ name }) => name === textAt(one, 'name')));
  return { ...spec, volumes: [...others, ...claims] };
}

/** The default restart policy is invalid for a Job's template, but valid for a pod. */
function restarting({ kind }: KubeObject, spec: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return kind === 'Job' || kind === 'CronJob' ? { restartPolicy: 'Never', ...spec } : spec;
}

/** Objects from this release do not exist yet: admission would reject the pod for lack of them. */
function withoutNew(spec: Readonly<Record<string, unknown>>, created: ReadonlySet<string>): Readonly<Record<string, unknown>> {
  const fields = { serviceAccountName: 'ServiceAccount', serviceAccount: 'ServiceAccount', priorityClassName: 'PriorityClass' };
  const kinds: Readonly<Record<string, string>> = { ...fields, runtimeClassName: 'RuntimeClass' };
  const isNew = (field: string, value: unknown) => kinds[field] !== undefined && created.has(`${kinds[field]}/${value}`);
  return Object.fromEntries(Object.entries(spec).filter(([field, value]) => !isNew(field, value)));
}

/** Whether an error concerns the pod, the user who tries it, or something judged elsewhere. */
function verdictOn({ status, text }: ApiError): 'refused' | 'untried' | 'elsewhere' {
  // The namespace comes with the release, or is a separate problem.
  if (status === 404) return 'elsewhere';
  // The quota is compared with the whole rollout; this response also counts old pods that will be deleted first.
  if (/exceeded quota/.test(text)) return 'elsewhere';
  // Missing ServiceAccounts and classes are reported with the field that names them.
  if (/error looking up service account|no PriorityClass with name|RuntimeClass .* not found/.test(text)) return 'elsewhere';
  if (/cannot create resource "pods"|does not support dry run|dryRun/.test(text)) return 'untried';
  return status >= 500 ? 'untried' : 'refused';
}

/** Whether the other pods of a shape must be tried too: this one was rejected, or lacks an object that only it refers to. */
function isTelling(error: ApiError): boolean {
  return error.status !== 404 && verdictOn(error) !== 'untried' && !/exceeded quota/.test(error.text);
}

function refusal({ subject, path }: Template, { text }: ApiError): Problem {
  const message = `the API server refuses its pods: ${text.replace(/^pods "[^"]*" is forbidden: /, '')}`;
  const remedy = 'Change the pod template, or what the policy, LimitRange or level of the namespace demands.';
  return { code: 'POD_REFUSED', subject, path, message, remedy };
}
