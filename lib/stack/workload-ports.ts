import type { ServicePortFields } from '../kube/api-types';
import type { ExtraPort } from './workload-props';

/** The ports of a workload's Service: `http` first, then the named ones of the runtime, then those that the user adds. */
export function servicePorts(
  front: { readonly port: number; readonly target: number | string },
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
  // Proxies speak HTTP/1 to a port that does not say otherwise.
  const protocolOf = (name: string) => (name === 'grpc' ? { appProtocol: 'kubernetes.io/h2c' } : {});
  return [
    { name: 'http', port: front.port, targetPort: front.target, protocol: 'TCP' },
    ...[...named, ...added].map((one) => ({ ...one, targetPort: one.name, ...protocolOf(one.name) })),
  ];
}

/** The ports of a workload's container. */
export function containerPorts(numbers: Readonly<Record<string, number>>, extra: readonly ExtraPort[] = []) {
  return Object.entries(numbers).map(([name, containerPort]) => ({
    name,
    containerPort,
    protocol: extra.find((port) => port.name === name)?.protocol ?? 'TCP',
  }));
}
