import { type Obj, textOrEmpty } from '../../kube/fields';
import { quantityValue } from '../../kube/quantity';
import { isObj, objAt, objsAt, textsAt } from '../json';

/** All containers of a pod spec. */
export function containersOf(spec: Obj): Obj[] {
  return [...objsAt(spec, 'initContainers'), ...objsAt(spec, 'containers')];
}

/** Defaults of pods and of pod templates. */
export function defaultPodSpec(spec: Obj): void {
  spec.securityContext ??= {};
  const account = textOrEmpty(spec, 'serviceAccountName') || textOrEmpty(spec, 'serviceAccount');
  if (account !== '') {
    spec.serviceAccountName = account;
    spec.serviceAccount = account;
  }
  for (const container of [...containersOf(spec), ...objsAt(spec, 'ephemeralContainers')]) {
    container.imagePullPolicy ??= pullPolicy(textOrEmpty(container, 'image'));
    if (spec.hostNetwork !== true) continue;
    for (const port of objsAt(container, 'ports')) port.hostPort ??= port.containerPort;
  }
  for (const volume of objsAt(spec, 'volumes')) {
    if (Object.keys(volume).every((field) => field === 'name')) volume.emptyDir = {};
    const image = volume.image;
    if (isObj(image)) image.pullPolicy ??= pullPolicy(textOrEmpty(image, 'reference'));
  }
}

function pullPolicy(image: string): string {
  if (image.includes('@')) return 'IfNotPresent';
  const tag = /:([^/]*)$/.exec(image)?.[1] ?? 'latest';
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}

/** What admission adds to a pod: ServiceAccount, token volume, priority, tolerations of temporary node problems. */
export function admitPod(pod: Obj, suffix: () => string, automount: boolean): void {
  const spec = objAt(pod, 'spec');
  spec.serviceAccountName ??= 'default';
  spec.serviceAccount = spec.serviceAccountName;
  spec.priority ??= 0;
  spec.preemptionPolicy ??= 'PreemptLowerPriority';
  const tolerations = objsAt(spec, 'tolerations');
  for (const trouble of ['not-ready', 'unreachable']) {
    const key = `node.kubernetes.io/${trouble}`;
    const tolerated = tolerations.some(
      (t) => (t.key === key || t.key === undefined) && (t.effect === 'NoExecute' || t.effect === undefined),
    );
    if (!tolerated) tolerations.push({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 });
  }
  spec.tolerations = tolerations;
  if (automount && spec.automountServiceAccountToken !== false) mountToken(spec, `kube-api-access-${suffix()}`);
}

function mountToken(spec: Obj, name: string): void {
  const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';
  const sources: Obj[] = [
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
  ];
  spec.volumes = [...objsAt(spec, 'volumes'), { name, projected: { sources, defaultMode: 420 } }];
  for (const container of containersOf(spec)) {
    const mounts = objsAt(container, 'volumeMounts');
    if (!mounts.some((mount) => mount.mountPath === mountPath))
      container.volumeMounts = [...mounts, { name, readOnly: true, mountPath }];
  }
}

/** Guaranteed, Burstable or BestEffort, from the containers' cpu and memory. */
export function qosClass(spec: Obj): string {
  let guaranteed = true;
  let any = false;
  for (const container of containersOf(spec)) {
    const requests = textsAt(container, 'resources', 'requests');
    const limits = textsAt(container, 'resources', 'limits');
    for (const resource of ['cpu', 'memory']) {
      const [request, limit] = [quantityValue(requests[resource]), quantityValue(limits[resource])];
      if (request > 0 || limit > 0) any = true;
      if (limit === 0 || request !== limit) guaranteed = false;
    }
  }
  return any ? (guaranteed ? 'Guaranteed' : 'Burstable') : 'BestEffort';
}
