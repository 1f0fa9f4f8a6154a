import { at, type Fields, fieldsAt, isFields, listAt, textAt } from '../../kube/fields';
import { groupOf, type KubeObject } from '../../kube/object';
import { podTemplatesOf } from '../../kube/pod-spec';
import { podReferencesOf } from '../../kube/references';

/** A reference from an object to another one, which the cluster must have. */
export interface Reference {
  readonly apiVersion: string;
  readonly kind: string;
  /** Absent for cluster-scoped kinds. */
  readonly namespace?: string;
  readonly name: string;
  /** Keys it must contain. */
  readonly keys: readonly string[];
  readonly path: string;
  /** Whether a release completes without it, although the object then does not do its work. */
  readonly mayFollow?: true;
}

/** The API versions of kinds outside the core group that the references of built-in fields name. */
const VERSIONS: Readonly<Record<string, string>> = {
  StorageClass: 'storage.k8s.io/v1',
  PriorityClass: 'scheduling.k8s.io/v1',
  RuntimeClass: 'node.k8s.io/v1',
  IngressClass: 'networking.k8s.io/v1',
  GatewayClass: 'gateway.networking.k8s.io/v1',
  Gateway: 'gateway.networking.k8s.io/v1',
  VolumeSnapshot: 'snapshot.storage.k8s.io/v1',
  ResourceClaim: 'resource.k8s.io/v1',
  ResourceClaimTemplate: 'resource.k8s.io/v1',
  DeviceClass: 'resource.k8s.io/v1',
  Role: 'rbac.authorization.k8s.io/v1',
  ClusterRole: 'rbac.authorization.k8s.io/v1',
  APIService: 'apiregistration.k8s.io/v1',
  TriggerAuthentication: 'keda.sh/v1alpha1',
  ClusterTriggerAuthentication: 'keda.sh/v1alpha1',
};

/** The API version of a referenced kind. */
export function versionOfReferred(kind: string): string {
  return VERSIONS[kind] ?? 'v1';
}

/** All that an object of a release refers to, its pods included. */
export function referencesOf(object: KubeObject, namespace: string): readonly Reference[] {
  const own = BY_KIND[object.kind];
  return own === undefined ? podsReferences(object, namespace) : own(object, namespace);
}

/** The reference that a field holds, if it has a name. */
function named(kind: string, from: unknown, path: string, namespace?: string, field = 'name'): readonly Reference[] {
  const name = textAt(from, field);
  if (name === undefined || name === '') return [];
  const place = namespace === undefined ? {} : { namespace };
  return [{ apiVersion: versionOfReferred(kind), kind, ...place, name, keys: [], path: `${path}.${field}` }];
}

/** What may come later without the release waiting for it. */
const following = (references: readonly Reference[]): readonly Reference[] =>
  references.map((one) => ({ ...one, mayFollow: true }));

const BY_KIND: Readonly<Record<string, (object: KubeObject, namespace: string) => readonly Reference[]>> = {
  PersistentVolumeClaim: (object, namespace) => claimReferences(object, 'spec', namespace),
  ServiceAccount: (object, namespace) =>
    listAt(object, 'imagePullSecrets').flatMap((one, index) => named('Secret', one, `imagePullSecrets[${index}]`, namespace)),
  RoleBinding: roleOf,
  ClusterRoleBinding: roleOf,
  ResourceClaim: (object) => devicesOf(object.spec, 'spec'),
  ResourceClaimTemplate: (object) => devicesOf(fieldsAt(object, 'spec', 'spec'), 'spec.spec'),
  Ingress: ingressReferences,
  Gateway: gatewayReferences,
  HTTPRoute: routeReferences,
  GRPCRoute: routeReferences,
  HorizontalPodAutoscaler: (object, namespace) => [...following(targetOf(object, namespace)), ...following(metricsOf(object))],
  ScaledObject: (object, namespace) => [...targetOf(object, namespace), ...triggersOf(object, namespace)],
  ScaledJob: (object, namespace) => [
    ...triggersOf(object, namespace),
    ...podsReferences({ ...object, spec: fieldsAt(object, 'spec', 'jobTargetRef') }, namespace).map((one) => ({
      ...one,
      path: one.path.replace(/^spec\./, 'spec.jobTargetRef.'),
    })),
  ],
  TriggerAuthentication: (object, namespace) =>
    (['Secret', 'ConfigMap'] as const).flatMap((kind) => {
      const field = kind === 'Secret' ? 'secretTargetRef' : 'configMapTargetRef';
      return listAt(object, 'spec', field).flatMap((one, index) =>
        named(kind, one, `spec.${field}[${index}]`, namespace).map((found) => ({ ...found, keys: keyOf(one) })),
      );
    }),
  ExternalSecret: (object, namespace) => storeOf(object, 'secretStoreRef', 'SecretStore', 'ClusterSecretStore', namespace),
  Certificate: (object, namespace) => storeOf(object, 'issuerRef', 'Issuer', 'ClusterIssuer', namespace),
  ServiceMonitor: monitorReferences,
  PodMonitor: monitorReferences,
  Probe: monitorReferences,
  ScrapeConfig: monitorReferences,
  APIService: (object) => serviceAt(fieldsAt(object, 'spec', 'service'), 'spec.service'),
  ValidatingWebhookConfiguration: webhookReferences,
  MutatingWebhookConfiguration: webhookReferences,
};

