import { canonical } from '../kube/canonical';
import { KINDS } from '../kube/kinds';
import { displayName, type KubeObject, keyOf } from '../kube/object';
import type { Sandbox } from '../sandbox';

/** Kinds that change on their own, or that record releases. */
const FLEETING = new Set([
  'Event',
  'Pod',
  'ReplicaSet',
  'Secret',
  'Lease',
  'Endpoints',
  'EndpointSlice',
  'Job',
  'Node',
  'Namespace',
]);

/** All persistent objects in a sandbox, by identity, without fields that change on their own. */
export type Snapshot = ReadonlyMap<string, { readonly name: string; readonly text: string }>;

/** Takes a snapshot. */
export function snapshot(sandbox: Sandbox): Snapshot {
  const kinds = KINDS.filter(({ kind }) => !FLEETING.has(kind));
  const objects = kinds.flatMap(({ apiVersion, kind }) => objectsOfKind(sandbox, apiVersion, kind));
  return new Map(objects.map((object) => [keyOf(object), { name: displayName(object), text: lastingText(object) }]));
}

function objectsOfKind(sandbox: Sandbox, apiVersion: string, kind: string): readonly KubeObject[] {
  try {
    return sandbox.objects(apiVersion, kind);
  } catch {
    return []; // custom resources are not served
  }
}

function lastingText(object: KubeObject): string {
  const { metadata, status: _status, ...rest } = object;
  const notes = Object.entries(metadata.annotations ?? {}).filter(([key]) => key !== 'deployment.kubernetes.io/revision');
  return canonical([rest, metadata.labels ?? {}, Object.fromEntries(notes)]);
}

/** Differences from a snapshot: `Deployment/fraud-model is changed`. */
export function differences(before: Snapshot, now: Snapshot): readonly string[] {
  const changed = [...before].flatMap(([key, { name, text }]) => {
    const there = now.get(key);
    if (there === undefined) return [`${name} is missing`];
    return there.text === text ? [] : [`${name} is changed`];
  });
  const added = [...now].filter(([key]) => !before.has(key)).map(([, { name }]) => `${name} is left over`);
  return [...changed, ...added];
}
