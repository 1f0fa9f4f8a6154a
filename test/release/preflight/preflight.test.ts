import { describe, expect, it } from 'vitest';
import type { Rollout } from '../../../lib/kube/rollout';
import { unfinishable } from '../../../lib/release/preflight/preflight';

const node = (name: string, more: { labels?: object; taints?: object[]; allocatable?: object } = {}) => ({
  metadata: { name, labels: { 'kubernetes.io/hostname': name, ...more.labels } },
  spec: { taints: more.taints ?? [] },
  status: { allocatable: { cpu: '8', memory: '32Gi', pods: '110', ...more.allocatable } },
});
const nodes = (count: number, more = {}) => Array.from({ length: count }, (_, i) => node(`n${i}`, more));
const labels = { app: 'fraud' };
const alone = {
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: labels } },
    ],
  },
};
const demand = (change: Partial<Rollout> = {}): Rollout => ({
  subject: 'Deployment/fraud',
  namespace: 'n',
  own: labels,
  labels,
  spec: {},
  requests: { cpu: 1 },
  limits: {},
  replicas: 3,
  extra: 1,
  surge: 1,
  ...change,
});
const running = (name: string, count: number, more: object = {}) =>
  Array.from({ length: count }, (_, i) => ({
    metadata: { name: `${name}-${i}`, namespace: 'n', labels },
    spec: { nodeName: `n${i}`, containers: [], ...more },
  }));

describe('required anti-affinity', () => {
  const spec = { affinity: alone };
  it('refuses the prod values of the fraud model’s chart on three nodes, and names the remedy', () => {
    const problem = unfinishable(demand({ spec }), nodes(3), running('old', 3));
    expect(problem).toMatchObject({
      code: 'ROLLOUT_INFEASIBLE',
      subject: 'Deployment/fraud',
      got: '1 pods at its worst moment (3 + 1 surge), room for 0',
    });
    expect(problem?.remedy).toContain('maxSurge: 0');
  });
  it.each([
    ['a fourth node', demand({ spec }), nodes(4)],
    ['maxUnavailable 1', demand({ spec, surge: 0, extra: 0 }), nodes(3)],
    [
      'matchLabelKeys, so that old and new pods do not see each other',
      demand({
        spec: {
          affinity: {
            podAntiAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: [
                {
                  topologyKey: 'kubernetes.io/hostname',
                  labelSelector: { matchLabels: labels },
                  matchLabelKeys: ['pod-template-hash'],
                },
              ],
            },
          },
        },
      }),
      nodes(3),
    ],
    [
      'anti-affinity with others only',
      demand({
        spec: {
          affinity: {
            podAntiAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: [
                { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'other' } } },
              ],
            },
          },
        },
      }),
      nodes(3),
    ],
  ])('accepts it with %s', (_title, wanted, there) => {
    expect(unfinishable(wanted, there, running('old', 3))).toBeUndefined();
  });
  it('counts nodes that pods of others keep it off, and cordoned ones', () => {
    const others = [
      { metadata: { name: 'x', namespace: 'n', labels: { app: 'fraud' } }, spec: { nodeName: 'n0', containers: [] } },
    ];
    const own = { own: { app: 'fraud', track: 'a' }, spec, surge: 0, extra: 3 };
    expect(unfinishable(demand(own), nodes(3), others)).toBeDefined();
    const cordoned = [...nodes(3), node('n3', { taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] })];
    expect(unfinishable(demand({ spec }), cordoned, running('old', 3))).toBeDefined();
  });
  it('counts domains, not nodes, when it spreads over zones', () => {
    const term = { topologyKey: 'zone', labelSelector: { matchLabels: labels } };
    const zonal = { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } };
    expect(unfinishable(demand({ spec: zonal }), nodes(9, { labels: { zone: 'a' } }), [])?.message).toContain('zone');
  });
});