const keyOf = (from: unknown): readonly string[] => [textAt(from, 'key') ?? []].flat();

/** A PVC, or the template of one: its class, and the source of its data. */
function claimReferences(claim: unknown, path: string, namespace: string): readonly Reference[] {
  const spec = fieldsAt(claim, 'spec');
  const source = isFields(spec.dataSourceRef) ? 'dataSourceRef' : 'dataSource';
  const kind = textAt(spec, source, 'kind') ?? '';
  const known = kind === 'PersistentVolumeClaim' || kind === 'VolumeSnapshot';
  const place = textAt(spec, source, 'namespace') ?? namespace;
  return [
    ...named('StorageClass', spec, path, undefined, 'storageClassName'),
    ...named('PersistentVolume', spec, path, undefined, 'volumeName'),
    ...(known ? named(kind, spec[source], `${path}.${source}`, place) : []),
  ];
}

function roleOf(object: KubeObject, namespace: string): readonly Reference[] {
  const kind = textAt(object, 'roleRef', 'kind') ?? '';
  if (kind !== 'Role' && kind !== 'ClusterRole') return [];
  return following(named(kind, at(object, 'roleRef'), 'roleRef', kind === 'Role' ? namespace : undefined));
}

/** The classes of the devices that a claim requests. */
function devicesOf(spec: unknown, path: string): readonly Reference[] {
  return listAt(spec, 'devices', 'requests').flatMap((request, index) => {
    const here = `${path}.devices.requests[${index}]`;
    // Of `firstAvailable` one alternative is enough, so none of them is looked for.
    const exact = named('DeviceClass', at(request, 'exactly'), `${here}.exactly`, undefined, 'deviceClassName');
    return [...exact, ...named('DeviceClass', request, here, undefined, 'deviceClassName')];
  });
}

function ingressReferences(object: KubeObject, namespace: string): readonly Reference[] {
  const backend = (from: unknown, path: string) => following(named('Service', at(from, 'service'), `${path}.service`, namespace));
  return [
    ...named('IngressClass', object.spec, 'spec', undefined, 'ingressClassName'),
    ...listAt(object, 'spec', 'tls').flatMap((one, index) => named('Secret', one, `spec.tls[${index}]`, namespace, 'secretName')),
    ...backend(at(object, 'spec', 'defaultBackend'), 'spec.defaultBackend'),
    ...listAt(object, 'spec', 'rules').flatMap((rule, index) =>
      listAt(rule, 'http', 'paths').flatMap((one, place) =>
        backend(at(one, 'backend'), `spec.rules[${index}].http.paths[${place}].backend`),
      ),
    ),
  ];
}

const ISSUERS = ['cert-manager.io/cluster-issuer', 'cert-manager.io/issuer'] as const;

