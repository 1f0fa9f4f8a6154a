import { describe, expect, it } from 'vitest';
import { canariesOf } from '../../../lib/canary/plan';
import { percentOf } from '../../../lib/canary/route';
import { named } from '../../../lib/kube/address';
import { CANARY_COMMAND_ANNOTATION } from '../../../lib/kube/contract';
import { fieldsAt, listAt, numberAt, textAt } from '../../../lib/kube/fields';
import { keyOf } from '../../../lib/kube/object';
import { openDefinition } from '../../../lib/rehearsal/traffic';
import { rollback } from '../../../lib/release';
import { needsOf } from '../../../lib/release/preflight/permissions';
import { NAMESPACE, route, type Script, stage, withStrategy } from './harness';

const CANARY = { type: 'canary', steps: [10, 50, 100], hold: '60s' };
const MEASURE = {
  prometheus: 'http://prometheus.monitoring:9090',
  requests: 'sum(increase(requests{$pods}[$window]))',
  checks: [{ name: 'errors', bad: 'sum(increase(failed{$pods}[$window]))', max: 0.02, maxRatio: 1.5 }],
};
const errors =
  (rate: number, requests = 1000): Script =>
  (query, side) =>
    query.includes('failed{') ? (side === 'candidate' ? rate * requests : 1) : requests;

const images = (object: unknown) => listAt(object, 'spec', 'template', 'spec', 'containers').map((one) => textAt(one, 'image'));
const names = (objects: readonly { readonly metadata: { readonly name: string } }[]) =>
  objects.map(({ metadata }) => metadata.name).sort();

