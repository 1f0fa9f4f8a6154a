import { expect, it } from 'vitest';
import type { KubeObject } from '../../../lib/kube/object';
import type { Gate } from '../../../lib/manifests/gates';
import { apply } from '../../../lib/release';
import { candidateFor } from '../../../lib/release/gate/candidate';
import { candidateDevices } from '../../../lib/release/gate/candidate-workload';
import type { Plan, PlanAction } from '../../../lib/release/model/plan';
import { planView } from '../../../lib/report/plan-view';
import { asFiles, rehearsal } from '../../../lib/testing';
import { gate, report, stack } from '../manifests';

const pod = {
  serviceAccountName: 'fraud',
  volumes: [
    { name: 'v', configMap: { name: 'fraud' } },
    { name: 's', secret: { secretName: 'stays' } },
  ],
};
const planned = (action: PlanAction): Plan => {
  const manifests = stack({ namespace: 'n', pod });
  const objects = manifests.map((manifest) => ({ key: manifest.kind, action, manifest, changes: [], conflicts: [] }));
  return { release: 'fraud', namespace: 'n', digest: 'd', gates: [], problems: [], objects };
};
const candidateGate = (validates?: string): Gate => {
  const job = gate({ namespace: 'n', phase: 'candidate' });
  return {
    name: 'validate',
    phase: 'candidate',
    job,
    thresholds: {},
    support: [],
    ...(validates === undefined ? {} : { validates }),
  };
};
const podOf = (objects: readonly KubeObject[]) => objects.find(({ kind }) => kind === 'Pod');

it('makes one pod of the new template that no Service or workload finds', () => {
  const { objects } = candidateFor(candidateGate('Deployment/fraud'), planned('unchanged'), 'abcdefgh');
  expect(objects).toHaveLength(1);
  expect(podOf(objects)?.metadata).toMatchObject({ name: 'fraud-candidate-cdefgh', namespace: 'n' });
  expect(podOf(objects)?.metadata.labels).toEqual({ 'cdk8s-serving/run': 'abcdefgh' });
  expect(podOf(objects)?.spec).toMatchObject({ serviceAccountName: 'fraud', containers: [{ image: 'registry.test/fraud:v1' }] });
});

it('gives it copies of what is new with this release, and nothing of the stack', () => {
  const { objects } = candidateFor(candidateGate(), planned('create'), 'abcdefgh');
  expect(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort()).toEqual([
    'ConfigMap/fraud-candidate-cdefgh',
    'Pod/fraud-candidate-cdefgh',
    'ServiceAccount/fraud-candidate-cdefgh',
  ]);
  expect(podOf(objects)?.spec).toMatchObject({
    serviceAccountName: 'fraud-candidate-cdefgh',
    volumes: [{ configMap: { name: 'fraud-candidate-cdefgh' } }, { secret: { secretName: 'stays' } }],
  });
  for (const { metadata } of objects) expect(metadata.labels).not.toHaveProperty('cdk8s-serving/release');
});

it('says which devices it needs beside those of the old version', () => {
  const containers = [{ name: 'llm', image: 'x:1', resources: { limits: { 'nvidia.com/gpu': '2', memory: '1Gi' } } }];
  const objects = planned('create').objects.map((object) => {
    const { manifest } = object;
    if (manifest?.kind !== 'Deployment') return object;
    return { ...object, manifest: { ...manifest, spec: { template: { spec: { containers } } } } };
  });
  expect(candidateDevices(candidateGate(), objects)).toEqual([['nvidia.com/gpu', 2]]);
  expect(candidateDevices({ ...candidateGate(), phase: 'after' }, objects)).toEqual([]);
  expect(candidateDevices(candidateGate(), planned('create').objects)).toEqual([]);
  const { gates } = planView({ ...planned('create'), objects, gates: [candidateGate()] });
  expect(gates.map(({ needs }) => needs)).toEqual([['needs 2 spare nvidia.com/gpu']]);
});

it('makes nothing for other gates, and refuses one whose workload is not there', () => {
  expect(candidateFor({ ...candidateGate(), phase: 'before' }, planned('create'), 'x').objects).toEqual([]);
  expect(() => candidateFor(candidateGate('Deployment/other'), planned('create'), 'x')).toThrow('GATE_INVALID');
});

/** A release whose candidate behaves like that. */
async function released(sim: Readonly<Record<string, string>>, options: Parameters<typeof apply>[2] = {}) {
  const objects = [...stack({ namespace: 'n', sim }), gate({ namespace: 'n', phase: 'candidate', report: report(0.95) })];
  const here = rehearsal({ read: () => asFiles(objects) });
  const { result, events } = await here.runRelease(apply(here.engine(), 'x', { createNamespace: true, ...options }));
  return { result, events, gates: result.revision?.gates ?? [] };
}

it('keeps why a candidate does not start, with the last that it logged', async () => {
  const { result, gates } = await released({ outcome: 'crash' });
  expect([result.outcome, result.problems.map(({ message }) => message)]).toEqual(['rejected', [expect.anything()]]);
  expect(gates).toMatchObject([
    { passed: false, reason: expect.stringMatching(/^the candidate does not start: CrashLoop: .*exit code 1$/) },
  ]);
  expect(gates[0]?.logs).toEqual(['starting', 'loading model', 'ready']);
});

it('gives up a candidate that is not ready when the whole release has to be', async () => {
  const { result, gates } = await released({ outcome: 'unready' }, { timeoutMs: 60_000 });
  expect([result.outcome, result.problems.map(({ message }) => message)]).toEqual(['rejected', [expect.anything()]]);
  expect(gates).toMatchObject([{ reason: 'the candidate was not ready in time' }]);
});
