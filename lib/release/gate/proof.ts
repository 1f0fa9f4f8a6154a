import { canonical } from '../../kube/canonical';
import { type Fields, fieldsAt, isFields, listAt, numberAt, textAt, without } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import type { Run } from '../model/engine';

/**
 * Why a pod's result proves nothing for its Job; undefined when it does. Any user with `create pods` can make a pod with the
 * Job's labels and owner, which the Job controller then adopts: so the pod must match the template.
 * @param expected the spec that the API server gives a pod of the template; absent when it could not be requested
 */
export function unproved(job: KubeObject, pods: readonly KubeObject[], expected: Fields | undefined): string | undefined {
  const [pod] = pods;
  if (pod === undefined) return 'its pod was not seen';
  if (pods.length > 1) return `${pods.length} pods have run for it`;
  if (restarts(pod) > 0) return 'its container was started again';
  const template = fieldsAt(job, 'spec', 'template');
  const path = expected
    ? difference(steady(expected), steady(fieldsAt(pod, 'spec')), 'spec')
    : difference(plain(fieldsAt(template, 'spec')), plain(fieldsAt(pod, 'spec')), 'spec');
  const foreign = path ?? annotationDifference(template, pod) ?? imageDifference(pod);
  return foreign === undefined ? undefined : `its pod is not the one that the Job describes (${foreign})`;
}

/** The spec of a pod from the Job's template after admission, from a dry run. Undefined for users who may not create pods. */
export async function expectedSpec({ api }: Run, job: KubeObject): Promise<Fields | undefined> {
  const { name, namespace } = job.metadata;
  const template = fieldsAt(job, 'spec', 'template');
  const { labels, annotations } = fieldsAt(template, 'metadata');
  const metadata = {
    name: `${name.slice(0, 50)}-expected`,
    ...(namespace === undefined ? {} : { namespace }),
    ...(isFields(labels) ? { labels: texts(labels) } : {}),
    ...(isFields(annotations) ? { annotations: texts(annotations) } : {}),
  };
  try {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: fieldsAt(template, 'spec') };
    return fieldsAt(await api.create(pod, { dryRun: true }), 'spec');
  } catch {
    return undefined; // then the template itself is compared
  }
}

/** A spec without what differs between pods of one template: their node, and the names of their token volumes. */
function steady(spec: Fields): Fields {
  const { nodeName: _where, ...rest } = spec;
  const text = JSON.stringify(rest).replaceAll(/"kube-api-access-[a-z0-9]{5}"/g, '"kube-api-access"');
  const parsed: unknown = JSON.parse(text);
  return isFields(parsed) ? parsed : {};
}

/** What the admission plugins of every cluster add to a pod. */
const ADMITTED = ['nodeName', 'tolerations', 'priority', 'preemptionPolicy', 'serviceAccount', 'imagePullSecrets', 'resources'];

/** A spec without what the API server's own admission adds, for users who may not run the dry run. */
function plain(spec: Fields): Fields {
  const rest = ADMITTED.reduce(without, spec);
  const ownVolumes = listAt(spec, 'volumes').filter((volume) => !isTokenVolume(textAt(volume, 'name')));
  const containers = (field: string) =>
    listAt(spec, field).map((container) => {
      const mounts = listAt(container, 'volumeMounts').filter((mount) => !isTokenVolume(textAt(mount, 'name')));
      return isFields(container) ? { ...without(container, 'resources'), volumeMounts: mounts } : container;
    });
  return {
    ...rest,
    serviceAccountName: textAt(spec, 'serviceAccountName') ?? 'default',
    enableServiceLinks: spec.enableServiceLinks ?? true,
    volumes: ownVolumes,
    containers: containers('containers'),
    initContainers: containers('initContainers'),
  };
}

function isTokenVolume(name: string | undefined): boolean {
  return name?.startsWith('kube-api-access-') === true;
}

/** The first path where two values differ. */
function difference(wanted: unknown, found: unknown, path: string): string | undefined {
  if (Array.isArray(wanted) && Array.isArray(found)) {
    if (wanted.length !== found.length) return path;
    return first(wanted.map((item, index) => [item, found[index], `${path}[${index}]`] as const));
  }
  if (isFields(wanted) && isFields(found)) {
    const fields = [...new Set([...Object.keys(wanted), ...Object.keys(found)])];
    return first(fields.map((field) => [wanted[field], found[field], `${path}.${field}`] as const));
  }
  return canonical(wanted ?? null) === canonical(found ?? null) ? undefined : path;
}

function first(pairs: readonly (readonly [unknown, unknown, string])[]): string | undefined {
  for (const [wanted, found, path] of pairs) {
    const differs = difference(wanted, found, path);
    if (differs !== undefined) return differs;
  }
  return undefined;
}

/** Networks add their own annotations; those of the template must stay unchanged. */
function annotationDifference(template: unknown, pod: KubeObject): string | undefined {
  const wanted = fieldsAt(template, 'metadata', 'annotations');
  const changed = Object.keys(wanted).find((key) => wanted[key] !== pod.metadata.annotations?.[key]);
  return changed === undefined ? undefined : `metadata.annotations['${changed}']`;
}

const DIGEST = /^(?:[a-z-]+:\/\/)?([^@]+)@(sha256:[0-9a-f]{64})$/;

/** An image named by digest must be the one that ran; an image named by tag is whatever the node resolved it to. */
function imageDifference(pod: KubeObject): string | undefined {
  for (const [index, container] of listAt(pod, 'spec', 'containers').entries()) {
    const status = listAt(pod, 'status', 'containerStatuses').find((one) => textAt(one, 'name') === textAt(container, 'name'));
    const [, wantedName, wanted] = DIGEST.exec(textAt(container, 'image') ?? '') ?? [];
    const [, foundName, found] = DIGEST.exec(textAt(status, 'imageID') ?? '') ?? [];
    const same = wantedName?.replace(/:[^:/]*$/, '') === foundName;
    if (same && wanted !== found) return `status.containerStatuses[${index}].imageID`;
  }
  return undefined;
}

function restarts(pod: KubeObject): number {
  return listAt(pod, 'status', 'containerStatuses').reduce<number>(
    (sum, status) => sum + (numberAt(status, 'restartCount') ?? 0),
    0,
  );
}

function texts(fields: Fields): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, String(value)]));
}