describe('a canary behind a route', () => {
  it('shifts weight step by step, then the stable version is the new one and nothing is left', async () => {
    const there = await stage();
    await there.start(withStrategy(CANARY, 'v1', [route()]));
    const seen: number[] = [];
    const { result } = await there.release(withStrategy(CANARY, 'v2', [route()]), {}, (event) => {
      if (event.type !== 'canary-step') return;
      const [live] = there.objects('HTTPRoute');
      const refs = listAt(live, 'spec', 'rules').flatMap((rule) => listAt(rule, 'backendRefs'));
      expect(refs.reduce<number>((sum, ref) => sum + (numberAt(ref, 'weight') ?? 0), 0)).toBe(100);
      seen.push(
        live === undefined
          ? -1
          : percentOf(
              live,
              refs.map((ref) => textAt(ref, 'name') ?? '').filter((name) => name !== 'fraud'),
            ),
      );
      const candidate = there.objects('Deployment').find(({ metadata }) => metadata.name !== 'fraud');
      expect(images(candidate)).toEqual(['registry.test/fraud:v2']);
      expect(images(there.objects('Deployment').find(({ metadata }) => metadata.name === 'fraud'))).toEqual([
        'registry.test/fraud:v1',
      ]);
      expect(fieldsAt(candidate, 'spec').replicas).toBe([1, 2, 4][seen.length - 1]);
    });
    expect(result.outcome).toBe('succeeded');
    expect(seen).toEqual([10, 50, 100]);
    expect(names(there.objects('Deployment'))).toEqual(['fraud']);
    expect(names(there.objects('Service'))).toEqual(['fraud']);
    expect(names(there.objects('ConfigMap')).filter((name) => name.includes('canary'))).toEqual([]);
    expect(images(there.objects('Deployment')[0])).toEqual(['registry.test/fraud:v2']);
    expect(listAt(there.objects('HTTPRoute')[0], 'spec', 'rules')).toEqual(listAt(route(), 'spec', 'rules'));
    expect(result.revision?.canary?.map(({ percent, verdict }) => [percent, verdict])).toEqual([
      [10, 'passed'],
      [50, 'passed'],
      [100, 'passed'],
    ]);
    const again = await there.release(withStrategy(CANARY, 'v2', [route()]));
    expect(again.result.outcome).toBe('unchanged');
  });

  it.each([
    ['autoscaling/v2', 'HorizontalPodAutoscaler', ['spec']],
    ['keda.sh/v1alpha1', 'ScaledObject', ['spec', 'advanced', 'horizontalPodAutoscalerConfig']],
  ])('takes no pods from the stable version by %s %s meanwhile', async (apiVersion, kind, path) => {
    const there = await stage();
    const bounds = kind === 'ScaledObject' ? ['minReplicaCount', 'maxReplicaCount'] : ['minReplicas', 'maxReplicas'];
    const scaler = {
      apiVersion,
      kind,
      metadata: { name: 'fraud', namespace: NAMESPACE, annotations: { 'cdk8s-serving/ready-when': '' } },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'fraud' },
        ...Object.fromEntries(bounds.map((field, index) => [field, index === 0 ? 2 : 8])),
      },
    };
    if (kind === 'ScaledObject') await there.here.run(there.engine('admin').api.create(openDefinition(scaler)));
    await there.here.run(there.here.sandbox.clock.sleep(1_000));
    const live = () => there.here.sandbox.objects(apiVersion, kind, NAMESPACE)[0];
    const policy = () => fieldsAt(live(), ...path, 'behavior', 'scaleDown').selectPolicy;
    await there.start(withStrategy(CANARY, 'v1', [route(), scaler]));
    const seen: unknown[] = [];
    const look = (event: { readonly type: string }) => event.type === 'canary-step' && seen.push(policy());
    const promoted = await there.release(withStrategy(CANARY, 'v2', [route(), scaler]), {}, look);
    expect(promoted.result.outcome).toBe('succeeded');
    expect([...seen, policy()]).toEqual(['Disabled', 'Disabled', 'Disabled', undefined]);
    // Taken back, the autoscaler is as it was before, too.
    const failing = withStrategy({ ...CANARY, measure: MEASURE }, 'v3', [route(), scaler]);
    const undone = await there.release(failing, {}, look);
    expect(undone.result.outcome).toBe('rolled-back');
    expect(seen[3]).toBe('Disabled');
    expect(live()?.spec).toMatchObject(scaler.spec);
    expect(policy()).toBeUndefined();
  });

  it('takes back a version with errors at the first step', async () => {
    const there = await stage(errors(0.05));
    const strategy = { ...CANARY, measure: MEASURE };
    await there.start(withStrategy(strategy, 'v1', [route()]));
    const before = JSON.stringify(there.objects('Deployment').map(({ spec }) => spec));
    const { result } = await there.release(withStrategy(strategy, 'v2', [route()]));
    expect(result.outcome).toBe('rolled-back');
    expect(result.problems[0]?.code).toBe('CANARY_FAILED');
    expect(result.problems[0]?.message).toContain('errors 0.05 above 0.02');
    expect(result.revision?.canary).toHaveLength(1);
    expect(result.revision?.left).toBeUndefined();
    expect(JSON.stringify(there.objects('Deployment').map(({ spec }) => spec))).toBe(before);
    expect(names(there.objects('Service'))).toEqual(['fraud']);
    expect(listAt(there.objects('HTTPRoute')[0], 'spec', 'rules')).toEqual(listAt(route(), 'spec', 'rules'));
  });

  it('promotes a version that does as well, with its measurements in the record', async () => {
    const there = await stage(errors(0.001));
    const strategy = { ...CANARY, measure: MEASURE };
    await there.start(withStrategy(strategy, 'v1', [route()]));
    const { result } = await there.release(withStrategy(strategy, 'v2', [route()]));
    expect(result.outcome).toBe('succeeded');
    expect(result.revision?.canary?.[0]).toMatchObject({
      requests: 1000,
      stableRequests: 1000,
      measured: [{ name: 'errors', candidate: 0.001, stable: 0.001, ok: true }],
    });
    // With all requests at the candidate there is nothing to compare with.
    expect(result.revision?.canary?.[2]?.measured[0]?.stable).toBeUndefined();
  });

  it('holds an inconclusive step for its patience, then takes it back', async () => {
    const there = await stage(errors(0, 3));
    const strategy = { ...CANARY, patience: '2m', measure: MEASURE };
    await there.start(withStrategy(strategy, 'v1', [route()]));
    const { result, events } = await there.release(withStrategy(strategy, 'v2', [route()]));
    expect(result.outcome).toBe('rolled-back');
    expect(result.problems[0]?.code).toBe('CANARY_INCONCLUSIVE');
    expect(events.filter(({ type }) => type === 'canary-inconclusive').length).toBeGreaterThan(1);
    expect(result.revision?.canary?.[0]?.seconds).toBeGreaterThanOrEqual(180);
    expect(names(there.objects('Deployment'))).toEqual(['fraud']);
  });

  it('takes back a candidate whose container ends under traffic', async () => {
    const there = await stage();
    await there.start(withStrategy(CANARY, 'v1', [route()]));
    let touched = false;
    const { result } = await there.release(withStrategy(CANARY, 'v2', [route()]), {}, (event) => {
      if (event.type !== 'canary-step' || touched) return;
      touched = true;
      const candidate = there.objects('Deployment').find(({ metadata }) => metadata.name !== 'fraud');
      if (candidate !== undefined) void there.engine('admin').api.remove(named(candidate));
    });
    expect(result.outcome).toBe('rolled-back');
    expect(result.problems[0]?.message).toContain('its Deployment was deleted');
  });

  it.each([
    ['promote', 'succeeded'],
    ['abort', 'rolled-back'],
  ] as const)('does what a person decides: %s', async (command, outcome) => {
    const there = await stage();
    const strategy = { ...CANARY, hold: '10h' };
    await there.start(withStrategy(strategy, 'v1', [route()]));
    const { result } = await there.release(withStrategy(strategy, 'v2', [route()]), {}, (event) => {
      if (event.type !== 'canary-step') return;
      const candidate = there.objects('Deployment').find(({ metadata }) => metadata.name !== 'fraud');
      if (candidate === undefined) throw new Error('no candidate');
      void there.engine('admin').api.merge(named(candidate), {
        metadata: { annotations: { [CANARY_COMMAND_ANNOTATION]: `${command} ${event.number}` } },
      });
    });
    expect(result.outcome).toBe(outcome);
    expect(result.revision?.canary?.map(({ verdict }) => verdict)).toEqual(
      command === 'abort' ? ['aborted'] : ['promoted', 'promoted', 'promoted'],
    );
    expect(result.revision?.canary?.[0]?.seconds).toBeLessThan(60);
  });

  it('sends testers to the candidate', async () => {
    const there = await stage();
    const strategy = { ...CANARY, testers: { header: 'x-canary', value: 'always' } };
    await there.start(withStrategy(strategy, 'v1', [route()]));
    let rules: readonly unknown[] = [];
    await there.release(withStrategy(strategy, 'v2', [route()]), {}, (event) => {
      if (event.type === 'canary-step') rules = listAt(there.objects('HTTPRoute')[0], 'spec', 'rules');
    });
    expect(rules).toHaveLength(2);
    expect(listAt(listAt(rules[0], 'matches')[0], 'headers')).toEqual([{ name: 'x-canary', value: 'always', type: 'Exact' }]);
    expect(listAt(rules[0], 'backendRefs')).toHaveLength(1);
  });
});

