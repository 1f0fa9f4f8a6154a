import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, loadConnection } from '../../lib/client';
import { formatProblem as text } from '../../lib/errors/problem';
import type { KubeObject } from '../../lib/kube/object';
import { plan, systemHost } from '../../lib/release';
import { hasCluster, SHARED } from '../harness/cluster';
import { type ReleaseCluster, releaseCluster } from '../release/harness';
import { folder, stack } from '../release/manifests';

/** The namespace of a case, which its name is part of, so that cluster-scoped objects of cases do not meet. */
type Space = string;

/** A reference: what refers, and what makes it right. */
interface Case {
  /** Fields of the pod of the Deployment `fraud`, or other objects of the release. */
  readonly pod?: (here: Space) => object;
  readonly more?: (here: Space) => readonly object[];
  /** What the plan reports when there is nothing. */
  readonly says: string | ((here: Space) => string);
  /** Whether it only warns. */
  readonly warns?: true;
  /** What must be there. */
  readonly there: (here: Space) => readonly object[];
  /** What is there, and is not enough. */
  readonly before?: (here: Space) => readonly object[];
}

const container = { name: 'server', image: 'registry.test/fraud:v1', resources: { requests: { cpu: '10m', memory: '16Mi' } } };
const env = (valueFrom: object) => ({ containers: [{ ...container, env: [{ name: 'X', valueFrom }] }] });
const value = (value: string) => ({ containers: [{ ...container, env: [{ name: 'X', value }] }] });
const volume = (source: object) => ({ volumes: [{ name: 'v', ...source }] });
const object = (apiVersion: string, kind: string, name: string, namespace?: string, content: object = {}) => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  ...content,
});
const secret = (name: string, here: Space, ...keys: string[]) =>
  object('v1', 'Secret', name, here, { stringData: Object.fromEntries(keys.map((key) => [key, 'x'])) });
const configMap = (name: string, here: Space, ...keys: string[]) =>
  object('v1', 'ConfigMap', name, here, { data: Object.fromEntries(keys.map((key) => [key, 'x'])) });
const service = (name: string, here: Space) => object('v1', 'Service', name, here, { spec: { ports: [{ port: 80 }] } });
const claimSpec = (more: object = {}) => ({
  accessModes: ['ReadWriteOnce'],
  resources: { requests: { storage: '1Gi' } },
  ...more,
});
const claim = (name: string, here: Space, more: object = {}) =>
  object('v1', 'PersistentVolumeClaim', name, here, { spec: claimSpec(more) });
const storage = (name: string, more: object = {}) =>
  object('storage.k8s.io/v1', 'StorageClass', name, undefined, {
    provisioner: 'csi.test',
    volumeBindingMode: 'WaitForFirstConsumer',
    ...more,
  });
