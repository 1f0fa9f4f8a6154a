import type { ServicePortFields } from '../kube/api-types';
import type { ExtraPort } from './workload-props';

/** Ports of a workload's Service: `http` first, then the runtime's named ports, then the user's. */
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
  // Proxies assume HTTP/1 for ports without an `appProtocol`.
  const protocolOf = (name: string) => (name === 'grpc' ? { appProtocol: 'kubernetes.io/h2c' } : {});
  return [
    { name: 'http', port: front.port, targetPort: front.target, protocol: 'TCP' },
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
