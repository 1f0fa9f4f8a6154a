import { numberAt, type Obj, textOrEmpty } from '../../kube/fields';
import { type Cause, duplicate, forbiddenField, invalidValue, required, unsupported } from '../failure';
import { isObj, objAt, objsAt, withAt } from '../json';
import { labelCauses } from './metadata';
import { podSpecCauses, templateCauses } from './pod-rules';
import { countOrPercent, notNegative, oneOf, PORT_RANGE, portNumberOrName, selectorCauses, workloadSelector } from './rules';

type Rule = (object: Obj) => Cause[];

const always = (spec: Obj): Cause[] => oneOf(objAt(spec, 'template', 'spec'), 'restartPolicy', 'spec.template.spec', ['Always']);

/** The API server's checks of a kind's fields, where modeled. */
export const KIND_RULES: Readonly<Record<string, Rule>> = {
  Pod: (o) => podSpecCauses(objAt(o, 'spec'), 'spec'),
  Deployment: (o) => {
    const spec = objAt(o, 'spec');
    return [
      ...notNegative(spec, 'spec', 'replicas'),
      ...workloadSelector(spec),
      ...templateCauses(objAt(spec, 'template'), 'spec.template'),
      ...always(spec),
      ...strategyCauses(objAt(spec, 'strategy')),
      ...notNegative(spec, 'spec', 'minReadySeconds', 'revisionHistoryLimit'),
      ...deadlineCauses(spec),
    ];
  },
  ReplicaSet: replicated,
  StatefulSet: (o) => {
    const strategy = objAt(o, 'spec', 'updateStrategy');
    const whole = withClaims(o);
    if (strategy.type === 'RollingUpdate' || !isObj(strategy.rollingUpdate)) return replicated(whole);
    const shown = {
      Partition: strategy.rollingUpdate.partition ?? 0,
      MaxUnavailable: strategy.rollingUpdate.maxUnavailable ?? null,
    };
    const why = "only allowed for updateStrategy 'RollingUpdate'";
    return [invalidValue('spec.updateStrategy.rollingUpdate', shown, why), ...replicated(whole)];
  },
  DaemonSet: replicated,
  Job: (o) => [...jobCauses(objAt(o, 'spec'), 'spec'), ...workloadSelector(objAt(o, 'spec'))],
  CronJob: (o) => [
    ...(textOrEmpty(o, 'spec', 'schedule') === '' ? [required('spec.schedule')] : []),
    ...oneOf(objAt(o, 'spec'), 'concurrencyPolicy', 'spec', ['Allow', 'Forbid', 'Replace']),
    ...jobCauses(objAt(o, 'spec', 'jobTemplate', 'spec'), 'spec.jobTemplate.spec'),
  ],
  Service: serviceCauses,
  PodDisruptionBudget: (o) => {
    const spec = objAt(o, 'spec');
    const both = spec.minAvailable !== undefined && spec.maxUnavailable !== undefined;
    const shown = {
      MinAvailable: spec.minAvailable,
      Selector: isObj(spec.selector) ? sortedLabels(spec.selector) : null,
      MaxUnavailable: spec.maxUnavailable,
      UnhealthyPodEvictionPolicy: null,
    };
    const clash = both ? [invalidValue('spec', shown, 'minAvailable and maxUnavailable cannot be both set')] : [];
    const each = ['minAvailable', 'maxUnavailable']
      .flatMap((field) => {
        const value = spec[field];
        const tooMuch = typeof value === 'string' && /^\d+%$/.test(value) && Number.parseInt(value, 10) > 100;
        const more = tooMuch ? [invalidValue(`spec.${field}`, value, 'must not be greater than 100%')] : [];
        return [...countOrPercent(value, `spec.${field}`), ...more];
      })
      .concat(selectorCauses(spec.selector, 'spec.selector'));
    return [...clash, ...each];
  },
  HorizontalPodAutoscaler: (o) => {
    const spec = objAt(o, 'spec');
    const [min, max] = [numberAt(spec, 'minReplicas') ?? 1, numberAt(spec, 'maxReplicas') ?? 0];
    const causes: Cause[] = [];
    if (min < 1) causes.push(invalidValue('spec.minReplicas', min, 'must be greater than or equal to 1'));
    if (max < 1) causes.push(invalidValue('spec.maxReplicas', max, 'must be greater than 0'));
    if (max < min) causes.push(invalidValue('spec.maxReplicas', max, 'must be greater than or equal to `minReplicas`'));
    const target = objAt(spec, 'scaleTargetRef');
    for (const field of ['kind', 'name'])
      if (textOrEmpty(target, field) === '') causes.push(required(`spec.scaleTargetRef.${field}`));
    if (textOrEmpty(target, 'apiVersion') === '')
      causes.push(invalidValue('spec.scaleTargetRef.apiVersion', '', 'apiVersion must specify API group'));
    if (min < 1)
      causes.push(
        forbiddenField('spec.metrics', 'must specify at least one Object or External metric to support scaling to zero replicas'),
      );
    return causes;
  },
};