const priority = (name: string) => object('scheduling.k8s.io/v1', 'PriorityClass', name, undefined, { value: 10 });
const podSpec = (more: object) => ({ containers: [container], restartPolicy: 'Never', ...more });
const sharedPool = (here: Space) => object('resource.k8s.io/v1', 'DeviceClass', `gpu-${here}`, undefined, { spec: {} });
const devices = (here: Space) => ({ devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: `gpu-${here}` } }] } });
const gateway = (here: Space, more: object = {}) =>
  object('gateway.networking.k8s.io/v1', 'Gateway', 'gate', here, {
    spec: { gatewayClassName: `class-${here}`, listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
    ...more,
  });
const gatewayClass = (here: Space) =>
  object('gateway.networking.k8s.io/v1', 'GatewayClass', `class-${here}`, undefined, { spec: { controllerName: 'a.test/b' } });
const tls = (here: Space) =>
  object('networking.k8s.io/v1', 'Ingress', 'fraud', here, {
    spec: {
      tls: [{ hosts: ['a.test'], secretName: 'a-tls' }],
      defaultBackend: { service: { name: 'fraud', port: { number: 80 } } },
    },
  });
const scaled = (here: Space, trigger: object = {}, target: object = { name: 'fraud' }) =>
  object('keda.sh/v1alpha1', 'ScaledObject', 'scaled', here, {
    spec: { scaleTargetRef: target, triggers: [{ type: 'cron', metadata: {}, ...trigger }] },
  });

const CASES: Readonly<Record<string, Case>> = {
  'a Secret in a variable': {
    pod: () => env({ secretKeyRef: { name: 'token', key: 'key' } }),
    says: 'there is no Secret token',
    there: (here) => [secret('token', here, 'key')],
  },
  'a key of a Secret': {
    pod: () => env({ secretKeyRef: { name: 'token', key: 'key' } }),
    before: (here) => [secret('token', here, 'keys')],
    says: 'Secret token in namespace HERE has no key key',
    there: (here) => [secret('token', here, 'key')],
  },
  'a key of a ConfigMap': {
    pod: () => env({ configMapKeyRef: { name: 'flags', key: 'mode' } }),
    before: (here) => [configMap('flags', here, 'modes')],
    says: 'ConfigMap flags in namespace HERE has no key mode',
    there: (here) => [configMap('flags', here, 'mode')],
  },
  'a key of a mounted ConfigMap': {
    pod: () => volume({ configMap: { name: 'flags', items: [{ key: 'mode', path: 'mode' }] } }),
    before: (here) => [configMap('flags', here, 'other')],
    says: 'has no key mode',
    there: (here) => [configMap('flags', here, 'mode')],
  },
  'a Secret of envFrom in an init container': {
    pod: () => ({ initContainers: [{ ...container, name: 'init', envFrom: [{ secretRef: { name: 'all' } }] }] }),
    says: 'there is no Secret all',
    there: (here) => [secret('all', here, 'x')],
  },
  'a ConfigMap in a projected volume': {
    pod: () => volume({ projected: { sources: [{ configMap: { name: 'part', items: [{ key: 'a', path: 'a' }] } }] } }),
    says: 'there is no ConfigMap part',
    there: (here) => [configMap('part', here, 'a')],
  },
  'the Secret of a CSI volume': {
    pod: () => volume({ csi: { driver: 'csi.test', nodePublishSecretRef: { name: 'bucket' } } }),
    says: 'there is no Secret bucket',
    there: (here) => [secret('bucket', here, 'x')],
  },
  'the class of an ephemeral volume': {
    pod: (here) => volume({ ephemeral: { volumeClaimTemplate: { spec: claimSpec({ storageClassName: `fast-${here}` }) } } }),
    says: 'there is no StorageClass fast-HERE',
    there: (here) => [storage(`fast-${here}`)],
  },
  'the pull secret of a ServiceAccount': {
    more: (here) => [object('v1', 'ServiceAccount', 'loader', here, { imagePullSecrets: [{ name: 'registry' }] })],
    says: 'there is no Secret registry',
    there: (here) => [secret('registry', here, 'x')],
  },
  'the PriorityClass of a CronJob': {
    more: (here) => [
      object('batch/v1', 'CronJob', 'nightly', here, {
        spec: {
          schedule: '0 3 * * *',
          jobTemplate: { spec: { template: { spec: podSpec({ priorityClassName: `high-${here}` }) } } },
        },
      }),
    ],
    says: 'there is no PriorityClass high-HERE',
    there: (here) => [priority(`high-${here}`)],
  },
  'the template of claims of devices': {
    pod: () => ({ resourceClaims: [{ name: 'gpu', resourceClaimTemplateName: 'gpus' }] }),
    says: 'there is no ResourceClaimTemplate gpus',
    there: (here) => [
      sharedPool(here),
      object('resource.k8s.io/v1', 'ResourceClaimTemplate', 'gpus', here, { spec: { spec: devices(here) } }),
    ],
  },
  'the class of devices': {
    more: (here) => [object('resource.k8s.io/v1', 'ResourceClaim', 'gpu', here, { spec: devices(here) })],
    says: 'there is no DeviceClass gpu-HERE',
    there: (here) => [sharedPool(here)],
  },
  'the source of the data of a claim': {
    more: (here) => [claim('copy', here, { dataSource: { kind: 'PersistentVolumeClaim', name: 'original' } })],
    says: 'there is no PersistentVolumeClaim original',
    there: (here) => [claim('original', here)],
  },
  'the snapshot of a claim': {
    more: (here) => [
      claim('copy', here, { dataSource: { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 'yesterday' } }),
    ],
    says: 'there is no VolumeSnapshot yesterday',
    there: (here) => [object('snapshot.storage.k8s.io/v1', 'VolumeSnapshot', 'yesterday', here, { spec: {} })],
  },
  'the volume of a claim': {
    more: (here) => [claim('disk', here, { volumeName: `disk-${here}`, storageClassName: '' })],
    says: 'there is no PersistentVolume disk-HERE',
    there: (here) => [
      object('v1', 'PersistentVolume', `disk-${here}`, undefined, {
        spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/tmp' } },
      }),
    ],
  },
  'the Service of another namespace': {
    pod: () => value('http://kubernetes-api.default.svc:443/x'),
    says: 'there is no Service kubernetes-api in namespace default',
    there: () => [service('kubernetes-api', 'default')],
  },
  'the IngressClass': {
    more: (here) => [
      object('networking.k8s.io/v1', 'Ingress', 'fraud', here, {
        spec: { ingressClassName: `nginx-${here}`, defaultBackend: { service: { name: 'fraud', port: { number: 80 } } } },
      }),
    ],
    says: 'there is no IngressClass nginx-HERE',
    there: (here) => [
      object('networking.k8s.io/v1', 'IngressClass', `nginx-${here}`, undefined, { spec: { controller: 'a.test/b' } }),
    ],
  },
  'the TLS Secret of an Ingress': {
    more: (here) => [tls(here)],
    says: 'there is no Secret a-tls',
    there: (here) => [secret('a-tls', here, 'x')],
  },
  'the backend of an Ingress': {
    more: (here) => [
      object('networking.k8s.io/v1', 'Ingress', 'fraud', here, {
        spec: { defaultBackend: { service: { name: 'elsewhere', port: { number: 80 } } } },
      }),
    ],
    says: 'there is no Service elsewhere',
    warns: true,
    there: (here) => [service('elsewhere', here)],
  },
  'the GatewayClass': {
    more: (here) => [gateway(here)],
    says: 'there is no GatewayClass class-HERE',
    there: (here) => [gatewayClass(here)],
  },
  'the certificate of a Gateway': {
    more: (here) => [
      gateway(here, {
        spec: {
          gatewayClassName: `class-${here}`,
          listeners: [{ name: 'https', port: 443, protocol: 'HTTPS', tls: { certificateRefs: [{ name: 'site' }] } }],
        },
      }),
    ],
    before: (here) => [gatewayClass(here)],
    says: 'there is no Secret site',
    there: (here) => [secret('site', here, 'x')],
  },
  'the Gateway and the backend of an HTTPRoute': {
    more: (here) => [
      object('gateway.networking.k8s.io/v1', 'HTTPRoute', 'fraud', here, {
        spec: { parentRefs: [{ name: 'gate' }], rules: [{ backendRefs: [{ name: 'far', port: 80 }] }] },
      }),
    ],
    says: 'there is no Gateway gate in namespace HERE\nthere is no Service far in namespace HERE',
    there: (here) => [gatewayClass(here), gateway(here), service('far', here)],
  },
  'the TriggerAuthentication of a ScaledObject': {
    more: (here) => [scaled(here, { authenticationRef: { name: 'auth' } })],
    says: 'there is no TriggerAuthentication auth',
    there: (here) => [object('keda.sh/v1alpha1', 'TriggerAuthentication', 'auth', here, { spec: {} })],
  },
  'the target of a ScaledObject': {
    more: (here) => [scaled(here, {}, { name: 'other' })],
    says: 'there is no Deployment other',
    there: (here) => [
      object('apps/v1', 'Deployment', 'other', here, {
        spec: {
          replicas: 0,
          selector: { matchLabels: { app: 'o' } },
          template: { metadata: { labels: { app: 'o' } }, spec: { containers: [container] } },
        },
      }),
    ],
  },
  'the Secret of a TriggerAuthentication, with its key': {
    more: (here) => [
      object('keda.sh/v1alpha1', 'TriggerAuthentication', 'auth', here, {
        spec: { secretTargetRef: [{ parameter: 'password', name: 'queue', key: 'password' }] },
      }),
    ],
    before: (here) => [secret('queue', here, 'pass')],
    says: 'Secret queue in namespace HERE has no key password',
    there: (here) => [secret('queue', here, 'password')],
  },
  'the Secrets of a ServiceMonitor': {
    more: (here) => [
      object('monitoring.coreos.com/v1', 'ServiceMonitor', 'fraud', here, {
        spec: {
          selector: { matchLabels: { 'app.kubernetes.io/name': 'fraud' } },
          endpoints: [
            { port: 'http', basicAuth: { username: { name: 'scrape', key: 'user' }, password: { name: 'scrape', key: 'pw' } } },
          ],
        },
      }),
    ],
    before: (here) => [secret('scrape', here, 'user')],
    says: 'Secret scrape in namespace HERE has no key pw',
    warns: true,
    there: (here) => [secret('scrape', here, 'user', 'pw')],
  },
  'the store of an ExternalSecret': {
    more: (here) => [
      object('external-secrets.io/v1', 'ExternalSecret', 'token', here, {
        spec: { secretStoreRef: { name: `vault-${here}`, kind: 'ClusterSecretStore' }, data: [] },
      }),
    ],
    says: 'there is no ClusterSecretStore vault-HERE',
    there: (here) => [
      object('external-secrets.io/v1', 'ClusterSecretStore', `vault-${here}`, undefined, {
        spec: { provider: { fake: { data: [] } } },
      }),
    ],
  },
  'the issuer of a Certificate': {
    more: (here) => [
      object('cert-manager.io/v1', 'Certificate', 'site', here, { spec: { secretName: 'site', issuerRef: { name: 'ca' } } }),
    ],
    says: 'there is no Issuer ca',
    there: (here) => [object('cert-manager.io/v1', 'Issuer', 'ca', here, { spec: {} })],
  },
  'the role of a binding': {
    more: (here) => [
      object('rbac.authorization.k8s.io/v1', 'RoleBinding', 'fraud', here, {
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
        subjects: [{ kind: 'ServiceAccount', name: 'fraud' }],
      }),
    ],
    says: 'there is no Role reader',
    warns: true,
    there: (here) => [object('rbac.authorization.k8s.io/v1', 'Role', 'reader', here, { rules: [] })],
  },
  'the API of the metrics of an HPA': {
    more: (here) => [
      object('autoscaling/v2', 'HorizontalPodAutoscaler', 'fraud', here, {
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'fraud' },
          maxReplicas: 3,
          metrics: [{ type: 'External', external: { metric: { name: 'queue' }, target: { type: 'Value', value: '5' } } }],
        },
      }),
    ],
    says: 'there is no APIService v1beta1.external.metrics.k8s.io',
    warns: true,
    there: () => [
      object('apiregistration.k8s.io/v1', 'APIService', 'v1beta1.external.metrics.k8s.io', undefined, {
        spec: {
          group: 'external.metrics.k8s.io',
          version: 'v1beta1',
          groupPriorityMinimum: 100,
          versionPriority: 100,
          insecureSkipTLSVerify: true,
          service: { name: 'metrics', namespace: 'default' },
        },
      }),
    ],
  },
  'the Service of a webhook': {
    more: (here) => [
      object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', `hook-${here}`, undefined, {
        webhooks: [
          {
            name: 'a.b.test',
            clientConfig: { service: { name: 'judge', namespace: here } },
            rules: [{ apiGroups: ['never.test'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['things'] }],
            sideEffects: 'None',
            admissionReviewVersions: ['v1'],
          },
        ],
      }),
    ],
    says: 'there is no Service judge',
    there: (here) => [service('judge', here)],
  },
};