describe('devices', () => {
  const gpu = { requests: { 'nvidia.com/gpu': 4 } };
  const eight = { allocatable: { 'nvidia.com/gpu': '8' } };
  const holding = (count: number) =>
    running('old', count, {
      containers: [{ resources: { limits: { 'nvidia.com/gpu': 4 } } }, { resources: { limits: { 'nvidia.com/gpu': 4 } } }],
    });
  it('refuses a surge for which no GPU is free', () => {
    const problem = unfinishable(demand(gpu), nodes(2, eight), holding(2));
    expect(problem).toMatchObject({
      code: 'ROLLOUT_INFEASIBLE',
      got: '1 pods at its worst moment (3 + 1 surge), room for 0',
      remedy: expect.stringContaining('maxSurge: 0'),
    });
  });
  it('accepts one for which there is', () => {
    expect(unfinishable(demand(gpu), nodes(2, eight), holding(1))).toBeUndefined();
  });
  it('does not add up what is free on different nodes', () => {
    const half = running('x', 2, { containers: [{ resources: { requests: { 'nvidia.com/gpu': 5 } } }] });
    expect(unfinishable(demand(gpu), nodes(2, eight), half)).toBeDefined();
  });
  it('leaves preemption to the scheduler', () => {
    expect(unfinishable(demand({ ...gpu, spec: { priorityClassName: 'high' } }), nodes(2, eight), holding(2))).toBeUndefined();
  });
});

describe('nodes that would take the pods', () => {
  it.each([
    ['node selector', { nodeSelector: { gpu: 'a100' } }],
    [
      'required node affinity',
      {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'gpu', operator: 'In', values: ['a100'] }] }],
            },
          },
        },
      },
    ],
  ])('are chosen by %s', (_title, spec) => {
    expect(unfinishable(demand({ spec }), nodes(3), [])?.message).toContain('no node would take');
    expect(unfinishable(demand({ spec }), nodes(1, { labels: { gpu: 'a100' } }), [])).toBeUndefined();
  });
  it('are tainted for all who do not tolerate it', () => {
    const tainted = nodes(3, { taints: [{ key: 'nvidia.com/gpu', value: 'yes', effect: 'NoSchedule' }] });
    expect(unfinishable(demand(), tainted, [])).toBeDefined();
    for (const toleration of [
      { key: 'nvidia.com/gpu', operator: 'Exists' },
      { key: 'nvidia.com/gpu', value: 'yes', effect: 'NoSchedule' },
      { operator: 'Exists' },
    ]) {
      expect(unfinishable(demand({ spec: { tolerations: [toleration] } }), tainted, [])).toBeUndefined();
    }
    expect(unfinishable(demand({ spec: { tolerations: [{ key: 'nvidia.com/gpu', value: 'no' }] } }), tainted, [])).toBeDefined();
    expect(unfinishable(demand(), nodes(3, { taints: [{ key: 'a', effect: 'PreferNoSchedule' }] }), [])).toBeUndefined();
  });
  it('have to be large enough', () => {
    expect(unfinishable(demand({ requests: { memory: 64 * 2 ** 30 } }), nodes(3), [])?.message).toContain(
      'requests more memory than any node has',
    );
  });
  it('matter to pods that are only replaced, and not to a rollout of none', () => {
    const moved = demand({ spec: { nodeSelector: { gpu: 'a100' } }, extra: 0, surge: 0 });
    expect(unfinishable(moved, nodes(3), running('old', 3))?.message).toContain('no node would take');
    expect(unfinishable({ ...moved, replicas: 0 }, nodes(3), [])).toBeUndefined();
  });
  it('have room in the end when the old pods have left it', () => {
    const gpu = (count: number) => ({ containers: [{ resources: { limits: { 'nvidia.com/gpu': count } } }] });
    const wanted = demand({ requests: { 'nvidia.com/gpu': 3 }, replicas: 2, extra: 0, surge: 0 });
    const two = nodes(2, { allocatable: { 'nvidia.com/gpu': '4' } });
    expect(unfinishable(wanted, two, running('old', 2, gpu(2)))).toBeUndefined();
    const others = running('x', 1, gpu(2)).map((pod) => ({ ...pod, metadata: { ...pod.metadata, labels: { app: 'x' } } }));
    expect(unfinishable(wanted, two, [...running('old', 2, gpu(2)), ...others])).toBeDefined();
  });
});
