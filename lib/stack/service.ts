import type { Problem } from '../errors/problem';
import type { ServicePortFields } from '../kube/api-types';
import type { Peer } from '../kube/network-policy';
import type { Exception } from './exceptions';
import type { ServiceOptions } from './service-options';
import type { ExtraPort, FrontProxy, WorkloadProps, WorkloadTraits } from './workload-props';

/** Renders a workload's Service. */
export function serviceManifest(
  name: string,
  port: number,
  selector: Readonly<Record<string, string>>,
  { service = {}, frontProxy, ports = [] }: WorkloadProps,
  { frontPort, servicePorts: names = [] }: WorkloadTraits,
  numbers: Readonly<Record<string, number>>,
) {
  const { type = 'ClusterIP', annotations, sourceRanges, reason: _declared, ...fields } = service;
  const { port: target = frontPort ?? 'http', protocol = 'http' } = frontProxy ?? {};
  return {
    ...(annotations === undefined ? {} : { metadata: { name, annotations } }),
    spec: {
      type,
      ...(sourceRanges === undefined ? {} : { loadBalancerSourceRanges: sourceRanges }),
      ...fields,
      selector,
      ports: servicePorts({ port, target, protocol }, names, numbers, ports),
    },
  };
}

/**
 * Who may connect to the pods from outside the cluster. The load balancer itself keeps other clients out; their addresses reach the
 * pods only with the policy `Local`.
 */
export function outsideClients({ type, externalTrafficPolicy, sourceRanges }: ServiceOptions = {}): readonly Peer[] {
  if (type !== 'LoadBalancer' && type !== 'NodePort') return [];
  if (externalTrafficPolicy !== 'Local' || sourceRanges === undefined) return [{ anywhere: true }];
  return sourceRanges.map((cidr) => ({ selector: { ipBlock: { cidr } } }));
}

/** Options without a Service, or without the load balancer that they are for. */
export function serviceProblems(
  options: ServiceOptions | undefined,
  { servicePort }: WorkloadTraits,
): readonly Omit<Problem, 'subject'>[] {
  if (options === undefined) return [];
  const { type = 'ClusterIP', externalTrafficPolicy, sourceRanges, loadBalancerClass } = options;
  const problem = (path: string, got: unknown, message: string, expected: string) => ({
    code: 'INVALID_VALUE' as const,
    path,
    message,
    got,
    expected,
    remedy: 'Remove it, or correct service.type.',
  });
  if (servicePort === undefined) return [problem('service', type, 'this component has no Service', 'nothing')];
  return [
    ...Object.entries({ sourceRanges, loadBalancerClass }).flatMap(([name, value]) =>
      value === undefined || type === 'LoadBalancer'
        ? []
        : [problem(`service.${name}`, value, 'there is no load balancer', "type: 'LoadBalancer'")],
    ),
    ...(externalTrafficPolicy !== undefined && type === 'ClusterIP'
      ? [
          problem(
            'service.externalTrafficPolicy',
            externalTrafficPolicy,
            'no client comes from outside',
            "another type than 'ClusterIP'",
          ),
        ]
      : []),
  ];
}

/** The declared exception of a Service that is open to the outside. */
export function serviceExceptions({ reason }: ServiceOptions = {}): readonly Exception[] {
  if (reason === undefined) return [];
  return [
    { tool: 'serving', check: 'exposed-service', kind: 'Service', reason },
    { tool: 'kube-score', check: 'service-type', kind: 'Service', reason },
  ];
}

/** URL of a Service; the default port of the protocol is left out. */
export function serviceUrl(host: string, port: number, protocol: FrontProxy['protocol'] = 'http'): string {
  return `${protocol}://${host}${port === (protocol === 'https' ? 443 : 80) ? '' : `:${port}`}`;
}

/** Ports of a workload's Service: `http` first, then the runtime's named ports, then the user's. */
function servicePorts(
  front: { readonly port: number; readonly target: number | string; readonly protocol: 'http' | 'https' },
  names: readonly string[],
  numbers: Readonly<Record<string, number>>,
  extra: readonly ExtraPort[],
): readonly ServicePortFields[] {
  const named = names.flatMap((name) => {
    const number = numbers[name];
    return number === undefined ? [] : [{ name, port: number, protocol: 'TCP' }];
  });
  const added = extra.flatMap(({ name, port: number, protocol = 'TCP', service = false }) =>
    service ? [{ name, port: number, protocol }] : [],
  );
  // Proxies assume HTTP/1 for ports without an `appProtocol`.
  const protocolOf = (name: string) => (name === 'grpc' ? { appProtocol: 'kubernetes.io/h2c' } : {});
  return [
    {
      name: front.protocol,
      port: front.port,
      targetPort: front.target,
      protocol: 'TCP',
      ...(front.protocol === 'https' ? { appProtocol: 'https' } : {}),
    },
    ...[...named, ...added].map((one) => ({ ...one, targetPort: one.name, ...protocolOf(one.name) })),
  ];
}

/** Ports of a workload's container. */
export function containerPorts(numbers: Readonly<Record<string, number>>, extra: readonly ExtraPort[] = []) {
  return Object.entries(numbers).map(([name, containerPort]) => ({
    name,
    containerPort,
    protocol: extra.find((port) => port.name === name)?.protocol ?? 'TCP',
  }));
}
