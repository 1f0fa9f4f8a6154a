import { at, textAt } from '../../kube/fields';
import { displayName, type KubeObject } from '../../kube/object';
import { addressesOf, serviceOf } from '../inventory/addresses';
import { allows } from '../inventory/connections';
import { type Inventory, itemsAt, namespaceOf, type Workload } from '../inventory/inventory';
import { type Found, rule } from '../model/rule';
import { portsOf } from './service-port';

/** A policy that selects no pods. */
export const danglingPolicy = rule(
  'DANGLING_POLICY',
  'warning',
  'Select by labels that the pods have.',
  (all) =>
    all.ofKind('NetworkPolicy').flatMap((object): readonly Found[] => {
      const namespace = namespaceOf(object);
      const pods = all.selected(namespace, at(object, 'spec', 'podSelector'));
      if (pods.length > 0) return servicePorts(all, object, pods);
      if (all.hasCustom(namespace)) return [];
      return [{ object, path: 'spec.podSelector', message: 'the selector finds no pods' }];
    }),
  'kube-linter:dangling-networkpolicy kube-score:networkpolicy-targets-pod',
);

/** The port of a Service where policies want the port of the pod: they judge packets behind the Service. */
function servicePorts(all: Inventory, object: KubeObject, pods: readonly Workload[]): readonly Found[] {
  const declared = pods.map(portsOf);
  if (declared.some((ports) => ports.length === 0)) return [];
  const services = pods.flatMap((pod) => all.selecting('Service', pod)).flatMap((service) => itemsAt(service, 'spec', 'ports'));
  const known = (port: unknown) => declared.some((ports) => ports.includes(String(port)));
  return itemsAt(object, 'spec', 'ingress').flatMap((one, index) =>
    itemsAt(one, 'ports').flatMap(({ port, endPort }, inner): readonly Found[] => {
      if (port === undefined || endPort !== undefined || known(port)) return [];
      const led = services.find((service) => service.port === port && service.targetPort !== port && known(service.targetPort));
      const others = itemsAt(one, 'ports').some((other) => known(other.port));
      const where = { object, path: `spec.ingress[${index}].ports[${inner}].port`, got: port };
      // A second port may be one that the pods open without declaring it.
      if (others) return [];
      if (led === undefined)
        return [
          {
            ...where,
            message: 'its pods declare no such port',
            expected: [...new Set(declared.flat())].join(', '),
            severity: 'warning',
          },
        ];
      const message = 'this is the port of the Service, and policies see the port of the pod';
      return [{ ...where, message, expected: String(led.targetPort), severity: 'error' }];
    }),
  );
}

/** A connection that the environment needs and the policies forbid: every request times out. */
export const policyBlocks = rule(
  'POLICY_BLOCKS',
  'error',
  'Allow the connection on both sides, for the port of the pod.',
  (all) =>
    addressesOf(all).flatMap((address): readonly Found[] => {
      const { workload: caller, host, port, path } = address;
      const name = serviceOf(address);
      const service = name === undefined ? undefined : all.find('Service', name.namespace, name.name);
      if (service === undefined) return [];
      const used = itemsAt(service, 'spec', 'ports').filter((one) => port === undefined || at(one, 'port') === port);
      return all.backendsOf(service).flatMap((callee): readonly Found[] => {
        const targets = used.flatMap((one) =>
          podPorts(
            at(one, 'targetPort') ?? at(one, 'port'),
            callee.containers.map(({ fields }) => fields),
          ),
        );
        if (targets.length === 0) return [];
        const leaves = allows(all, 'egress', caller, callee, targets);
        if (leaves && allows(all, 'ingress', callee, caller, targets)) return [];
        const side = leaves ? `${displayName(callee.object)} lets no call in from` : `${displayName(caller.object)} may not call`;
        const message = leaves
          ? `the policies of ${side} ${displayName(caller.object)}`
          : `by its policies ${side} ${displayName(callee.object)}`;
        return [{ object: caller.object, path, message, got: `${host}, port ${targets.join(' or ')}` }];
      });
    }),
);

/** A port as policies may write it: its number, and its container's name for it. */
function podPorts(target: unknown, containers: readonly unknown[]): readonly (number | string)[] {
  const ports = containers.flatMap((container) => itemsAt(container, 'ports'));
  const port = ports.find((one) => one.name === target || one.containerPort === target);
  const found = [target, at(port, 'containerPort'), at(port, 'name')];
  return [...new Set(found)].filter((one) => typeof one === 'number' || typeof one === 'string');
}

/** Pods with restricted egress and no access to a name server: no host name resolves. */
export const policyWithoutDns = rule('POLICY_WITHOUT_DNS', 'error', 'Allow UDP and TCP port 53.', (all) => {
  const callers = new Set(addressesOf(all).flatMap((one) => (serviceOf(one) === undefined ? [] : one.workload)));
  return all.workloads.flatMap((workload): readonly Found[] => {
    const resolver = { ...workload, namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } };
    if (!callers.has(workload) || allows(all, 'egress', workload, resolver, [53, 'dns'])) return [];
    const message = 'it calls others by name, and its policies forbid to ask for their addresses';
    return [{ object: workload.object, message, got: textAt(workload.object, 'metadata', 'name') }];
  });
});

/** A Service or Deployment without a policy is open to every pod in the cluster. */
export const policyMissing = rule(
  'POLICY_MISSING',
  'warning',
  'Add a NetworkPolicy for its pods.',
  (all) =>
    all.workloads.flatMap((workload): readonly Found[] => {
      const covered = all.selecting('NetworkPolicy', workload).length > 0;
      return covered ? [] : [{ object: workload.object, message: 'no NetworkPolicy covers its pods' }];
    }),
  'kube-linter:non-isolated-pod kube-score:pod-networkpolicy polaris:missingNetworkPolicy',
);
