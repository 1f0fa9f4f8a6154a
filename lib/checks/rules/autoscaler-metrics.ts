import { nearestName } from '../../errors/nearest';
import { at, type Fields, fieldsAt, numberAt, textAt } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { type Inventory, itemsAt, namespaceOf, type Workload } from '../inventory/inventory';
import { type Found, type Rule, rule } from '../model/rule';

/** A resource that an autoscaler scales on, across all containers or for one. */
interface ResourceMetric {
  readonly resource: string;
  readonly container?: string | undefined;
  /** Whether it is relative to the containers' requests. */
  readonly utilization: boolean;
  readonly path: string;
}

/** Resources that a HorizontalPodAutoscaler or a KEDA ScaledObject measures. */
function resourceMetrics(object: KubeObject): readonly ResourceMetric[] {
  if (object.kind === 'ScaledObject')
    return itemsAt(object, 'spec', 'triggers').flatMap((trigger, index): readonly ResourceMetric[] => {
      const resource = textAt(trigger, 'type') ?? '';
      if (resource !== 'cpu' && resource !== 'memory') return [];
      const container = textAt(trigger, 'metadata', 'containerName');
      const type = textAt(trigger, 'metricType') ?? textAt(trigger, 'metadata', 'type');
      return [{ resource, container, utilization: type === 'Utilization', path: `spec.triggers[${index}].metadata` }];
    });
  return itemsAt(object, 'spec', 'metrics').flatMap((metric, index): readonly ResourceMetric[] => {
    const field = metric.type === 'ContainerResource' ? 'containerResource' : 'resource';
    const fields = fieldsAt(metric, field);
    const resource = textAt(fields, 'name');
    if (resource === undefined) return [];
    const container = textAt(fields, 'container');
    const utilization = textAt(fields, 'target', 'type') === 'Utilization';
    return [{ resource, container, utilization, path: `spec.metrics[${index}].${field}` }];
  });
}

/** Utilization is relative to the request: without one, the autoscaler has no value. */
export const autoscalerRequests: Rule = rule(
  'AUTOSCALER_WITHOUT_REQUESTS',
  'error',
  'Request the resource in every container.',
  (all) =>
    all.autoscalers.flatMap((object) => {
      const containers = all.scaledBy(object)?.containers.filter(({ init }) => !init) ?? [];
      return resourceMetrics(object).flatMap(({ resource, container, utilization, path }): readonly Found[] => {
        const measured = containers.filter(({ name }) => container === undefined || name === container);
        const first = measured.find(({ fields }) => {
          const { requests, limits } = fieldsAt(fields, 'resources');
          return (at(requests, resource) ?? at(limits, resource)) === undefined;
        });
        if (!utilization || first === undefined) return [];
        const message = `container ${first.name} requests no ${resource}, so utilization cannot be computed`;
        return [{ object, path, message, got: resource }];
      });
    }),
);

/** A metric that does not exist: the autoscaler does nothing, and only its conditions report it. */
export const autoscalerMetric: Rule = rule(
  'AUTOSCALER_METRIC',
  'error',
  'Name a metric, and a container, that there is.',
  (all) =>
    all.autoscalers.flatMap((object) => {
      const workload = all.scaledBy(object);
      return [
        ...resourceMetrics(object).flatMap((metric) => mistakesOf(object, workload, metric)),
        ...describedObjects(all, object),
        ...(object.kind === 'ScaledObject' ? [...ofScaledObject(object, workload), ...authentications(all, object)] : []),
      ];
    }),
);

function mistakesOf(object: KubeObject, workload: Workload | undefined, metric: ResourceMetric): readonly Found[] {
  const { resource, container, path } = metric;
  const names = workload?.containers
    .filter(({ init, fields }) => !init || fields.restartPolicy === 'Always')
    .map(({ name }) => name);
  const found: Found[] = [];
  // The metrics API has only these two resources.
  if (resource !== 'cpu' && resource !== 'memory')
    found.push({
      object,
      path: `${path}.name`,
      message: 'only cpu and memory usage are measured',
      got: resource,
      expected: 'cpu, memory',
    });
  if (container !== undefined && names !== undefined && !names.includes(container)) {
    const field = object.kind === 'ScaledObject' ? 'containerName' : 'container';
    const nearest = nearestName(container, names);
    const message = 'the pods have no such container';
    found.push({ object, path: `${path}.${field}`, message, got: container, expected: names.join(', '), nearest });
  }
  return found;
}

