import type { Problem } from '../errors/problem';
import { seconds } from '../kube/duration';
import { isPinnedImage, parseImage } from '../kube/image';
import { probedPort } from '../kube/probes';
import { parseQuantity } from '../kube/quantity';
import type { ContainerResources } from '../kube/resources';
import { frontContainers, frontProblems } from './front-proxy';
import { scalingMistakes } from './scaling';
import { serviceProblems } from './service';
import { allFiles, conflictingFiles, fileProblems } from './workload-files';
import type { WorkloadProps, WorkloadTraits } from './workload-props';

type Found = Omit<Problem, 'subject'>;

/** Problems in the props of a workload. */
export function workloadProblems(
  props: WorkloadProps,
  traits: WorkloadTraits,
  ports: Readonly<Record<string, number>>,
): readonly Found[] {
  const others = [...(props.sidecars ?? []), ...(props.initContainers ?? []), ...frontContainers(props.frontProxy)];
  return [
    ...scalingMistakes(props, seconds(props.startupTimeout ?? traits.startupTimeout ?? '5m')).map(
      ([path, got, expected]): Found => ({
        code: 'INVALID_VALUE',
        path,
        message: 'an impossible count',
        got,
        expected,
        remedy: 'Correct the number.',
      }),
    ),
    ...imageProblems('image', traits.image),
    ...others.flatMap(({ name, image }) => imageProblems(`sidecars.${name}.image`, image)),
    ...portProblems(props, traits, ports),
    ...accountProblems(props),
    ...topologyProblems(props, traits),
    ...frontProblems(props.frontProxy, traits, ports),
    ...serviceProblems(props.service, traits),
    ...fileProblems(allFiles(props) ?? {}),
    ...conflictingFiles(props),
    ...amountProblems('resources', props.resources),
    ...others.flatMap(({ name, resources }) => amountProblems(`sidecars.${name}.resources`, resources)),
  ];
}

/** Refuses an image without a version. */
export function imageProblems(path: string, image: string): readonly Found[] {
  if (isPinnedImage(image)) return [];
  return [
    {
      code: 'UNPINNED_IMAGE',
      path,
      message: parseImage(image).tag === 'latest' ? 'the tag latest names no version' : 'not an image with a version',
      got: image,
      expected: 'repository:tag with a digit in the tag, or repository@sha256:digest',
      remedy: 'Name the version that was tested.',
    },
  ];
}

/** Health check and metrics ports that the container does not have, and duplicate ports. */
function portProblems(props: WorkloadProps, traits: WorkloadTraits, ports: Readonly<Record<string, number>>): readonly Found[] {
  const { startup, ready, live } = { ...traits.health, ...props.health };
  const checks = [ready, live, ...(startup === undefined ? [] : [startup])];
  const asked = [
    ...checks.map((check) => ['health', probedPort(check)] as const),
    ...(traits.metrics === undefined ? [] : [['metrics', traits.metrics.port ?? 'http'] as const]),
    ...(traits.servicePorts ?? []).map((name) => ['runtime.servicePorts', name] as const),
  ];
  const missing = asked.flatMap(([path, name]): readonly Found[] => {
    if (name === undefined || ports[name] !== undefined) return [];
    return [
      {
        code: 'PROBE_PORT',
        path,
        message: 'the container has no port of that name',
        got: name,
        expected: Object.keys(ports).join(', '),
        remedy: 'Name a port of the runtime, or add it to its ports.',
      },
    ];
  });
  // A user's entry would replace the component's entry, or another user's entry, with the same name.
  const names = (props.ports ?? []).map(({ name }) => name);
  const named = names.flatMap((name, index): readonly Found[] => {
    if (traits.ports[name] === undefined && names.indexOf(name) === index) return [];
    return [
      {
        code: 'INVALID_VALUE',
        path: `ports[${index}].name`,
        message: 'another port of the container has this name',
        got: name,
        expected: 'a name that is free',
        remedy: 'Choose another one; the ports of a server are those of its runtime.',
      },
    ];
  });
  const numbers = Object.entries(ports);
  const twice = numbers.flatMap(([name, port], index): readonly Found[] => {
    const first = numbers.findIndex(([, other]) => other === port);
    if (first === index) return [];
    return [
      {
        code: 'INVALID_VALUE',
        path: `ports.${name}`,
        message: 'two ports of the container have one number',
        got: port,
        expected: `another number than that of ${numbers[first]?.[0]}`,
        remedy: 'Correct the number.',
      },
    ];
  });
  return [...missing, ...named, ...twice];
}

function accountProblems({ serviceAccount, serviceAccountAnnotations }: WorkloadProps): readonly Found[] {
  if (serviceAccount === undefined || serviceAccountAnnotations === undefined) return [];
  return [
    {
      code: 'INVALID_VALUE',
      path: 'serviceAccountAnnotations',
      message: 'the ServiceAccount is an existing one, and is not rendered',
      expected: 'annotations only of a ServiceAccount of its own',
      remedy: 'Annotate the existing ServiceAccount, or remove serviceAccount.',
    },
  ];
}

function topologyProblems({ placement }: WorkloadProps, { nodes = 1, group = false }: WorkloadTraits): readonly Found[] {
  const key = placement?.exclusiveTopology;
  if (key === undefined || nodes > 1 || group) return [];
  return [
    {
      code: 'INVALID_VALUE',
      path: 'placement.exclusiveTopology',
      message: 'there are no groups of nodes',
      got: key,
      expected: 'nothing, or nodes: 2 or more',
      remedy: "Remove it; spread: 'strict' keeps single pods on different nodes.",
    },
  ];
}

/** Requests above their limits: the API server would refuse the pods. */
function amountProblems(path: string, { requests, limits }: ContainerResources): readonly Found[] {
  return (['cpu', 'memory', 'ephemeralStorage'] as const).flatMap((name): readonly Found[] => {
    const [request, limit] = [requests[name], limits[name]];
    if (request === undefined || limit === undefined || (parseQuantity(request) ?? 0) <= (parseQuantity(limit) ?? 0)) return [];
    return [
      {
        code: 'INVALID_VALUE',
        path: `${path}.requests.${name}`,
        message: 'a request is above its limit',
        got: request,
        expected: `at most ${limit}`,
        remedy: 'Lower the request, or raise the limit.',
      },
    ];
  });
}