describe('a canary without a route', () => {
  it('gives the candidate its share of the pods, and says which', async () => {
    const there = await stage();
    await there.start(withStrategy(CANARY, 'v1'));
    const shares: unknown[] = [];
    const { result, events } = await there.release(withStrategy(CANARY, 'v2'), {}, (event) => {
      if (event.type === 'canary-step') shares.push([event.percent, event.share, event.replicas]);
    });
    expect(result.outcome).toBe('succeeded');
    // 4 stable pods: 10 % and 50 % are 1 and 4 pods; more than half is not possible beside them.
    expect(shares).toEqual([
      [10, 20, 1],
      [50, 50, 4],
    ]);
    const [started] = events.filter(({ type }) => type === 'canary-started');
    expect(started).toMatchObject({ split: 'replicas' });
    expect(names(there.objects('Deployment'))).toEqual(['fraud']);
  });

  it('switches the Service for blue-green, all at once', async () => {
    const there = await stage();
    const strategy = { type: 'blueGreen', hold: '60s' };
    await there.start(withStrategy(strategy, 'v1'));
    let selector: unknown;
    const { result } = await there.release(withStrategy(strategy, 'v2'), {}, (event) => {
      if (event.type === 'canary-step') selector = there.objects('Service')[0]?.spec;
    });
    expect(Object.keys(fieldsAt(selector, 'selector'))).toEqual(['cdk8s-serving/candidate']);
    expect(result.outcome).toBe('succeeded');
    expect(fieldsAt(there.objects('Service')[0], 'spec', 'selector')).toEqual({ 'app.kubernetes.io/name': 'fraud' });
  });

  it('refuses to mirror', async () => {
    const there = await stage();
    const strategy = { type: 'shadow', percent: 100, hold: '60s' };
    await there.start(withStrategy(strategy, 'v1'));
    const { result } = await there.release(withStrategy(strategy, 'v2'));
    expect(result.outcome).toBe('refused');
    expect(result.problems[0]?.code).toBe('STRATEGY_IMPOSSIBLE');
  });
});

describe('a shadow', () => {
  it('mirrors requests, and gives the candidate no response to return', async () => {
    const there = await stage();
    const strategy = { type: 'shadow', percent: 20, hold: '60s' };
    await there.start(withStrategy(strategy, 'v1', [route()]));
    let rule: unknown;
    const { result } = await there.release(withStrategy(strategy, 'v2', [route()]), {}, (event) => {
      if (event.type === 'canary-step') [rule] = listAt(there.objects('HTTPRoute')[0], 'spec', 'rules');
    });
    expect(listAt(rule, 'backendRefs')).toEqual([{ name: 'fraud', port: 80 }]);
    expect(listAt(rule, 'filters')).toMatchObject([
      { type: 'RequestMirror', requestMirror: { percent: 20, backendRef: { port: 80 } } },
    ]);
    expect(result.outcome).toBe('succeeded');
    expect(listAt(there.objects('HTTPRoute')[0], 'spec', 'rules')).toEqual(listAt(route(), 'spec', 'rules'));
  });
});

