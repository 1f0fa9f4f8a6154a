import { candidateOf } from '../../canary/candidate';
import type { KubeApi } from '../../client/api';
import { ApiError } from '../../client/errors';
import { unservedKind } from '../../client/mapping';
import type { Problem } from '../../errors/problem';
import { listAt, textAt } from '../../kube/fields';
import { kindInfo } from '../../kube/kinds';
import { groupOf } from '../../kube/object';
import { changesOf, type Plan } from '../model/plan';
import type { JournalStep, KindPlace } from '../model/record';
import { placeOf } from '../model/record';
import { bounded } from '../model/stream';
import { hasPods } from '../rollout/scope';

/** A required permission. */
export interface Need extends KindPlace {
  readonly verb: string;
}

/** Kinds read to judge the state of a workload. */
const WATCHED = [
  ['v1', 'Pod'],
  ['apps/v1', 'ReplicaSet'],
  ['v1', 'Event'],
] as const;

/** Verbs for planning, writing and waiting for an object. */
const READ = ['get', 'list', 'watch'];

/** All permissions that a plan, its gates, its record and its rollback require, without duplicates. */
export function needsOf(planned: Plan): readonly Need[] {
  const { namespace, gates } = planned;
  const needs: Need[] = [];
  const add = (place: KindPlace, ...verbs: readonly string[]) => needs.push(...verbs.map((verb) => ({ ...place, verb })));
  for (const { action, manifest, live } of changesOf(planned)) {
    const object = manifest ?? live;
    if (object === undefined) continue;
    // Server-side apply needs both verbs to create; rolling back a creation deletes, rolling back a deletion creates.
    add(placeOf(object), ...READ, ...(action === 'change' || action === 'orphan' ? ['patch'] : ['patch', 'create', 'delete']));
    for (const [apiVersion, kind] of hasPods(object) ? WATCHED : [])
      add({ apiVersion, kind, ...spaceOf(object) }, 'list', 'watch');
  }
  for (const gate of gates) {
    for (const object of [gate.job, ...gate.support]) add(placeOf(object), ...READ, 'create', 'delete');
    for (const kind of ['Pod', 'Event']) add({ apiVersion: 'v1', kind, ...spaceOf(gate.job) }, 'list', 'watch');
  }
  for (const canary of planned.canaries ?? []) {
    const { support, deployment } = candidateOf(canary, planned.objects, 'permissions');
    for (const object of [...support, deployment]) add(placeOf(object), 'get', 'list', 'create', 'delete');
    add(placeOf(deployment), 'patch', 'watch');
    for (const [apiVersion, kind] of WATCHED) add({ apiVersion, kind, ...spaceOf(deployment) }, 'list', 'watch');
    const held = [...canary.shifting, ...canary.autoscalers];
    for (const { live } of planned.objects.filter(({ key }) => held.includes(key)))
      if (live !== undefined) add(placeOf(live), 'get', 'patch');
  }
  return once([...needs, ...recordNeeds(namespace)]);
}

/** The permissions to delete or orphan these objects, and to delete their record. */
export function needsOfRemoval(steps: readonly JournalStep[], namespace: string): readonly Need[] {
  const needs = steps.flatMap(({ action, object: { apiVersion, kind, namespace: place } }) =>
    ['get', 'list', action === 'delete' ? 'delete' : 'patch'].map((verb) => ({
      verb,
      apiVersion,
      kind,
      ...(place === undefined ? {} : { namespace: place }),
    })),
  );
  return once([...needs, ...recordNeeds(namespace)]);
}

/** The permissions for the record of a release and its lock. */
function recordNeeds(namespace: string): readonly Need[] {
  const secret = { apiVersion: 'v1', kind: 'Secret', namespace };
  const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace };
  return [
    ...['get', 'list', 'create', 'update', 'delete'].map((verb) => ({ ...secret, verb })),
    ...['get', 'create', 'update'].map((verb) => ({ ...lease, verb })),
  ];
}

function once(needs: readonly Need[]): readonly Need[] {
  return [
    ...new Map(needs.map((need) => [`${need.verb} ${need.apiVersion} ${need.kind} ${need.namespace ?? ''}`, need])).values(),
  ];
}

/** The permissions the user lacks: one rules review per namespace, then one check for each verb that it does not allow. */
export async function missingPermissions(api: KubeApi, needs: readonly Need[]): Promise<readonly Problem[]> {
  const namespaces = [...new Set(needs.flatMap(({ namespace }) => namespace ?? []))];
  const rules = new Map(await Promise.all(namespaces.map(async (name) => [name, await rulesIn(api, name)] as const)));
  const open = needs.filter((need) => need.namespace === undefined || !allowedBy(rules.get(need.namespace) ?? [], need));
  const answers = await bounded(open, 16, (need) => api.may(need.verb, need).catch(unlessUnserved));
  const denied = open.filter((_, index) => answers[index] === false);
  const places = new Map<string, Need[]>();
  for (const need of denied) {
    const place = `${need.kind}${need.namespace === undefined ? '' : ` in ${need.namespace}`}`;
    places.set(place, [...(places.get(place) ?? []), need]);
  }
  return [...places].map(([place, all]) => {
    const verbs = all.map(({ verb }) => verb).join(', ');
    const remedy = 'Ask for a role that allows it; the release, or its undo, would stop half way without it.';
    return { code: 'PERMISSION_MISSING', subject: place, message: `you may not ${verbs} objects of this kind`, remedy };
  });
}

/** Permissions for a kind whose CRD comes with the release cannot be checked. */
function unlessUnserved(error: unknown): boolean {
  if (unservedKind(error) === undefined) throw error;
  return true;
}

async function rulesIn(api: KubeApi, namespace: string): Promise<readonly unknown[]> {
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectRulesReview',
    metadata: { name: '' },
    spec: { namespace },
  };
  try {
    return listAt(await api.create(review), 'status', 'resourceRules');
  } catch (error) {
    if (error instanceof ApiError) return []; // then each verb is checked separately
    throw error;
  }
}

/** Whether rules allow it. They may be incomplete, so a no is not final. */
function allowedBy(rules: readonly unknown[], { verb, apiVersion, kind }: Need): boolean {
  const plural = kindInfo({ apiVersion, kind })?.plural;
  if (plural === undefined) return false;
  const includes = (rule: unknown, field: string, value: string) =>
    listAt(rule, field).some((one) => one === value || one === '*');
  return rules.some(
    (rule) =>
      listAt(rule, 'resourceNames').length === 0 &&
      includes(rule, 'verbs', verb) &&
      includes(rule, 'apiGroups', groupOf(apiVersion)) &&
      includes(rule, 'resources', plural),
  );
}

function spaceOf(object: { readonly metadata: { readonly namespace?: string } }) {
  const namespace = textAt(object, 'metadata', 'namespace');
  return namespace === undefined ? {} : { namespace };
}