/** Folders whose Secrets an object of theirs creates: nothing is missing. */
const MADE: Readonly<Record<string, (here: Space) => { readonly pod?: object; readonly more?: readonly object[] }>> = {
  'a Certificate': (here) => ({
    more: [
      tls(here),
      object('cert-manager.io/v1', 'Certificate', 'c', here, {
        spec: { secretName: 'a-tls', issuerRef: { name: 'other', kind: 'AWSIssuer', group: 'awspca.test' } },
      }),
    ],
  }),
  'an annotation for cert-manager': (here) => {
    const ingress = tls(here);
    return { more: [{ ...ingress, metadata: { ...ingress.metadata, annotations: { 'cert-manager.io/issuer': 'ca' } } }] };
  },
  'an annotation of a Gateway': (here) => {
    const listeners = [{ name: 'https', port: 443, protocol: 'HTTPS', tls: { certificateRefs: [{ name: 'site' }] } }];
    const made = gateway(here, { spec: { gatewayClassName: 'made', listeners } });
    const annotations = { 'cert-manager.io/cluster-issuer': 'ca' };
    return {
      more: [
        object('gateway.networking.k8s.io/v1', 'GatewayClass', 'made', undefined, { spec: { controllerName: 'a.test/b' } }),
        { ...made, metadata: { ...made.metadata, annotations } },
      ],
    };
  },
  'an ExternalSecret': (here) => ({
    pod: env({ secretKeyRef: { name: 'token', key: 'key' } }),
    more: [
      object('external-secrets.io/v1', 'ExternalSecret', 'token', here, {
        spec: { dataFrom: [{ extract: { key: 'token' }, sourceRef: { storeRef: { name: 'vault' } } }] },
      }),
    ],
  }),
  'a SealedSecret': (here) => ({
    pod: env({ secretKeyRef: { name: 'token', key: 'key' } }),
    more: [object('bitnami.com/v1alpha1', 'SealedSecret', 'token', here, { spec: { encryptedData: { key: 'AgB' } } })],
  }),
  'a ServiceBinding': (here) => ({
    pod: volume({ secret: { secretName: 'binding' } }),
    more: [
      object('servicebinding.io/v1', 'ServiceBinding', 'db', here, {
        spec: { name: 'binding', workload: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'fraud' } },
      }),
    ],
  }),
  'the operator of a RayCluster': (here) => ({
    more: [
      object('ray.io/v1', 'RayCluster', 'llm', here, { spec: {} }),
      object('gateway.networking.k8s.io/v1', 'HTTPRoute', 'llm', here, {
        spec: { rules: [{ backendRefs: [{ name: 'llm-head-svc', port: 8265 }] }] },
      }),
    ],
  }),
  'nobody, because it is optional': () => ({
    pod: {
      containers: [
        {
          ...container,
          env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 'no', key: 'no', optional: true } } }],
          envFrom: [{ configMapRef: { name: 'no', optional: true } }],
        },
      ],
      volumes: [
        { name: 'a', secret: { secretName: 'no', optional: true } },
        { name: 'b', projected: { sources: [{ configMap: { name: 'no', optional: true } }] } },
      ],
    },
  }),
};