/** Metrics of missing objects, for kinds in the same directory. */
function describedObjects(all: Inventory, object: KubeObject): readonly Found[] {
  return itemsAt(object, 'spec', 'metrics').flatMap((metric, index): readonly Found[] => {
    const { kind, name } = fieldsAt(metric, 'object', 'describedObject');
    if ((kind !== 'Service' && kind !== 'Ingress') || typeof name !== 'string') return [];
    const there = all.namesOf(kind, namespaceOf(object));
    if (there.includes(name) || there.length === 0) return [];
    const path = `spec.metrics[${index}].object.describedObject`;
    return [{ object, path, message: 'there is no such object', got: `${kind}/${name}`, nearest: nearestName(name, there) }];
  });
}

/** Errors at which KEDA's admission or operator fails. @see https://keda.sh/docs/latest/reference/scaledobject-spec/ */
function ofScaledObject(object: KubeObject, workload: Workload | undefined): readonly Found[] {
  const triggers = itemsAt(object, 'spec', 'triggers');
  const [min, max] = [numberAt(object, 'spec', 'minReplicaCount') ?? 0, numberAt(object, 'spec', 'maxReplicaCount') ?? 100];
  const idle = numberAt(object, 'spec', 'idleReplicaCount');
  const found: Found[] = [];
  if (min > max)
    found.push({
      object,
      path: 'spec.minReplicaCount',
      message: 'the minimum is above the maximum',
      got: min,
      expected: `at most ${max}`,
    });
  if (idle !== undefined && idle >= min)
    found.push({
      object,
      path: 'spec.idleReplicaCount',
      message: 'it has to be below the minimum',
      got: idle,
      expected: `below ${min}`,
    });
  const resources = triggers.filter(({ type }) => type === 'cpu' || type === 'memory');
  if (min === 0 && triggers.length > 0 && resources.length === triggers.length) {
    const message = 'with zero pods there is no cpu or memory usage, so nothing would start the first one';
    found.push({ object, path: 'spec.minReplicaCount', message, got: min, expected: 'at least 1' });
  }
  const source = textAt(object, 'spec', 'scaleTargetRef', 'envSourceContainerName');
  const names = workload?.containers.filter(({ init }) => !init).map(({ name }) => name);
  if (source !== undefined && names !== undefined && !names.includes(source)) {
    const path = 'spec.scaleTargetRef.envSourceContainerName';
    const nearest = nearestName(source, names);
    found.push({ object, path, message: 'the pods have no such container', got: source, expected: names.join(', '), nearest });
  }
  const untyped = triggers.flatMap((trigger, index) =>
    Object.entries(fieldsAt(trigger, 'metadata')).flatMap(([key, got]): readonly Found[] =>
      typeof got === 'string'
        ? []
        : [
            {
              object,
              path: `spec.triggers[${index}].metadata.${key}`,
              message: 'KEDA takes text only',
              got,
              expected: JSON.stringify(String(got)),
            },
          ],
    ),
  );
  return [...found, ...untyped, ...variablesOf(object, workload)];
}

/** Triggers read credentials and addresses from variables of the pods, with `…FromEnv`. */
function variablesOf(object: KubeObject, workload: Workload | undefined): readonly Found[] {
  const source = textAt(object, 'spec', 'scaleTargetRef', 'envSourceContainerName');
  const main = workload?.containers.filter(({ init }) => !init);
  const container = main?.find(({ name }) => name === source) ?? main?.[0];
  if (container === undefined || itemsAt(container.fields, 'envFrom').length > 0) return [];
  const names = itemsAt(container.fields, 'env').flatMap((one) => textAt(one, 'name') ?? []);
  return itemsAt(object, 'spec', 'triggers').flatMap((trigger, index) =>
    Object.entries(fieldsAt(trigger, 'metadata')).flatMap(([key, value]: readonly [string, Fields[string]]): readonly Found[] => {
      if (!key.endsWith('FromEnv') || typeof value !== 'string' || names.includes(value)) return [];
      const path = `spec.triggers[${index}].metadata.${key}`;
      const message = `container ${container.name} has no such variable`;
      return [{ object, path, message, got: value, nearest: nearestName(value, names) }];
    }),
  );
}

/** References to trigger credentials with probable typos. */
function authentications(all: Inventory, object: KubeObject): readonly Found[] {
  return itemsAt(object, 'spec', 'triggers').flatMap((trigger, index): readonly Found[] => {
    const { name, kind = 'TriggerAuthentication' } = fieldsAt(trigger, 'authenticationRef');
    const there = all.namesOf('TriggerAuthentication', namespaceOf(object));
    if (kind !== 'TriggerAuthentication' || typeof name !== 'string' || there.length === 0 || there.includes(name)) return [];
    const path = `spec.triggers[${index}].authenticationRef.name`;
    return [{ object, path, message: 'there is no such TriggerAuthentication', got: name, nearest: nearestName(name, there) }];
  });
}
