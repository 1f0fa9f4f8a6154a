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
});
