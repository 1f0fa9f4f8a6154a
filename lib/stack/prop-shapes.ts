import * as form from '../kube/forms';
import { isReservedAnnotation, isReservedLabel } from '../kube/reserved';
import { named, type PropShapes, type Shape } from './prop-problems';
import type { Role } from './role';

const but = ({ fits, expected }: form.Form, not: (key: string) => boolean, why: string): form.Form => ({
  expected: `${expected}, and ${why}`,
  fits: (value) => fits(value) && typeof value === 'string' && !not(value),
});
const LABELS: Shape = {
  keys: but(form.qualifiedName, isReservedLabel, 'none that the library sets itself'),
  values: form.labelText,
};
const FOREIGN_LABELS: Shape = { keys: form.qualifiedName, values: form.labelText };
const ANNOTATIONS: Shape = {
  keys: but(form.qualifiedName, isReservedAnnotation, 'none that the library sets itself'),
};

const OBJECT = named(form.objectName);
const SECRET: Shape = { props: { secret: OBJECT, key: form.dataKey } };
const AMOUNTS: Shape = { props: { cpu: form.cpu, memory: form.memory, ephemeralStorage: form.memory } };
const RESOURCES: Shape = { props: { requests: AMOUNTS, limits: AMOUNTS, extended: { keys: form.extendedResource } } };
const SECONDS = form.count(1, 86_400);
const TIMES = form.count(1, 10_000);

/** Value of a variable; a missing one would be written as the text `undefined`. */
const variable: form.Form = {
  expected: 'text, a finite number, a boolean or a reference',
  fits: (value) => (typeof value === 'number' ? Number.isFinite(value) : value !== undefined && value !== null),
};
const ENV: Shape = { keys: form.variableName, values: variable };
const CONTAINERS: Shape = { items: { props: { name: form.dnsLabel, resources: RESOURCES, env: ENV } } };

const VOLUME = form.oneOf('exactly one source, such as emptyDir or persistentVolumeClaim');

/** An address, or an object that has one. */
const endpoint: form.Form = {
  expected: form.httpUrl.expected,
  fits: (value) => {
    if (typeof value !== 'object' || value === null) return form.httpUrl.fits(value);
    return !Object.hasOwn(value, 'url') || !('url' in value) || form.httpUrl.fits(value.url);
  },
};
const REDIS: Shape = { props: { host: form.host, port: form.port, auth: SECRET } };

/** With or without a tag: model sources allow both. */
const anyImage: form.Form = {
  expected: form.pinnedImage.expected,
  fits: (value) => form.pinnedImage.fits(value) || form.repository.fits(value),
};
const MODEL: Shape = {
  props: {
    repo: form.hubRepository,
    uri: form.modelUri,
    proxy: form.httpUrl,
    image: anyImage,
    version: form.pinnedTag,
    path: form.absolutePath,
    directory: form.absolutePath,
    claim: OBJECT,
    credentials: OBJECT,
    token: SECRET,
    endpoint: form.httpUrl,
    size: form.memory,
  },
};

const GPU: Shape = { props: { count: form.count(1, 64), mig: form.migProfile, weights: form.memory, memoryShare: form.memory } };
const GROUP: Shape = { props: { replicas: form.count(0), maxReplicas: form.count(0), objectStore: form.memory, gpu: GPU } };

