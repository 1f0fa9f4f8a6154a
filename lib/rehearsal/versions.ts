import { MODEL_VERSION_ANNOTATION } from '../kube/contract';
import { isFields, listAt } from '../kube/fields';
import { contentHash } from '../kube/names';
import type { KubeObject } from '../kube/object';
import { podSpecOf } from '../kube/pod-spec';

/** Kinds with serving pods: a new version of them is a new version of the stack. */
const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet'];

/** Whether an object's pods serve. */
export const isWorkload = ({ kind }: KubeObject): boolean => WORKLOADS.includes(kind);

/**
 * Version that a release changes: the annotated model version, else the image tag of the first workload. Undefined if there is
 * no workload, or its image has neither tag nor digest.
 */
export function versionOf(objects: readonly KubeObject[]): string | undefined {
  const serving = objects.filter(isWorkload);
  // Groups of nodes, and other custom resources with pods.
  const workloads = serving.length > 0 ? serving : objects.filter((object) => podSpecOf(object) !== undefined);
  const noted = workloads.map(({ metadata }) => metadata.annotations?.[MODEL_VERSION_ANNOTATION]);
  const tags = workloads.flatMap((object) => podSpecOf(object)?.containers ?? []).map(({ image = '' }) => tagOf(image));
  return [...noted, ...tags].find(
    (version) => version !== undefined && workloads.some((object) => runsVersion(podSpecOf(object), version)),
  );
}

function tagOf(image: string): string | undefined {
  return /@(sha256:[0-9a-f]+)$/.exec(image)?.[1] ?? /:([\w.-]+)$/.exec(image)?.[1];
}

/** Whether a pod's spec contains this version, as an image tag or as part of a path. */
export function runsVersion(spec: unknown, version: string): boolean {
  return places(version).test(texts(spec).join('\n'));
}

/** Matches the version after the colon of an image or between the slashes of a path. */
function places(version: string): RegExp {
  const escaped = version.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<=[:/@])${escaped}(?=$|[/@])`, 'gm');
}

function texts(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(texts);
  return isFields(value) ? Object.values(value).flatMap(texts) : [];
}

/** The next version, with the last number incremented. */
export function nextVersion(version: string): string {
  if (version.startsWith('sha256:')) return version.replace(/.$/, (digit) => (digit === 'f' ? '0' : 'f'));
  const match = /^(.*?)(\d+)(\D*)$/.exec(version);
  return match === null ? `${version}-2` : `${match[1]}${Number(match[2]) + 1}${match[3]}`;
}

/** The same objects with another version, as a synth would render them: content-named objects get new names. */
export function withVersion(objects: readonly KubeObject[], from: string, to: string): readonly KubeObject[] {
  const changed = objects.map((object) => mapTexts(object, replaceVersion(from, to)));
  const renames = new Map(
    changed.flatMap((object, index) => {
      const before = objects[index];
      const { name } = object.metadata;
      const isContentNamed = /-[0-9a-f]{10}$/.test(name) && JSON.stringify(before) !== JSON.stringify(object);
      return isContentNamed ? [[name, name.replace(/[0-9a-f]{10}$/, contentHash(object))] as const] : [];
    }),
  );
  return changed.map((object) => mapTexts(object, (text) => renames.get(text) ?? text));
}

/** The same objects with another image in the containers of workloads that run a version; gates stay unchanged. */
export function withImageTag(objects: readonly KubeObject[], version: string, tag: string): readonly KubeObject[] {
  const end = (text: string) => (text.endsWith(`:${version}`) ? `${text.slice(0, -version.length)}${tag}` : text);
  return objects.map((object) => {
    if (!isWorkload(object)) return object;
    const images = new Set(listAt(podSpecOf(object), 'containers').flatMap((one) => (isFields(one) ? [one.image] : [])));
    return mapTexts(object, (text) => (images.has(text) ? end(text) : text));
  });
}

function replaceVersion(from: string, to: string): (text: string) => string {
  const pattern = places(from);
  return (text) => (text === from ? to : text.replaceAll(pattern, to));
}

/** A copy with every string replaced. */
function mapTexts(object: KubeObject, change: (text: string) => string): KubeObject {
  return { ...object, ...mapFields(object, change), metadata: { ...object.metadata, ...mapFields(object.metadata, change) } };
}

function mapFields(fields: Readonly<Record<string, unknown>>, change: (text: string) => string): Record<string, unknown> {
  const { apiVersion: _version, kind: _kind, ...rest } = fields;
  return Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, mapValue(value, change)]));
}

function mapValue(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapValue(item, change));
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapValue(item, change)]));
}
