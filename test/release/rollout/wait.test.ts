import { describe, expect, it } from 'vitest';
import { stack } from '../manifests';
import { onSandbox } from '../on-sandbox';

describe('a wait', () => {
  it('ends when every object of the wave is ready', async () => {
    const place = await onSandbox();
    const { result, events } = await place.release(stack({ namespace: 'team', sim: { 'ready-delay': '5s' } }));
    expect(result.outcome).toBe('succeeded');
    expect(events).toContainEqual({ type: 'ready', object: 'Deployment/fraud' });
  });

  it('ends at the first pod that can never start, with the reason, long before any deadline', async () => {
    const place = await onSandbox();
    await place.release(stack({ namespace: 'team' }));
    const began = place.engine.host.uptime();
    const { result } = await place.release(stack({ namespace: 'team', version: 'v2', sim: { outcome: 'image-not-found' } }));
    expect(result.revision?.failure).toMatchObject({ reason: 'ImageNotFound', problem: { code: 'ROLLOUT_FAILED' } });
    expect(place.engine.host.uptime() - began).toBeLessThan(60_000);
  });

  it('ends after the timeout for a pod that may still become ready', async () => {
    const place = await onSandbox();
    await place.release(stack({ namespace: 'team' }));
    const never = stack({ namespace: 'team', version: 'v2', sim: { outcome: 'unready' } });
    const { result } = await place.release(never, { timeoutMs: 90_000 });
    expect([result.outcome, result.revision?.failure?.problem.code]).toEqual(['rolled-back', 'ROLLOUT_TIMEOUT']);
  });
});