const CRDS = [
  ...['gatewayclasses', 'gateways', 'httproutes'].map((name) => `${name}.gateway.networking.k8s.io`),
  ...['scaledobjects', 'triggerauthentications'].map((name) => `${name}.keda.sh`),
  'servicemonitors.monitoring.coreos.com',
  ...['externalsecrets', 'clustersecretstores'].map((name) => `${name}.external-secrets.io`),
];

/** A kind with any content. */
const crd = (group: string, version: string, kind: string, plural: string) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${group}`, annotations: { 'api-approved.kubernetes.io': 'unapproved, for a test' } },
  spec: {
    group,
    scope: 'Namespaced',
    names: { kind, plural },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
});

describe.skipIf(!hasCluster)('what a plan refers to', () => {
  let cluster: ReleaseCluster;
  let count = 0;
  beforeAll(async () => {
    cluster = await releaseCluster();
  });
  afterAll(() => cluster?.down());

  const fresh = () => cluster.namespace(`refers-${++count}`);
  const make = (objects: readonly object[]) => cluster.kubectl('apply', '-f', folder(objects as readonly KubeObject[]));
  const planOf = async (namespace: string, { pod, more = [] }: { readonly pod?: object; readonly more?: readonly object[] }) => {
    const objects = stack({
      namespace,
      more: more as readonly KubeObject[],
      ...(pod === undefined ? {} : { pod: pod as Readonly<Record<string, unknown>> }),
    });
    const { problems, warnings = [] } = await plan(cluster.engine, folder(objects));
    return { problems: problems.map(text).join('\n'), warnings: warnings.map(text).join('\n') };
  };

  it.each([
    ['KEDA', (here: Space) => scaled(here)],
    ['the Prometheus Operator', (here: Space) => object('monitoring.coreos.com/v1', 'ServiceMonitor', 'x', here, { spec: {} })],
  ])('knows that the kinds of %s are not installed', async (_name, made) => {
    const namespace = await fresh();
    expect((await planOf(namespace, { more: [made(namespace)] })).problems).toContain('the cluster does not know this kind');
  });

  describe('with the kinds of controllers', () => {
    beforeAll(async () => {
      await cluster.kubectl('apply', '--server-side', ...CRDS.flatMap((name) => ['-f', join(SHARED, 'crds', `${name}.yaml`)]));
      await make([
        crd('cert-manager.io', 'v1', 'Certificate', 'certificates'),
        crd('cert-manager.io', 'v1', 'Issuer', 'issuers'),
        crd('bitnami.com', 'v1alpha1', 'SealedSecret', 'sealedsecrets'),
        crd('servicebinding.io', 'v1', 'ServiceBinding', 'servicebindings'),
        crd('ray.io', 'v1', 'RayCluster', 'rayclusters'),
        crd('snapshot.storage.k8s.io', 'v1', 'VolumeSnapshot', 'volumesnapshots'),
      ]);
      await cluster.kubectl('wait', 'crd', '--all', '--for=condition=Established', '--timeout=30s');
    });

    it.each(Object.entries(CASES))('%s: told when it is missing, and nothing when it is there', async (_name, one) => {
      const namespace = await fresh();
      const given = { ...(one.pod && { pod: one.pod(namespace) }), ...(one.more && { more: one.more(namespace) }) };
      if (one.before !== undefined) await make(one.before(namespace));
      const says = (typeof one.says === 'string' ? one.says : one.says(namespace)).replaceAll('HERE', namespace).split('\n');
      const missing = await planOf(namespace, given);
      for (const line of says) expect(one.warns === true ? missing.warnings : missing.problems).toContain(line);
      if (one.warns === true) expect(missing.problems).toBe('');
      await make(one.there(namespace));
      expect(await planOf(namespace, given)).toEqual({ problems: '', warnings: '' });
    });

    it.each(Object.entries(MADE))('%s makes what is missing', async (_name, given) => {
      const namespace = await fresh();
      const { problems, warnings } = await planOf(namespace, given(namespace));
      expect(`${problems}\n${warnings}`).not.toMatch(/there is no/);
    });
  });

  it('takes what a user may not read as unknown', async () => {
    const namespace = await fresh();
    await cluster.kubectl('-n', namespace, 'create', 'serviceaccount', 'ci');
    const rule = (apiGroup: string, ...resources: string[]) => ({ apiGroups: [apiGroup], resources, verbs: ['*'] });
    const rules = [
      rule('', 'configmaps', 'serviceaccounts', 'services', 'pods', 'events', 'secrets'),
      rule('apps', 'deployments', 'replicasets'),
      rule('coordination.k8s.io', 'leases'),
      rule('autoscaling', 'horizontalpodautoscalers'),
    ];
    await make([object('rbac.authorization.k8s.io/v1', 'Role', 'ci', namespace, { rules })]);
    await cluster.kubectl('-n', namespace, 'create', 'rolebinding', 'ci', '--role=ci', `--serviceaccount=${namespace}:ci`);
    const token = (await cluster.kubectl('-n', namespace, 'create', 'token', 'ci')).trim();
    const admin = loadConnection({ kubeconfig: cluster.kubeconfig });
    const api = await connect({ connection: { ...admin, auth: { token } } });
    const pod = {
      ...volume({ persistentVolumeClaim: { claimName: 'unseen' } }),
      containers: [{ ...container, env: [{ name: 'X', value: 'http://unseen.default.svc:80' }] }],
      runtimeClassName: 'unseen',
    };
    const { problems } = await plan({ api, host: systemHost() }, folder(stack({ namespace, pod })));
    await api.close();
    expect(problems.map(text)).toEqual([]);
    expect((await planOf(namespace, { pod })).problems.split('\n').length).toBeGreaterThanOrEqual(3);
  });

  it('knows what a claim cannot become, and what an earlier StatefulSet has left', async () => {
    const namespace = await fresh();
    const sized = (size: string, more: object = {}) =>
      claim('models', namespace, { resources: { requests: { storage: size } }, ...more });
    await make([storage(`fixed-${namespace}`), storage(`grows-${namespace}`, { allowVolumeExpansion: true })]);
    const bound = async (name: string, size: string, storageClassName: string) => {
      const spec = { capacity: { storage: size }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/tmp' }, storageClassName };
      await make([
        object('v1', 'PersistentVolume', `${name}-${namespace}`, undefined, {
          spec: { ...spec, claimRef: { name, namespace } },
        }),
        claim(name, namespace, { storageClassName, resources: { requests: { storage: size } } }),
      ]);
      await cluster.kubectl('wait', '-n', namespace, `pvc/${name}`, '--for=jsonpath={.status.phase}=Bound', '--timeout=20s');
    };
    await bound('models', '2Gi', `fixed-${namespace}`);
    const label = ['-n', namespace, 'label', '--overwrite', 'pvc', '--all', 'cdk8s-serving/release=fraud'];
    await cluster.kubectl(...label);
    const fixed = { storageClassName: `fixed-${namespace}` };
    const told = async (more: readonly object[]) => {
      const { problems, warnings = [] } = await plan(
        cluster.engine,
        folder(stack({ namespace, more: more as readonly KubeObject[] })),
        { adopt: true },
      );
      return { problems: problems.map(text).join('\n'), warnings: warnings.map(text).join('\n') };
    };
    expect((await told([sized('3Gi', fixed)])).problems).toMatch(/models.*must support resize/s);
    expect((await told([sized('1Gi', fixed)])).problems).toMatch(/models.*(forbidden|cannot be changed|less than)/is);
    expect((await told([sized('2Gi', { ...fixed, accessModes: ['ReadWriteMany'] })])).problems).toMatch(/models/);
    expect((await told([sized('2Gi', fixed)])).problems).toBe('');

    await bound('data-redis-0', '1Gi', `grows-${namespace}`);
    const redis = (size: string) =>
      object('apps/v1', 'StatefulSet', 'redis', namespace, {
        spec: {
          serviceName: 'fraud',
          replicas: 1,
          selector: { matchLabels: { app: 'redis' } },
          template: { metadata: { labels: { app: 'redis' } }, spec: { containers: [container] } },
          volumeClaimTemplates: [
            {
              metadata: { name: 'data' },
              spec: claimSpec({ storageClassName: `grows-${namespace}`, resources: { requests: { storage: size } } }),
            },
          ],
        },
      });
    expect((await told([sized('2Gi', fixed), redis('5Gi')])).warnings).toContain(
      'its pods mount the existing data-redis-0, smaller than its template requests',
    );
    expect((await told([sized('2Gi', fixed), redis('1Gi')])).warnings).toBe('');
  });
});
