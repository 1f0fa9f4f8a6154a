import { editDistance } from '../../errors/nearest';
import { fieldsAt, listAt, textAt } from '../../kube/fields';
import { migProfile } from '../../kube/forms';
import { itemsAt, type Workload } from '../inventory/inventory';
import { type Found, type Rule, rule } from '../model/rule';

/** Labels that the kubelet, cloud providers and device plugins give to nodes. */
const LABELS = [
  ...['kubernetes.io/hostname', 'kubernetes.io/arch', 'kubernetes.io/os', 'node.kubernetes.io/instance-type'],
  ...['topology.kubernetes.io/zone', 'topology.kubernetes.io/region', 'nvidia.com/gpu.product', 'nvidia.com/gpu.present'],
  ...[
    'cloud.google.com/gke-accelerator',
    'cloud.google.com/gke-nodepool',
    'eks.amazonaws.com/nodegroup',
    'karpenter.sh/capacity-type',
  ],
];
/** Devices by the names under which their plugins offer them. */
const DEVICES = [
  'nvidia.com/gpu',
  'amd.com/gpu',
  'habana.ai/gaudi',
  'gpu.intel.com/i915',
  'gpu.intel.com/xe',
  'google.com/tpu',
  'aws.amazon.com/neuron',
  'aws.amazon.com/neuroncore',
];
/** Values that the kubelet writes, by what people write instead. */
const VALUES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'kubernetes.io/arch': { x86_64: 'amd64', x64: 'amd64', AMD64: 'amd64', aarch64: 'arm64', armv8: 'arm64', ARM64: 'arm64' },
  'kubernetes.io/os': { Linux: 'linux', Windows: 'windows' },
};

/** What no node can have: a misspelled label or device, or two demands that exclude each other. */
export const schedulingImpossible: Rule = rule(
  'SCHEDULING_IMPOSSIBLE',
  'error',
  'Demand labels and devices that nodes have.',
  ({ workloads }) =>
    workloads.flatMap((workload) => [
      ...labelsOf(workload),
      ...devicesOf(workload),
      ...conflicts(workload),
      ...contradictions(workload),
    ]),
);

/** A name that is one or two letters away from one that exists. */
function almost(name: string, known: readonly string[]): string | undefined {
  return known.includes(name)
    ? undefined
    : known.find((one) => editDistance(name.toLowerCase(), one, 3) <= 2 && one[0] === name[0]);
}

function expressionsOf({ spec, path }: Pick<Workload, 'spec' | 'path'>) {
  const where = ['affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution'];
  return itemsAt(spec, ...where, 'nodeSelectorTerms').map((term, index) =>
    itemsAt(term, 'matchExpressions').map((one, inner) => ({
      key: String(one.key),
      operator: one.operator,
      values: listAt(one, 'values').map(String),
      path: `${path}.${where.join('.')}.nodeSelectorTerms[${index}].matchExpressions[${inner}]`,
    })),
  );
}

function labelsOf(workload: Workload): readonly Found[] {
  const { object, spec, path } = workload;
  const terms = ['podAffinity', 'podAntiAffinity'].flatMap((kind) => {
    const [hard, soft] = ['requiredDuringSchedulingIgnoredDuringExecution', 'preferredDuringSchedulingIgnoredDuringExecution'];
    return [
      ...itemsAt(spec, 'affinity', kind, hard).map((one, index) => [`affinity.${kind}.${hard}[${index}]`, one] as const),
      ...itemsAt(spec, 'affinity', kind, soft).map(
        (one, index) => [`affinity.${kind}.${soft}[${index}].podAffinityTerm`, fieldsAt(one, 'podAffinityTerm')] as const,
      ),
    ];
  });
  const spread = itemsAt(spec, 'topologySpreadConstraints').map(
    (one, index) => [`topologySpreadConstraints[${index}]`, one] as const,
  );
  const selected = Object.entries(fieldsAt(spec, 'nodeSelector')).map(
    ([key, value]) => [`${path}.nodeSelector.${key}`, key, [String(value)]] as const,
  );
  const expected = expressionsOf(workload)
    .flat()
    .map(({ key, values, path: place }) => [place, key, values] as const);
  const keys = [...terms, ...spread].map(
    ([place, one]) => [`${path}.${place}.topologyKey`, textAt(one, 'topologyKey') ?? '', []] as const,
  );
  return [...keys, ...selected, ...expected].flatMap(([place, key, values]): readonly Found[] => {
    const right = almost(key, LABELS);
    if (right !== undefined) return [{ object, path: place, message: 'no node has this label', got: key, nearest: right }];
    const value = values.find((one) => VALUES[key]?.[one] !== undefined);
    return value === undefined
      ? []
      : [{ object, path: place, message: 'no node has this value', got: value, expected: VALUES[key]?.[value] ?? '' }];
  });
}