describe('a strategy that cannot be read', () => {
  it.each([
    [{ type: 'canary', steps: [50, 10] }, 'strategy.steps'],
    [{ type: 'canary', steps: [0, 10] }, 'strategy.steps'],
    [{ type: 'rolling' }, 'strategy.type'],
    [
      { type: 'shadow', percent: 9, measure: { ...MEASURE, checks: [{ name: 'a', query: 'a{$pods}', of: 'b{$pods}', max: 1 }] } },
      'strategy.measure.checks[0].of',
    ],
    [{ type: 'canary', steps: [10], hold: 'long' }, 'strategy.hold'],
    [{ type: 'canary', steps: [10], weight: 3 }, 'strategy.weight'],
    [{ type: 'canary', steps: [10], testers: { header: 'x y', value: 'a' } }, 'strategy.testers'],
    [
      { type: 'canary', steps: [10], measure: { ...MEASURE, prometheus: 'http://me:secret@host' } },
      'strategy.measure.prometheus',
    ],
    [{ type: 'canary', steps: [10], measure: { ...MEASURE, requests: 'sum(up)' } }, 'strategy.measure.requests'],
    [
      { type: 'canary', steps: [10], measure: { ...MEASURE, checks: [{ name: 'errors', bad: 'a{$pods}' }] } },
      'strategy.measure.checks[0]',
    ],
  ])('refuses %j before any change', async (strategy, path) => {
    const there = await stage();
    const { result } = await there.release(withStrategy(strategy, 'v1'));
    expect(result.outcome).toBe('refused');
    expect(result.problems.map((problem) => [problem.code, problem.path])).toEqual([['STRATEGY_INVALID', path]]);
  });
});

it('is skipped by a rollback, and where the user says so', async () => {
  const there = await stage();
  await there.start(withStrategy(CANARY, 'v1', [route()]));
  const { events } = await there.release(withStrategy(CANARY, 'v2', [route()]), { skipCanary: true });
  const back = await there.here.runRelease(rollback(there.engine('back'), { release: 'fraud', namespace: NAMESPACE }));
  expect(back.result.outcome).toBe('succeeded');
  expect([...events, ...back.events].filter(({ type }) => type === 'canary-started')).toEqual([]);
});

it('needs spare devices, as the plan says, and is refused without them', async () => {
  const there = await stage();
  const gpu = (version: string) =>
    withStrategy(CANARY, version, [route()], 4).map((object) =>
      object.kind === 'Deployment'
        ? (JSON.parse(
            JSON.stringify(object)
              .replace('"memory":"16Mi"', '"memory":"16Mi","nvidia.com/gpu":"4"')
              .replace('"requests":', '"limits":{"nvidia.com/gpu":"4"},"requests":')
              .replace('"containers":', '"tolerations":[{"operator":"Exists"}],"containers":'),
          ) as typeof object)
        : object,
    );
  await there.start(gpu('v1')); // all of the 16 GPUs that the sandbox has
  const { result, events } = await there.release(gpu('v2'));
  const planned = events.find(({ type }) => type === 'planned');
  expect(planned?.type === 'planned' ? planned.plan.canaries?.[0]?.devices : undefined).toEqual({ 'nvidia.com/gpu': 16 });
  expect(result.outcome).toBe('refused');
  expect(result.problems.map(({ subject }) => subject)).toContain('Deployment/fraud (canary)');
});

it('needs permissions for what it makes', () => {
  const objects = withStrategy(CANARY, 'v2', [route()]).map((manifest) => {
    const changes = manifest.kind === 'Deployment' ? [{ path: 'spec.template' }] : [];
    const live = { ...manifest, metadata: { ...manifest.metadata, uid: '1' } };
    return {
      key: keyOf(manifest),
      action: changes.length > 0 ? ('change' as const) : ('unchanged' as const),
      manifest,
      live,
      changes,
      conflicts: [],
    };
  });
  const canaries = canariesOf(objects, []);
  const needs = needsOf({ release: 'fraud', namespace: NAMESPACE, digest: '', objects, gates: [], problems: [], canaries });
  const told = needs.map(({ verb, kind }) => `${verb} ${kind}`);
  expect(told).toEqual(expect.arrayContaining(['create Deployment', 'delete Deployment', 'create Service', 'patch HTTPRoute']));
});
