import { at, type Obj, textOrEmpty } from '../../kube/fields';
import { isObj, objAt, objsAt } from '../json';
import type { KindSchema } from '../schema';
import { defaultPodSpec } from './pod-defaults';

type Defaulter = (object: Obj) => void;

/**
 * Defaults that depend on other fields; the unconditional ones are in the schema's data. They modify the object in place: it has
 * just been decoded and is not shared.
 */
const DEFAULTERS: Readonly<Record<string, Defaulter>> = {
  Deployment: (o) => {
    const strategy = objAt(o, 'spec', 'strategy');
    strategy.type ??= 'RollingUpdate';
    if (strategy.type === 'RollingUpdate') {
      const rolling = objAt(strategy, 'rollingUpdate');
      strategy.rollingUpdate = {
        ...rolling,
        maxUnavailable: rolling.maxUnavailable ?? '25%',
        maxSurge: rolling.maxSurge ?? '25%',
      };
    }
    defaultPodSpec(objAt(o, 'spec', 'template', 'spec'));
  },
  ReplicaSet: (o) => defaultPodSpec(objAt(o, 'spec', 'template', 'spec')),
  StatefulSet: (o) => {
    const strategy = objAt(o, 'spec', 'updateStrategy');
    if (strategy.type === 'RollingUpdate') strategy.rollingUpdate = { partition: 0, ...objAt(strategy, 'rollingUpdate') };
    defaultPodSpec(objAt(o, 'spec', 'template', 'spec'));
  },
  DaemonSet: (o) => {
    const strategy = objAt(o, 'spec', 'updateStrategy');
    if (strategy.type === 'RollingUpdate')
      strategy.rollingUpdate = { maxSurge: 0, maxUnavailable: 1, ...objAt(strategy, 'rollingUpdate') };
    defaultPodSpec(objAt(o, 'spec', 'template', 'spec'));
  },
  Job: (o) => {
    defaultJob(objAt(o, 'spec'));
    const labels = objAt(o, 'spec', 'template', 'metadata', 'labels');
    const metadata = objAt(o, 'metadata');
    if (Object.keys(objAt(metadata, 'labels')).length === 0 && Object.keys(labels).length > 0) metadata.labels = { ...labels };
    defaultPodSpec(objAt(o, 'spec', 'template', 'spec'));
  },
  CronJob: (o) => defaultPodSpec(objAt(o, 'spec', 'jobTemplate', 'spec', 'template', 'spec')),
  Pod: (o) => {
    const spec = objAt(o, 'spec');
    defaultPodSpec(spec);
    spec.enableServiceLinks ??= true;
    for (const container of [...objsAt(spec, 'initContainers'), ...objsAt(spec, 'containers')]) {
      const resources = objAt(container, 'resources');
      if (isObj(resources.limits)) resources.requests = { ...resources.limits, ...objAt(resources, 'requests') };
    }
  },
  Service: (o) => defaultService(objAt(o, 'spec')),
  Secret: (o) => {
    const texts = Object.entries(objAt(o, 'stringData'));
    delete o.stringData;
    if (texts.length === 0) return;
    const encoded = texts.map(([key, text]) => [key, Buffer.from(String(text)).toString('base64')]);
    o.data = { ...objAt(o, 'data'), ...Object.fromEntries(encoded) };
  },
  NetworkPolicy: (o) => {
    const spec = objAt(o, 'spec');
    if (Array.isArray(spec.policyTypes) && spec.policyTypes.length > 0) return;
    spec.policyTypes = objsAt(spec, 'egress').length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  },
  HorizontalPodAutoscaler: (o) => defaultAutoscaler(objAt(o, 'spec')),
  CustomResourceDefinition: (o) => {
    const spec = objAt(o, 'spec');
    spec.conversion ??= { strategy: 'None' };
    const names = objAt(spec, 'names');
    names.singular ??= textOrEmpty(names, 'kind').toLowerCase();
    names.listKind ??= `${textOrEmpty(names, 'kind')}List`;
  },
  RoleBinding: defaultBinding,
  ClusterRoleBinding: defaultBinding,
};

/** Sets the API server's conditional defaults. */
export function applyDefaults(kind: KindSchema, object: Obj): void {
  DEFAULTERS[kind.kind]?.(object);
}

function defaultJob(spec: Obj): void {
  if (spec.parallelism === undefined && spec.completions === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : 2_147_483_647;
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.manualSelector ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed';
  for (const rule of objsAt(spec, 'podFailurePolicy', 'rules')) {
    for (const pattern of objsAt(rule, 'onPodConditions')) pattern.status ??= 'True';
  }
}

function defaultService(spec: Obj): void {
  for (const port of objsAt(spec, 'ports')) {
    if (port.targetPort === undefined || port.targetPort === 0 || port.targetPort === '') port.targetPort = port.port;
  }
  const type = textOrEmpty(spec, 'type');
  if (type === 'NodePort' || type === 'LoadBalancer') spec.externalTrafficPolicy ??= 'Cluster';
  if (type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
  if (type !== 'ExternalName') spec.internalTrafficPolicy ??= 'Cluster';
  if (spec.sessionAffinity === 'ClientIP') spec.sessionAffinityConfig ??= { clientIP: { timeoutSeconds: 10_800 } };
}

function defaultAutoscaler(spec: Obj): void {
  if (!Array.isArray(spec.metrics) || spec.metrics.length === 0) {
    spec.metrics = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }];
  }
  if (!isObj(spec.behavior)) return;
  const percent: Obj = { type: 'Percent', value: 100, periodSeconds: 15 };
  const up = {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }, percent],
  };
  const down = { selectPolicy: 'Max', policies: [percent] };
  spec.behavior.scaleUp = { ...up, ...objAt(spec, 'behavior', 'scaleUp') };
  spec.behavior.scaleDown = { ...down, ...objAt(spec, 'behavior', 'scaleDown') };
}

function defaultBinding(object: Obj): void {
  const group = 'rbac.authorization.k8s.io';
  const roleRef = objAt(object, 'roleRef');
  if (textOrEmpty(roleRef, 'apiGroup') === '') roleRef.apiGroup = group;
  for (const subject of objsAt(object, 'subjects')) {
    if (at(subject, 'apiGroup') === undefined && subject.kind !== 'ServiceAccount') subject.apiGroup = group;
  }
}
