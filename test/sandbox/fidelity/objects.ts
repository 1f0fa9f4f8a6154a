import type { Obj } from '../../../lib/kube/fields';

/** URLs of collections in the sequence's namespace. */
export const URLS = {
  ConfigMap: '/api/v1/namespaces/NS/configmaps',
  Secret: '/api/v1/namespaces/NS/secrets',
  Service: '/api/v1/namespaces/NS/services',
  ServiceAccount: '/api/v1/namespaces/NS/serviceaccounts',
  PersistentVolumeClaim: '/api/v1/namespaces/NS/persistentvolumeclaims',
  ResourceQuota: '/api/v1/namespaces/NS/resourcequotas',
  Deployment: '/apis/apps/v1/namespaces/NS/deployments',
  ReplicaSet: '/apis/apps/v1/namespaces/NS/replicasets',
  StatefulSet: '/apis/apps/v1/namespaces/NS/statefulsets',
  DaemonSet: '/apis/apps/v1/namespaces/NS/daemonsets',
  Job: '/apis/batch/v1/namespaces/NS/jobs',
  CronJob: '/apis/batch/v1/namespaces/NS/cronjobs',
  PodDisruptionBudget: '/apis/policy/v1/namespaces/NS/poddisruptionbudgets',
  HorizontalPodAutoscaler: '/apis/autoscaling/v2/namespaces/NS/horizontalpodautoscalers',
  NetworkPolicy: '/apis/networking.k8s.io/v1/namespaces/NS/networkpolicies',
  Ingress: '/apis/networking.k8s.io/v1/namespaces/NS/ingresses',
  Role: '/apis/rbac.authorization.k8s.io/v1/namespaces/NS/roles',
  RoleBinding: '/apis/rbac.authorization.k8s.io/v1/namespaces/NS/rolebindings',
  Lease: '/apis/coordination.k8s.io/v1/namespaces/NS/leases',
} as const;

export type FidelityKind = keyof typeof URLS;

/** `apiVersion` of a kind, from its URL. */
export function apiVersionOf(kind: FidelityKind): string {
  const [, root, group, version] = URLS[kind].split('/');
  return root === 'api' ? 'v1' : `${group}/${version}`;
}

/** A complete object of a kind, called `x` unless named. */
export function object(kind: FidelityKind, spec: Obj = {}, name = 'x', metadata: Obj = {}): Obj {
  return { apiVersion: apiVersionOf(kind), kind, metadata: { name, ...metadata }, ...spec };
}

export const container = (more: Obj = {}): Obj => ({ name: 'c', image: 'web:1', ...more });

export const podSpec = (more: Obj = {}, containerMore: Obj = {}): Obj => ({ containers: [container(containerMore)], ...more });

/** A workload's spec. */
export const workload = (more: Obj = {}, pod: Obj = {}, containerMore: Obj = {}): Obj => ({
  spec: {
    selector: { matchLabels: { app: 'x' } },
    template: { metadata: { labels: { app: 'x' } }, spec: podSpec(pod, containerMore) },
    ...more,
  },
});

export const jobSpec = (more: Obj = {}, pod: Obj = {}, containerMore: Obj = {}): Obj => ({
  spec: { template: { spec: podSpec({ restartPolicy: 'Never', ...pod }, containerMore) }, ...more },
});

const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' };

/** A valid body for each kind. */
export const SAMPLES: Readonly<Record<FidelityKind, Obj>> = {
  ConfigMap: { data: { a: '1', b: '2' } },
  Secret: { stringData: { a: 'text' }, data: { b: 'Yg==' } },
  Service: { spec: { selector: { app: 'x' }, ports: [{ port: 80, targetPort: 'http', name: 'http' }] } },
  ServiceAccount: { automountServiceAccountToken: false },
  PersistentVolumeClaim: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1024Mi' } } } },
  ResourceQuota: { spec: { hard: { pods: '10', 'requests.cpu': '2000m' } } },
  Deployment: workload({ replicas: 2 }),
  ReplicaSet: workload({ replicas: 0 }),
  StatefulSet: workload({ serviceName: 'x', replicas: 1 }),
  DaemonSet: workload(),
  Job: jobSpec({ backoffLimit: 0 }),
  CronJob: { spec: { schedule: '0 0 * * *', suspend: true, jobTemplate: jobSpec() } },
  PodDisruptionBudget: { spec: { minAvailable: 1, selector: { matchLabels: { app: 'x' } } } },
  HorizontalPodAutoscaler: {
    spec: {
      scaleTargetRef: target,
      minReplicas: 1,
      maxReplicas: 3,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } }],
    },
  },
  NetworkPolicy: { spec: { podSelector: { matchLabels: { app: 'x' } }, ingress: [{ ports: [{ port: 80 }] }] } },
  Ingress: {
    spec: {
      rules: [
        {
          host: 'a.example',
          http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'x', port: { number: 80 } } } }] },
        },
      ],
    },
  },
  Role: { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] },
  RoleBinding: {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'x' },
    subjects: [{ kind: 'ServiceAccount', name: 'x', namespace: 'NS' }],
  },
  Lease: { spec: { holderIdentity: 'a', leaseDurationSeconds: 15, renewTime: '2026-01-01T00:00:00.000000Z' } },
};

export const KINDS_UNDER_TEST = Object.keys(SAMPLES).filter((kind): kind is FidelityKind => kind in URLS);
