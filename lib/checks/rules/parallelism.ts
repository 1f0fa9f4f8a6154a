import { at, fieldsAt, listAt } from '../../kube/fields';
import { type Container, itemsAt } from '../inventory/inventory';
import { type Found, type Rule, rule } from '../model/rule';

/** Flags of vLLM and SGLang that split one replica of a model over devices. */
const TENSOR = new Set(['--tensor-parallel-size', '-tp', '--tp-size', '--tp', '--num-shard']);
const PIPELINE = new Set(['--pipeline-parallel-size', '-pp', '--pp-size', '--pp']);
/** Other flags that use additional devices, or spread a replica over pods. */
const MORE = /^--(?:data-parallel|dp-size|dp$|nnodes|headless|distributed-executor-backend)/;
const GPU = /^(?:nvidia\.com|amd\.com|gpu\.intel\.com|habana\.ai)\//;

/** A server split over a different number of devices than its container has. */
export const devicesMismatch: Rule = rule(
  'DEVICES_MISMATCH',
  'error',
  'Make tensor times pipeline parallelism the number of devices of one copy.',
  (all) =>
    all.workloads.flatMap((workload) =>
      workload.containers.flatMap((container): readonly Found[] => {
        const split = splitOf(container);
        const devices = devicesOf(container);
        const { object, part } = workload;
        // In a group of nodes, the devices of all its pods count.
        const size = Number(at(object, 'spec', 'leaderWorkerTemplate', 'size') ?? 0);
        const grouped = part !== 'server' && !(size > 0 && split !== size * devices);
        if (split === undefined || devices === 0 || grouped || split === devices) return [];
        const path = `${container.path}.resources.limits`;
        const message = `the server is split over ${split} devices, and its container has ${devices}`;
        return [{ object, path, message, got: String(devices), expected: String(split) }];
      }),
    ),
);

/** A multi-device server that exchanges tensors through the default 64 MiB of shared memory. */
export const sharedMemoryRule: Rule = rule(
  'SHARED_MEMORY',
  'warning',
  'Mount an emptyDir with medium Memory at /dev/shm, with a sizeLimit.',
  (all) =>
    all.workloads.flatMap((workload) =>
      workload.containers.flatMap((container): readonly Found[] => {
        const { object, spec } = workload;
        const mounted = itemsAt(container.fields, 'volumeMounts').some(({ mountPath }) => mountPath === '/dev/shm');
        // KubeRay mounts one with the size of the memory request.
        if (mounted || spec.hostIPC === true || container.init || object.apiVersion.startsWith('ray.io/')) return [];
        const split = splitOf(container);
        const devices = Math.max(split ?? 1, devicesOf(container));
        // A server set to one device leaves the others to its other replicas.
        if (devices <= 1 || split === 1) return [];
        const message = `the server runs on ${devices} devices, and its processes share 64 MiB`;
        return [{ object, path: `${container.path}.volumeMounts`, message, expected: 'a mount at /dev/shm' }];
      }),
    ),
);

/** Number of devices per replica of the server; undefined if its flags do not set a number. */
function splitOf({ fields }: Container): number | undefined {
  const words = [...listAt(fields, 'command'), ...listAt(fields, 'args')].flatMap((word) => String(word).split(/[\s=]+/));
  if (words.some((word) => MORE.test(word))) return undefined;
  const value = (flags: ReadonlySet<string>) => {
    const index = words.findIndex((word) => flags.has(word));
    return index === -1 ? undefined : (words[index + 1] ?? '');
  };
  const [tensor, pipeline] = [value(TENSOR), value(PIPELINE)];
  const numbers = [tensor, pipeline].flatMap((text) => (text === undefined ? [] : [text]));
  if (tensor === undefined || numbers.some((text) => !/^[1-9]\d*$/.test(text))) return undefined;
  return numbers.reduce((product, text) => product * Number(text), 1);
}

function devicesOf({ fields }: Container): number {
  const limits = Object.entries(fieldsAt(fields, 'resources', 'limits')).filter(([name]) => GPU.test(name));
  return limits.reduce((sum, [, count]) => sum + Number(count), 0);
}
