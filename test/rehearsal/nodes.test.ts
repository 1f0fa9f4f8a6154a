import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../lib/kube/object';
import { nodesFor } from '../../lib/rehearsal/nodes';

const deployment = (spec: object, replicas = 1): KubeObject => ({
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } },
  spec: { replicas, template: { spec: { containers: [{ name: 'web', image: 'web:1' }], ...spec } } },
});
const requesting = (limits: object) => ({ containers: [{ name: 'web', image: 'web:1', resources: { limits } }] });

describe('nodesFor', () => {
  it('has nodes that a selector names, and one for each pod', () => {
    const named = nodesFor([deployment({ nodeSelector: { pool: 'gpu' } })]).filter(({ labels }) => labels?.pool === 'gpu');
    expect(named).toHaveLength(5);
    expect(nodesFor([deployment({}, 9)]).filter(({ gpus }) => gpus === undefined)).toHaveLength(11);
  });

  it('has nodes that a required affinity takes', () => {
    const matchExpressions = [
      { key: 'accelerator', operator: 'In', values: ['h100', 'h200'] },
      { key: 'fast', operator: 'Exists' },
    ];
    const terms = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] } };
    const [node] = nodesFor([deployment({ affinity: { nodeAffinity: terms } })]).filter(({ labels }) => labels?.fast === 'true');
    expect(node?.labels).toEqual({ accelerator: 'h100', fast: 'true' });
  });

  it('has devices of every kind that pods request, as many as the largest of them does', () => {
    const asks = [deployment(requesting({ 'amd.com/gpu': '2' })), deployment(requesting({ 'aws.amazon.com/neuron': 16 }))];
    const devices = nodesFor(asks).flatMap((node) => (node.devices === undefined ? [] : [JSON.stringify(node.devices)]));
    expect([...new Set(devices)]).toEqual(['{"amd.com/gpu":8}', '{"aws.amazon.com/neuron":16}']);
  });

  it('has nodes that are large enough for the largest pod', () => {
    const [node] = nodesFor([deployment(requesting({ cpu: '100', memory: '1Ti' }))]).filter(({ name }) => name === 'cpu-4');
    expect([node?.cpu, node?.memory]).toEqual(['200', '2048Gi']);
  });

  it.each([
    ['many pods', {}, 600, 12],
    ['much memory', requesting({ memory: '100Gi' }), 100, 39],
    ['many cores', requesting({ cpu: '30' }), 50, 46],
  ])('has room for all objects together during an update: %s', (_what, spec, count, expected) => {
    expect(
      nodesFor(Array.from({ length: count }, () => deployment(spec))).filter(({ name }) => name.startsWith('cpu-')).length,
    ).toBeGreaterThanOrEqual(expected);
  });
});
