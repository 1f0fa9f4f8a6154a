import type { Problem } from '../errors/problem';
import type { FrontProxy, InitContainer, WorkloadTraits } from './workload-props';

/** The container of a proxy in front of the server: a native sidecar, which runs from before the server's start until after its end. */
export function frontContainers(proxy: FrontProxy | undefined): readonly InitContainer[] {
  if (proxy === undefined) return [];
  const { port, protocol = 'http', ...container } = proxy;
  return [
    { ...container, restartPolicy: 'Always', ports: [{ name: `front-${protocol}`, containerPort: port, protocol: 'TCP' }] },
  ];
}

/** A proxy on a port of the server, or in front of nothing. */
export function frontProblems(
  proxy: FrontProxy | undefined,
  { frontPort, servicePort }: WorkloadTraits,
  ports: Readonly<Record<string, number>>,
): readonly Omit<Problem, 'subject'>[] {
  if (proxy === undefined) return [];
  const taken = Object.entries(ports).find(([, port]) => port === proxy.port);
  const problem = { code: 'INVALID_VALUE' as const, path: 'frontProxy', got: proxy.port };
  if (servicePort === undefined || frontPort !== undefined)
    return [
      {
        ...problem,
        message: servicePort === undefined ? 'no client calls this component' : 'another proxy is in front of the server',
        expected: 'no frontProxy',
        remedy: 'Remove it.',
      },
    ];
  if (taken === undefined) return [];
  return [
    {
      ...problem,
      path: 'frontProxy.port',
      message: `the server listens on this port, ${taken[0]}`,
      expected: 'a port that is free in the pod',
      remedy: 'Give the proxy another port.',
    },
  ];
}
