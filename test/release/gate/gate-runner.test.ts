import { describe, expect, it } from 'vitest';
import { gate, report, stack } from '../manifests';
import { onSandbox } from '../on-sandbox';

const objects = (one: ReturnType<typeof gate>) => [...stack({ namespace: 'team' }), one];

describe('a gate', () => {
  it('passes on the numbers of its report, and leaves nothing behind', async () => {
    const place = await onSandbox();
    const { result } = await place.release(objects(gate({ namespace: 'team', report: report(0.95) })));
    expect(result.revision?.gates).toMatchObject([{ passed: true, attempts: 1, samples: 20_000 }]);
    expect(place.here.sandbox.objects('batch/v1', 'Job', 'team')).toEqual([]);
  });

  it('is told when it has changed and nothing else has, because then it does not run', async () => {
    const place = await onSandbox();
    const lenient = objects(gate({ namespace: 'team', report: report(0.95), thresholds: { auc: { min: 0.9 } } }));
    const strict = objects(gate({ namespace: 'team', report: report(0.95), thresholds: { auc: { min: 0.99 } } }));
    await place.release(lenient);
    const again = await place.release(lenient);
    const changed = await place.release(strict);
    const codes = ({ events }: typeof again) =>
      events.flatMap((event) => (event.type === 'warning' ? [`${event.problem.code} ${event.problem.subject}`] : []));
    expect([again.result.outcome, codes(again)]).toEqual(['unchanged', []]);
    expect([changed.result.outcome, codes(changed)]).toEqual(['unchanged', ['GATE_NOT_RUN Job/validate']]);
  });

  it.each([
    ['a number below its threshold', { report: report(0.5) }, /does not meet its thresholds/],
    ['no report', {}, /reported no numbers/],
    ['an exit code of its own', { report: report(0.95), exitCode: 3 }, /exit code 3/],
  ])('rejects the release for %s', async (_what, options, reason) => {
    const place = await onSandbox();
    const { result } = await place.release(objects(gate({ namespace: 'team', ...options })));
    expect(result.outcome).toBe('rejected');
    expect(result.revision?.gates[0]?.reason).toMatch(reason);
    expect([place.find('Deployment', 'fraud'), place.here.sandbox.objects('batch/v1', 'Job', 'team')]).toEqual([undefined, []]);
  });

  it('ends as soon as its Job may not create pods, with the reason', async () => {
    const place = await onSandbox();
    const began = place.engine.host.uptime();
    const strict = { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } } };
    const home = { apiVersion: 'v1', kind: 'Namespace', name: 'team' };
    const { result } = await place.release(objects(gate({ namespace: 'team', report: report(0.95) })), {}, async (event) => {
      if (event.type === 'started') await place.api.merge(home, strict);
    });
    expect([result.outcome, result.revision?.gates[0]?.reason]).toEqual([
      'rejected',
      expect.stringMatching(/^cannot start: PodSecurity: .*violates PodSecurity/),
    ]);
    expect(place.engine.host.uptime() - began).toBeLessThan(10_000);
  });

  it('reports what keeps its pod from starting, once, and when it starts after all', async () => {
    const place = await onSandbox();
    const job = gate({ namespace: 'team', report: report(0.95) });
    const nodes = place.here.sandbox.objects('v1', 'Node');
    const cordon = (unschedulable: boolean) =>
      Promise.all(
        nodes.map(({ metadata: { name } }) =>
          place.api.merge({ apiVersion: 'v1', kind: 'Node', name }, { spec: { unschedulable } }),
        ),
      );
    const { result, events } = await place.release(objects(job), { ignoreCapacity: true }, async (event) => {
      if (event.type === 'started') await cordon(true);
      if (event.type === 'pod' && event.gate !== undefined && event.pod.phase === 'scheduling') await cordon(false);
    });
    expect(result.outcome).toBe('succeeded');
    const told = events.flatMap((event) => (event.type === 'pod' && event.gate === 'validate' ? [event.pod.phase] : []));
    expect([told[0], told.filter((phase) => phase === 'scheduling').length]).toEqual(['scheduling', 1]);
  });
});
