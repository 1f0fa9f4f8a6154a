import { numberAt, type Obj, textOrEmpty } from '../../kube/fields';
import { canonicalQuantity, quantityValue } from '../../kube/quantity';
import { type Cause, duplicate, forbiddenField, invalidValue, required, unsupported } from '../failure';
import { isObj, objAt, objsAt, textsAt } from '../json';
import { labelNameCauses } from './metadata';
import { notNegative, oneOf, PORT_RANGE, portName, portNumberOrName } from './rules';

const notFoundValue = (field: string, value: string): Cause => ({
  reason: 'FieldValueNotFound',
  message: `Not found: ${JSON.stringify(value)}`,
  field,
});

/** Violations in the containers of a pod spec. */
export function containersCauses(
  containers: readonly Obj[],
  path: string,
  volumes: ReadonlySet<string>,
  names: Set<string>,
): Cause[] {
  return containers.flatMap((container, i) => {
    const here = `${path}[${i}]`;
    const name = textOrEmpty(container, 'name');
    const causes = labelNameCauses(`${here}.name`, name);
    if (names.has(name)) causes.push(duplicate(`${here}.name`, name));
    names.add(name);
    return [...causes, ...containerCauses(container, here, volumes)];
  });
}

function containerCauses(container: Obj, path: string, volumes: ReadonlySet<string>): Cause[] {
  const causes: Cause[] = [];
  const image = textOrEmpty(container, 'image');
  if (image === '') causes.push(required(`${path}.image`));
  else if (image !== image.trim())
    causes.push(invalidValue(`${path}.image`, image, 'must not have leading or trailing whitespace'));
  causes.push(...oneOf(container, 'terminationMessagePolicy', path, ['File', 'FallbackToLogsOnError']));
  causes.push(...portsCauses(objsAt(container, 'ports'), `${path}.ports`));
  objsAt(container, 'env').forEach((variable, i) => {
    const here = `${path}.env[${i}]`;
    if (textOrEmpty(variable, 'name') === '') causes.push(required(`${here}.name`));
    if (textOrEmpty(variable, 'value') !== '' && isObj(variable.valueFrom)) {
      causes.push(invalidValue(`${here}.valueFrom`, '', 'may not be specified when `value` is not empty'));
    }
  });
  const mountPaths = new Set<string>();
  objsAt(container, 'volumeMounts').forEach((mount, i) => {
    const here = `${path}.volumeMounts[${i}]`;
    const [name, mountPath] = [textOrEmpty(mount, 'name'), textOrEmpty(mount, 'mountPath')];
    if (name === '') causes.push(required(`${here}.name`));
    else if (!volumes.has(name)) causes.push(notFoundValue(`${here}.name`, name));
    if (mountPath === '') causes.push(required(`${here}.mountPath`));
    if (mountPaths.has(mountPath)) causes.push(invalidValue(`${here}.mountPath`, mountPath, 'must be unique'));
    mountPaths.add(mountPath);
  });
  causes.push(...oneOf(container, 'imagePullPolicy', path, ['Always', 'IfNotPresent', 'Never']));
  causes.push(...resourcesCauses(container, `${path}.resources`));
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    if (isObj(container[name])) causes.push(...probeCauses(objAt(container, name), `${path}.${name}`, name !== 'readinessProbe'));
  }
  return causes;
}

function portsCauses(ports: readonly Obj[], path: string): Cause[] {
  const names = new Set<string>();
  return ports.flatMap((port, i) => {
    const here = `${path}[${i}]`;
    const name = textOrEmpty(port, 'name');
    const causes = name === '' ? [] : portName(name, `${here}.name`);
    if (name !== '' && names.has(name)) causes.push(duplicate(`${here}.name`, name));
    names.add(name);
    const number = numberAt(port, 'containerPort') ?? 0;
    if (number === 0) causes.push(required(`${here}.containerPort`));
    else if (number < 1 || number > 65_535) causes.push(invalidValue(`${here}.containerPort`, number, PORT_RANGE));
    return [...causes, ...oneOf(port, 'protocol', here, ['SCTP', 'TCP', 'UDP'])];
  });
}

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc'];

function probeCauses(probe: Obj, path: string, once: boolean): Cause[] {
  const handlers = HANDLERS.filter((name) => isObj(probe[name]));
  const causes = handlers.slice(1).map((name) => forbiddenField(`${path}.${name}`, 'may not specify more than 1 handler type'));
  const [handler] = handlers;
  if (handler === undefined) causes.push(required(path, 'must specify a handler type'));
  else if (handler === 'exec') {
    const command = objAt(probe, 'exec').command;
    if (!Array.isArray(command) || command.length === 0) causes.push(required(`${path}.exec.command`));
  } else {
    causes.push(...portNumberOrName(objAt(probe, handler).port ?? 0, `${path}.${handler}.port`));
    if (handler === 'httpGet') {
      const scheme = textOrEmpty(probe, 'httpGet', 'scheme');
      if (!['HTTP', 'HTTPS'].includes(scheme)) causes.push(unsupported(`${path}.httpGet.scheme`, scheme, ['HTTP', 'HTTPS']));
    }
  }
  causes.push(
    ...notNegative(probe, path, 'initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'),
  );
  const success = numberAt(probe, 'successThreshold') ?? 1;
  if (once && success !== 1) causes.push(invalidValue(`${path}.successThreshold`, success, 'must be 1'));
  return causes;
}

const STANDARD = /^(cpu|memory|ephemeral-storage|hugepages-.+)$/;

function resourcesCauses(container: Obj, path: string): Cause[] {
  const limits = textsAt(container, 'resources', 'limits');
  const requests = textsAt(container, 'resources', 'requests');
  const causes: Cause[] = [];
  for (const [list, values] of [['limits', limits] as const, ['requests', requests] as const]) {
    for (const [name, value] of Object.entries(values)) {
      const here = `${path}.${list}[${name}]`;
      if (!STANDARD.test(name) && !name.includes('/')) {
        causes.push(invalidValue(here, name, 'must be a standard resource type or fully qualified'));
        causes.push(invalidValue(here, name, 'must be a standard resource for containers'));
      }
      if (quantityValue(value) < 0) causes.push(invalidValue(here, value, 'must be greater than or equal to 0'));
      if (name.includes('/') && !Number.isInteger(quantityValue(value)))
        causes.push(invalidValue(here, value, 'must be an integer'));
    }
  }
  for (const [name, value] of Object.entries(requests)) {
    const limit = limits[name];
    const whole = name.includes('/'); // cannot be overcommitted
    if (whole && limit === undefined)
      causes.push(required(`${path}.limits`, 'Limit must be set for non overcommitable resources'));
    if (whole && limit !== undefined && quantityValue(limit) !== quantityValue(value)) {
      causes.push(invalidValue(`${path}.requests`, value, `must be equal to ${name} limit of ${canonicalQuantity(limit)}`));
      continue;
    }
    if (limit === undefined || quantityValue(value) <= quantityValue(limit)) continue;
    causes.push(
      invalidValue(`${path}.requests`, value, `must be less than or equal to ${name} limit of ${canonicalQuantity(limit)}`),
    );
  }
  return causes;
}