/** As Go prints it: maps sorted by key. */
function sortedLabels(selector: Obj): Obj {
  const labels = Object.entries(objAt(selector, 'matchLabels')).sort(([a], [b]) => (a < b ? -1 : 1));
  return labels.length === 0 ? selector : { ...selector, matchLabels: Object.fromEntries(labels) };
}

function replicated(object: Obj): Cause[] {
  const spec = objAt(object, 'spec');
  return [
    ...notNegative(spec, 'spec', 'replicas', 'minReadySeconds'),
    ...workloadSelector(spec),
    ...templateCauses(objAt(spec, 'template'), 'spec.template'),
    ...always(spec),
  ];
}

function strategyCauses(strategy: Obj): Cause[] {
  const path = 'spec.strategy';
  if (strategy.type === 'Recreate') {
    if (!isObj(strategy.rollingUpdate)) return [];
    return [forbiddenField(`${path}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")];
  }
  if (strategy.type !== 'RollingUpdate') {
    const shown = JSON.stringify({ Type: strategy.type, RollingUpdate: null });
    return [
      {
        ...unsupported(path, '', ['Recreate', 'RollingUpdate']),
        message: `Unsupported value: ${shown}: supported values: "Recreate", "RollingUpdate"`,
      },
    ];
  }
  const { maxSurge, maxUnavailable } = objAt(strategy, 'rollingUpdate');
  const causes = [
    ...countOrPercent(maxUnavailable, `${path}.rollingUpdate.maxUnavailable`),
    ...countOrPercent(maxSurge, `${path}.rollingUpdate.maxSurge`),
  ];
  const zero = (value: unknown) => value === 0 || /^0+%$/.test(String(value));
  if (zero(maxSurge) && zero(maxUnavailable)) {
    causes.push(invalidValue(`${path}.rollingUpdate.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
  }
  return causes;
}

function deadlineCauses(spec: Obj): Cause[] {
  const deadline = numberAt(spec, 'progressDeadlineSeconds');
  const causes = notNegative(spec, 'spec', 'progressDeadlineSeconds');
  if (deadline !== undefined && deadline <= (numberAt(spec, 'minReadySeconds') ?? 0)) {
    causes.push(invalidValue('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds'));
  }
  return causes;
}

function jobCauses(spec: Obj, path: string): Cause[] {
  const causes = notNegative(
    spec,
    path,
    'parallelism',
    'completions',
    'activeDeadlineSeconds',
    'backoffLimit',
    'ttlSecondsAfterFinished',
  );
  causes.push(...oneOf(spec, 'completionMode', path, ['NonIndexed', 'Indexed']));
  objsAt(spec, 'podFailurePolicy', 'rules').forEach((rule, i) => {
    const here = `${path}.podFailurePolicy.rules[${i}]`;
    causes.push(...oneOf(rule, 'action', here, ['Count', 'FailIndex', 'FailJob', 'Ignore']));
    const codes = rule.onExitCodes;
    const conditions = objsAt(rule, 'onPodConditions');
    if (!isObj(codes) && conditions.length === 0) {
      const message = 'Invalid value: specifying one of OnExitCodes and OnPodConditions is required';
      causes.push({ reason: 'FieldValueInvalid', message, field: here });
    }
    if (isObj(codes) && (!Array.isArray(codes.values) || codes.values.length === 0)) {
      causes.push(invalidValue(`${here}.onExitCodes.values`, [], 'at least one value is required'));
    }
  });
  causes.push(...templateCauses(objAt(spec, 'template'), `${path}.template`));
  const policy = textOrEmpty(spec, 'template', 'spec', 'restartPolicy');
  const field = `${path}.template.spec.restartPolicy`;
  if (policy === 'Always') causes.push(required(field, 'valid values: "OnFailure", "Never"'));
  else if (isObj(spec.podFailurePolicy) && policy !== 'Never') {
    causes.push(invalidValue(field, policy, 'only "Never" is supported when podFailurePolicy is specified'));
  }
  return causes;
}

function serviceCauses(object: Obj): Cause[] {
  const spec = objAt(object, 'spec');
  const ports = objsAt(spec, 'ports');
  const causes: Cause[] = [];
  const type = textOrEmpty(spec, 'type');
  if (type === 'ExternalName') return textOrEmpty(spec, 'externalName') === '' ? [required('spec.externalName')] : [];
  if (ports.length === 0 && spec.clusterIP !== 'None') causes.push(required('spec.ports'));
  const taken = new Set<string>();
  const names = new Set<string>();
  ports.forEach((port, i) => {
    const here = `spec.ports[${i}]`;
    const name = textOrEmpty(port, 'name');
    if (ports.length > 1 && name === '') causes.push(required(`${here}.name`));
    if (name !== '' && names.has(name)) causes.push(duplicate(`${here}.name`, name));
    names.add(name);
    const number = numberAt(port, 'port') ?? 0;
    if (number < 1 || number > 65_535) causes.push(invalidValue(`${here}.port`, number, PORT_RANGE));
    causes.push(...oneOf(port, 'protocol', here, ['SCTP', 'TCP', 'UDP']));
    causes.push(...portNumberOrName(port.targetPort, `${here}.targetPort`));
    const key = `${number}/${textOrEmpty(port, 'protocol')}`;
    const shown = { Name: '', Protocol: port.protocol, AppProtocol: null, Port: number, TargetPort: 0, NodePort: 0 };
    if (taken.has(key)) causes.push(duplicate(here, shown));
    taken.add(key);
  });
  causes.push(...labelCauses('spec.selector', objAt(spec, 'selector')));
  causes.push(...oneOf(spec, 'sessionAffinity', 'spec', ['ClientIP', 'None']));
  causes.push(...oneOf(spec, 'type', 'spec', ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']));
  return causes;
}

/** A StatefulSet whose pods have the volumes that its claim templates will create. */
function withClaims(set: Obj): Obj {
  const claims = objsAt(set, 'spec', 'volumeClaimTemplates').map((claim): Obj => {
    const name = textOrEmpty(claim, 'metadata', 'name');
    return { name, persistentVolumeClaim: { claimName: name } };
  });
  if (claims.length === 0) return set;
  const volumes = objsAt(set, 'spec', 'template', 'spec', 'volumes');
  const named = new Set(claims.map((claim) => claim.name));
  // A PVC replaces a volume of the same name.
  const all = [...volumes.filter((volume) => !named.has(volume.name)), ...claims];
  return withAt(set, ['spec', 'template', 'spec', 'volumes'], all);
}