function gatewayReferences(object: KubeObject, namespace: string): readonly Reference[] {
  const issued = ISSUERS.some((annotation) => object.metadata.annotations?.[annotation] !== undefined);
  const certificates = listAt(object, 'spec', 'listeners').flatMap((listener, index) =>
    listAt(listener, 'tls', 'certificateRefs').flatMap((one, place) =>
      (textAt(one, 'kind') ?? 'Secret') === 'Secret'
        ? named('Secret', one, `spec.listeners[${index}].tls.certificateRefs[${place}]`, textAt(one, 'namespace') ?? namespace)
        : [],
    ),
  );
  const own = named('GatewayClass', object.spec, 'spec', undefined, 'gatewayClassName');
  return [...own, ...(issued ? [] : certificates)];
}

/** A route is ready when its parents have accepted it and its backends are resolved. */
function routeReferences(object: KubeObject, namespace: string): readonly Reference[] {
  const typed = (from: unknown, path: string, kinds: readonly string[]) => {
    const kind = textAt(from, 'kind') ?? kinds[0] ?? '';
    return kinds.includes(kind) ? named(kind, from, path, textAt(from, 'namespace') ?? namespace) : [];
  };
  return [
    ...listAt(object, 'spec', 'parentRefs').flatMap((one, index) =>
      typed(one, `spec.parentRefs[${index}]`, ['Gateway', 'Service']),
    ),
    ...listAt(object, 'spec', 'rules').flatMap((rule, index) =>
      listAt(rule, 'backendRefs').flatMap((one, place) => typed(one, `spec.rules[${index}].backendRefs[${place}]`, ['Service'])),
    ),
  ];
}

/** The built-in workload that an autoscaler scales. */
function targetOf({ spec }: KubeObject, namespace: string): readonly Reference[] {
  const target = at(spec, 'scaleTargetRef');
  const apiVersion = textAt(target, 'apiVersion') ?? 'apps/v1';
  const kind = textAt(target, 'kind') ?? 'Deployment';
  if (groupOf(apiVersion) !== 'apps') return [];
  return named(kind, target, 'spec.scaleTargetRef', namespace).map((one) => ({ ...one, apiVersion }));
}

const METRIC_APIS: Readonly<Record<string, string>> = {
  Pods: 'v1beta1.custom.metrics.k8s.io',
  Object: 'v1beta1.custom.metrics.k8s.io',
  External: 'v1beta1.external.metrics.k8s.io',
};

/** The APIs that an HPA's metrics come from, besides those of the metrics server. */
function metricsOf(object: KubeObject): readonly Reference[] {
  return listAt(object, 'spec', 'metrics').flatMap((metric, index) => {
    const name = METRIC_APIS[textAt(metric, 'type') ?? ''];
    const path = `spec.metrics[${index}]`;
    return named('APIService', { name }, path).map((one) => ({ ...one, path: `${path}.type` }));
  });
}

function triggersOf(object: KubeObject, namespace: string): readonly Reference[] {
  return listAt(object, 'spec', 'triggers').flatMap((trigger, index) => {
    const reference = at(trigger, 'authenticationRef');
    const kind = textAt(reference, 'kind') ?? 'TriggerAuthentication';
    const place = kind === 'TriggerAuthentication' ? namespace : undefined;
    return named(kind, reference, `spec.triggers[${index}].authenticationRef`, place);
  });
}

/** The store or issuer of an object, of the same API as the object itself. */
function storeOf(object: KubeObject, field: string, kind: string, clusterKind: string, namespace: string): readonly Reference[] {
  const reference = at(object, 'spec', field);
  const wanted = textAt(reference, 'kind') ?? kind;
  const foreign = (textAt(reference, 'group') ?? groupOf(object.apiVersion)) !== groupOf(object.apiVersion);
  if (foreign || (wanted !== kind && wanted !== clusterKind)) return [];
  return named(wanted, reference, `spec.${field}`, wanted === kind ? namespace : undefined).map((one) => ({
    ...one,
    apiVersion: object.apiVersion,
  }));
}

/** Fields of the Prometheus Operator's kinds that select a key of a Secret; `secret` and `configMap` are within `ca`, `cert`, …. */
const SECRET_KEYS = new Set([
  ...['secret', 'keySecret', 'username', 'password', 'bearerTokenSecret', 'credentials', 'clientSecret'],
]);

