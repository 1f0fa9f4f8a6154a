import { numberAt, type Obj, textOrEmpty } from '../../kube/fields';
import { type Cause, duplicate, forbiddenField, invalidValue, required, unsupported } from '../failure';
import { isObj, objAt, objsAt } from '../json';
import { containersCauses } from './container-rules';
import { labelCauses, labelNameCauses } from './metadata';
import { oneOf, selectorCauses } from './rules';

const POLICIES = ['Always', 'OnFailure', 'Never'];

/** Violations in the labels, annotations and spec of a pod template. */
export function templateCauses(template: Obj, path: string): Cause[] {
  return [
    ...labelCauses(`${path}.metadata.labels`, objAt(template, 'metadata', 'labels')),
    ...podSpecCauses(objAt(template, 'spec'), `${path}.spec`),
  ];
}

/** Violations in a pod spec. */
export function podSpecCauses(spec: Obj, path: string): Cause[] {
  const causes = volumesCauses(objsAt(spec, 'volumes'), `${path}.volumes`);
  const volumes = new Set(objsAt(spec, 'volumes').map((volume) => textOrEmpty(volume, 'name')));
  const names = new Set<string>();
  if (objsAt(spec, 'containers').length === 0) causes.push(required(`${path}.containers`));
  causes.push(...containersCauses(objsAt(spec, 'containers'), `${path}.containers`, volumes, names));
  causes.push(...containersCauses(objsAt(spec, 'initContainers'), `${path}.initContainers`, volumes, names));
  causes.push(...oneOf(spec, 'restartPolicy', path, POLICIES));
  causes.push(...oneOf(spec, 'dnsPolicy', path, ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']));
  causes.push(...labelCauses(`${path}.nodeSelector`, objAt(spec, 'nodeSelector')));
  for (const field of ['runAsUser', 'runAsGroup', 'fsGroup']) {
    const id = numberAt(spec, 'securityContext', field);
    if (id !== undefined && (id < 0 || id > 2_147_483_647)) {
      causes.push(invalidValue(`${path}.securityContext.${field}`, id, 'must be between 0 and 2147483647, inclusive'));
    }
  }
  causes.push(...affinityCauses(objAt(spec, 'affinity'), `${path}.affinity`));
  objsAt(spec, 'tolerations').forEach((toleration, i) => {
    const here = `${path}.tolerations[${i}]`;
    causes.push(...oneOf(toleration, 'operator', here, ['Equal', 'Exists']));
    causes.push(...oneOf(toleration, 'effect', here, ['NoSchedule', 'PreferNoSchedule', 'NoExecute']));
  });
  objsAt(spec, 'topologySpreadConstraints').forEach((constraint, i) => {
    const here = `${path}.topologySpreadConstraints[${i}]`;
    const skew = numberAt(constraint, 'maxSkew') ?? 0;
    if (skew <= 0) causes.push(invalidValue(`${here}.maxSkew`, skew, 'must be greater than zero'));
    if (textOrEmpty(constraint, 'topologyKey') === '') causes.push(required(`${here}.topologyKey`, 'can not be empty'));
    const action = textOrEmpty(constraint, 'whenUnsatisfiable');
    const allowed = ['DoNotSchedule', 'ScheduleAnyway'];
    if (!allowed.includes(action)) causes.push(unsupported(`${here}.whenUnsatisfiable`, action, allowed));
  });
  return causes;
}

/** In the order of the server's checks. */
const VOLUME_TYPES = [
  'emptyDir',
  'hostPath',
  'secret',
  'nfs',
  'persistentVolumeClaim',
  'downwardAPI',
  'configMap',
  'projected',
  'csi',
  'ephemeral',
  'image',
];

function volumesCauses(volumes: readonly Obj[], path: string): Cause[] {
  const names = new Set<string>();
  return volumes.flatMap((volume, i) => {
    const here = `${path}[${i}]`;
    const name = textOrEmpty(volume, 'name');
    const causes = labelNameCauses(`${here}.name`, name);
    if (names.has(name)) causes.push(duplicate(`${here}.name`, name));
    names.add(name);
    const missing = (source: string, field: string) => {
      if (isObj(volume[source]) && textOrEmpty(volume, source, field) === '') causes.push(required(`${here}.${source}.${field}`));
    };
    const types = VOLUME_TYPES.filter((type) => isObj(volume[type]));
    for (const type of types.slice(1)) causes.push(forbiddenField(`${here}.${type}`, 'may not specify more than 1 volume type'));
    missing('configMap', 'name');
    missing('secret', 'secretName');
    missing('persistentVolumeClaim', 'claimName');
    missing('hostPath', 'path');
    return causes;
  });
}

function affinityCauses(affinity: Obj, path: string): Cause[] {
  const causes: Cause[] = [];
  for (const kind of ['podAffinity', 'podAntiAffinity']) {
    const list = 'requiredDuringSchedulingIgnoredDuringExecution';
    objsAt(affinity, kind, list).forEach((term, i) => {
      const here = `${path}.${kind}.${list}[${i}]`;
      causes.push(...selectorCauses(term.labelSelector, `${here}.labelSelector`));
      if (textOrEmpty(term, 'topologyKey') !== '') return;
      causes.push(required(`${here}.topologyKey`, 'can not be empty'));
      for (const why of topologyKeyWhys) causes.push(invalidValue(`${here}.topologyKey`, '', why));
    });
  }
  return causes;
}

const topologyKeyWhys = [
  'name part must be non-empty',
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
];