function devicesOf({ object, containers }: Workload): readonly Found[] {
  return containers.flatMap(({ fields, path }) =>
    ['requests', 'limits'].flatMap((kind) =>
      Object.keys(fieldsAt(fields, 'resources', kind)).flatMap((name): readonly Found[] => {
        const profile = /^nvidia\.com\/mig-(?:\d+c\.)?(.*?)(?:[.+-](?:me|gfx)\b.*)?$/.exec(name)?.[1];
        if (profile !== undefined && !migProfile.fits(profile)) {
          const [message, expected] = ['no GPU has slices of this profile', migProfile.expected];
          return [{ object, path: `${path}.resources.${kind}`, message, got: name, expected }];
        }
        const nearest = profile === undefined ? almost(name, DEVICES) : undefined;
        return nearest === undefined
          ? []
          : [{ object, path: `${path}.resources.${kind}`, message: 'no node has this device', got: name, nearest }];
      }),
    ),
  );
}

/** A node selector that every term of the required affinity excludes. */
function conflicts(workload: Workload): readonly Found[] {
  const selector = fieldsAt(workload.spec, 'nodeSelector');
  const terms = expressionsOf(workload);
  const excluded = (term: (typeof terms)[number]) =>
    term.find(({ key, operator, values }) => {
      const value = selector[key];
      if (value === undefined) return false;
      return operator === 'In'
        ? !values.includes(String(value))
        : operator === 'NotIn'
          ? values.includes(String(value))
          : operator === 'DoesNotExist';
    });
  const [first] = terms.map(excluded);
  if (first === undefined || !terms.every((term) => excluded(term) !== undefined)) return [];
  const message = 'the node selector and the required node affinity exclude each other';
  return [
    {
      object: workload.object,
      path: first.path,
      message,
      got: `${first.key}=${selector[first.key]}`,
      expected: `${first.operator} ${first.values.join(', ')}`,
    },
  ];
}

type Expression = ReturnType<typeof expressionsOf>[number][number];

/** Expressions that exclude each other in every term, so that no node fits whatever its labels are. */
function contradictions({ object, spec, path }: Workload): readonly Found[] {
  const terms = expressionsOf({ spec, path });
  const pairs = terms.map((term) =>
    term.flatMap((one, index) =>
      term.slice(index + 1).flatMap((other) => (exclusive(one, other) ? [[one, other] as const] : [])),
    ),
  );
  const [first] = pairs[0] ?? [];
  if (first === undefined || pairs.some((found) => found.length === 0)) return [];
  const [one, other] = first;
  const message = 'two expressions of the required node affinity exclude each other';
  return [{ object, path: other.path, message, got: textOf(other), expected: `one that goes with ${textOf(one)}` }];
}

/** Whether no value of one label meets both expressions. */
function exclusive(a: Expression, b: Expression): boolean {
  if (a.key !== b.key) return false;
  return oneWay(a, b) || oneWay(b, a);
}

function oneWay(a: Expression, b: Expression): boolean {
  if (a.operator === 'DoesNotExist')
    return b.operator === 'In' || b.operator === 'Exists' || b.operator === 'Gt' || b.operator === 'Lt';
  if (a.operator === 'In' && b.operator === 'In') return !a.values.some((value) => b.values.includes(value));
  if (a.operator === 'In' && b.operator === 'NotIn') return a.values.every((value) => b.values.includes(value));
  return a.operator === 'Gt' && b.operator === 'Lt' && Number(b.values[0]) - Number(a.values[0]) <= 1;
}

const textOf = ({ key, operator, values }: Expression): string => [key, operator, values.join(', ')].join(' ').trim();