/** The Secrets and ConfigMaps that Prometheus reads to scrape. */
function monitorReferences(object: KubeObject, namespace: string): readonly Reference[] {
  const within = (value: unknown, path: string): readonly Reference[] => {
    if (Array.isArray(value)) return value.flatMap((one, index) => within(one, `${path}[${index}]`));
    if (!isFields(value)) return [];
    return Object.entries(value).flatMap(([field, one]) => {
      const kind = SECRET_KEYS.has(field) ? 'Secret' : field === 'configMap' ? 'ConfigMap' : undefined;
      if (kind === undefined || !selectsKey(one)) return within(one, `${path}.${field}`);
      return named(kind, one, `${path}.${field}`, namespace).map((found) => ({ ...found, keys: keyOf(one) }));
    });
  };
  return following(within(object.spec, 'spec'));
}

const selectsKey = (value: unknown): value is Fields =>
  textAt(value, 'name') !== undefined && textAt(value, 'key') !== undefined && at(value, 'optional') !== true;

function webhookReferences(object: KubeObject): readonly Reference[] {
  return listAt(object, 'webhooks').flatMap((webhook, index) =>
    serviceAt(at(webhook, 'clientConfig', 'service'), `webhooks[${index}].clientConfig.service`),
  );
}

/** A Service with its namespace. */
function serviceAt(service: unknown, path: string): readonly Reference[] {
  const namespace = textAt(service, 'namespace');
  return namespace === undefined ? [] : named('Service', service, path, namespace);
}

/** What the pods of an object refer to. */
function podsReferences(object: KubeObject, namespace: string): readonly Reference[] {
  return podTemplatesOf(object).flatMap(({ spec, path: template }) => {
    const path = template === '' ? 'spec' : `${template}.spec`;
    const account = textAt(spec, 'serviceAccountName') ?? textAt(spec, 'serviceAccount');
    const accounts = account === 'default' ? [] : named('ServiceAccount', { account }, path, namespace, 'account');
    return [
      ...podReferencesOf(spec, path).map((one) => ({ ...one, apiVersion: versionOfReferred(one.kind), namespace })),
      ...accounts.map((one) => ({ ...one, path: `${path}.serviceAccountName` })),
      ...listAt(spec, 'imagePullSecrets').flatMap((one, index) =>
        named('Secret', one, `${path}.imagePullSecrets[${index}]`, namespace),
      ),
      ...named('PriorityClass', spec, path, undefined, 'priorityClassName'),
      ...named('RuntimeClass', spec, path, undefined, 'runtimeClassName'),
      ...listAt(object, 'spec', 'volumeClaimTemplates').flatMap((claim, index) =>
        claimReferences(claim, `spec.volumeClaimTemplates[${index}].spec`, namespace),
      ),
      ...listAt(spec, 'volumes').flatMap((volume, index) =>
        claimReferences(
          at(volume, 'ephemeral', 'volumeClaimTemplate'),
          `${path}.volumes[${index}].ephemeral.volumeClaimTemplate.spec`,
          namespace,
        ),
      ),
      ...servicesOf(spec, path, namespace),
    ];
  });
}

const SERVICE = /(?:^|[/@\s])([a-z][a-z0-9-]*)\.([a-z0-9][a-z0-9-]*)\.svc(?:\.cluster\.local)?\.?(?=[:/\s,]|$)/g;

/** The Services in other namespaces that a pod's environment names in full. */
function servicesOf(spec: unknown, path: string, home: string): readonly Reference[] {
  return listAt(spec, 'containers').flatMap((container) =>
    listAt(container, 'env').flatMap((variable) =>
      [...(textAt(variable, 'value') ?? '').matchAll(SERVICE)].flatMap(([, name = '', namespace = '']) => {
        const at = `${path}.containers[name=${textAt(container, 'name')}].env[name=${textAt(variable, 'name')}].value`;
        return namespace === home ? [] : named('Service', { name }, '', namespace).map((one) => ({ ...one, path: at }));
      }),
    ),
  );
}