/** Shapes of props by name; a name means the same in every component. */
const PROP_SHAPES: PropShapes = {
  labels: LABELS,
  podLabels: LABELS,
  annotations: ANNOTATIONS,
  podAnnotations: ANNOTATIONS,
  serviceAccountAnnotations: { keys: form.qualifiedName },
  monitorLabels: FOREIGN_LABELS,
  ruleLabels: FOREIGN_LABELS,
  dashboardLabels: FOREIGN_LABELS,
  env: ENV,
  files: { keys: form.absolutePath },
  volumes: { items: { props: { name: form.dnsLabel, mountPath: form.absolutePath, source: VOLUME } } },
  ports: { items: { props: { name: form.portName, port: form.port } } },
  servicePort: form.port,
  service: { props: { annotations: { keys: form.qualifiedName }, reason: form.reason } },
  frontProxy: { props: { name: form.dnsLabel, port: form.port, resources: RESOURCES, env: ENV } },
  sidecars: CONTAINERS,
  initContainers: CONTAINERS,
  containerName: form.dnsLabel,
  serviceAccount: OBJECT,
  placement: {
    props: {
      nodeSelector: FOREIGN_LABELS,
      priorityClassName: form.objectName,
      runtimeClassName: form.objectName,
      schedulerName: form.objectName,
    },
  },
  resources: RESOURCES,
  sharedMemory: form.memory,
  size: form.memory,
  storage: { props: { size: form.memory, storageClassName: form.objectName } },
  gpu: GPU,
  nodes: form.count(1, 1000),
  startupTimeout: form.duration,
  drain: { props: { delay: form.durationOrNone, timeout: form.duration, spare: form.durationOrNone } },
  probeTiming: {
    props: {
      startupDelay: form.count(0, 86_400),
      startupPeriod: SECONDS,
      readyPeriod: SECONDS,
      readyFailures: TIMES,
      livePeriod: SECONDS,
      liveFailures: TIMES,
      timeout: SECONDS,
    },
  },
  timeout: form.duration,
  cacheTtl: form.duration,
  resultTtl: form.duration,
  visibilityTimeout: form.duration,
  interval: form.duration,
  engineStatsInterval: form.duration,
  requestStatsWindow: form.duration,
  requestTimeout: form.duration,
  maxConcurrentRequests: form.count(1, 1_000_000),
  logic: {
    props: {
      session: form.requestKey,
      prefixAware: { props: { minMatchLength: form.count(0, 1_000_000) } },
      kvAware: { props: { controllerPort: form.port } },
    },
  },
  picker: {
    props: {
      image: form.pinnedImage,
      replicas: form.count(0),
      drain: form.durationOrNone,
      scorers: { keys: form.dnsLabel, values: form.amount },
    },
  },
  servers: form.some,
  slices: form.count(1, 1000),
  prefill: GROUP,
  decode: GROUP,
  workers: { keys: form.dnsLabel, values: GROUP },
  applications: { items: { props: { import_path: form.importPath } } },
  operatorNamespace: form.dnsLabel,
  gateway: { props: { name: OBJECT, namespace: form.dnsLabel, section: form.objectName } },
  hostnames: { items: form.routeHost },
  headers: { keys: form.headerName },
  retries: form.count(0, 100),
  attempts: form.count(1, 1000),
  minSamples: form.count(1, 1_000_000_000),
  model: MODEL,
  ingress: {
    props: {
      host: form.routeHost,
      tlsSecretName: OBJECT,
      className: form.objectName,
      path: form.routePath,
      annotations: { keys: form.qualifiedName },
    },
  },
  cache: REDIS,
  broker: REDIS,
  auth: SECRET,
  features: endpoint,
  upstream: endpoint,
  next: endpoint,
  server: endpoint,
  prometheusUrl: form.httpUrl,
  dataset: { props: { uri: form.dataset, credentials: OBJECT, workloadIdentity: { keys: form.qualifiedName } } },
  autoscaling: { props: { by: { props: { keda: { props: { prometheus: form.httpUrl, polling: form.duration } } } } } },
  strategy: { props: { hold: form.duration, patience: form.duration, measure: { props: { prometheus: form.httpUrl } } } },
};

/** Routes accept a timeout of 0, which means no limit. */
const ROUTE_SHAPES: PropShapes = {
  ...PROP_SHAPES,
  timeout: form.durationOrNone,
  path: form.routePath,
  rewrite: form.routePath,
};

/** Shapes of the props of one role. */
export function shapesOf(role: Role): PropShapes {
  return role === 'route' ? ROUTE_SHAPES : PROP_SHAPES;
}

/** Shapes of the options of an external secret. */
export const EXTERNAL_SECRET_SHAPES: PropShapes = {
  name: form.objectName,
  as: form.dataKey,
  refresh: form.refreshInterval,
};

/** Shapes of a stack's settings. */
export const STACK_SHAPES: PropShapes = {
  namespace: form.dnsLabel,
  release: form.dnsLabel,
  imageRegistry: form.registry,
  imagePullSecrets: { items: OBJECT },
  labels: LABELS,
  ingressNamespace: form.dnsLabel,
  monitoringNamespace: form.dnsLabel,
  kubernetesVersion: form.minorVersion,
  external: { items: form.external },
  nodes: { items: { props: { count: form.count(0, 100_000), memory: form.memory, labels: FOREIGN_LABELS } } },
};
