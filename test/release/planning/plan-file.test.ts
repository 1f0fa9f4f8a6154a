import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../lib/client/errors';
import type { Engine } from '../../../lib/release';
import { applyPlanFile } from '../../../lib/release/apply-plan-file';
import type { Plan } from '../../../lib/release/model/plan';
import { type PlanFile, parsePlanFile, toPlanFile } from '../../../lib/release/planning/plan-file';
import { fakeApi } from '../fake-api';
import { gate, stack } from '../manifests';

const objects = stack({ namespace: 'n', release: 'r' });
const job = gate({ namespace: 'n' });
const planned: Plan = { release: 'r', namespace: 'n', digest: 'd', objects: [], gates: [], problems: [] };
const gates = [{ name: 'validate', phase: 'before' as const, job, thresholds: {}, support: [] }];
const desired = { release: 'r', namespace: 'n', objects, gates, sources: new Map() };
const read = (text: string) => parsePlanFile({ files: [{ file: 'plan.json', text }] });
const file = toPlanFile(planned, desired, {}, 'cluster-1');
const text = JSON.stringify(file);

/** How applying ends before anything but the cluster's identity was asked for. */
async function applied(plan: PlanFile, options: object = {}, cluster = 'cluster-1'): Promise<string> {
  const api = fakeApi({
    get: async ({ name }) => {
      if (name !== 'kube-system') throw new ApiError(418, { message: 'went on' }, 'x');
      return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, uid: cluster } };
    },
    list: async () => ({ items: [], resourceVersion: '' }),
  });
  const engine = { api, host: {} } as unknown as Engine;
  const { value } = await applyPlanFile(engine, plan, options).next();
  return JSON.stringify(value);
}

describe('a plan file', () => {
  it('is what was saved', () => {
    expect(read(text)).toEqual(file);
    expect(read('{"kind":"ConfigMap"}')).toBeUndefined();
  });

  it.each([
    ['truncated', text.slice(0, -40)],
    ['of another version', text.replace('"v":1', '"v":2')],
    ['another object', text.replace('registry.test/fraud:v1', 'registry.test/evil:v1')],
    ['another namespace', text.replaceAll('"namespace":"n"', '"namespace":"kube-system"')],
    [
      'a gate without thresholds',
      text.replace(/"cdk8s-serving\/thresholds":"(?:[^"\\]|\\.)*"/, '"cdk8s-serving/thresholds":"{}"'),
    ],
    ['no gate', JSON.stringify({ ...file, gates: [] })],
    ['other options', JSON.stringify({ ...file, options: { adopt: true, force: ['*'] } })],
    ['another cluster', text.replace('cluster-1', 'cluster-2')],
    ['null as an object', JSON.stringify({ ...file, objects: [null] })],
    ['numbers as steps', JSON.stringify({ ...file, steps: [1] })],
  ])('is refused when it was changed: %s', (_title, changed) => {
    expect(changed).not.toBe(text);
    expect(() => read(changed)).toThrow('PLAN_FILE');
  });

  it('goes on only on its cluster, for its release, with the options of the command', async () => {
    expect(await applied(file)).toContain('went on');
    expect(await applied(file, {}, 'cluster-2')).toContain('another cluster');
    expect(await applied(file, { namespace: 'other' })).toContain('another namespace');
    expect(await applied(file, { release: 'other' })).toContain('another release');
    expect(await applied(toPlanFile(planned, desired, { adopt: true }, 'cluster-1'))).toContain('another value of adopt');
    expect(await applied(file, { force: ['*'] })).toContain('another value of force');
  });
});
