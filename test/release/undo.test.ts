import { describe, expect, it } from 'vitest';
import { gate } from './manifests';
import { config, onSandbox } from './on-sandbox';

/** A gate after the rollout that fails: everything is written by then. */
const late = { ...gate({ namespace: 'team', name: 'late', phase: 'after', thresholds: {}, exitCode: 1 }) };

describe('an undo', () => {
  it('gives changed objects their values back, removes created ones and brings deleted ones back', async () => {
    const place = await onSandbox();
    await place.release([config('changed', 'one'), config('deleted', 'one')]);
    const { result, events } = await place.release([config('changed', 'two'), config('created', 'two'), late]);
    expect(result.outcome).toBe('rolled-back');
    expect(place.find('ConfigMap', 'changed')?.data).toEqual({ value: 'one' });
    expect(place.find('ConfigMap', 'deleted')?.data).toEqual({ value: 'one' });
    expect(place.find('ConfigMap', 'created')).toBeUndefined();
    expect(events.filter(({ type }) => type === 'restored').length).toBeGreaterThan(0);
    const again = await place.release([config('changed', 'one'), config('deleted', 'one')]);
    expect(again.result.outcome).toBe('unchanged');
  });

  it('leaves alone what another client has set in the meantime', async () => {
    const place = await onSandbox();
    await place.release([config('changed', 'one')]);
    const foreign = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'changed', namespace: 'team' },
      data: { extra: 'x' },
    };
    await place.release([config('changed', 'two'), late], {}, (event) =>
      event.type === 'written' ? place.api.apply(foreign, { fieldManager: 'other' }) : undefined,
    );
    expect(place.find('ConfigMap', 'changed')?.data).toEqual({ value: 'one', extra: 'x' });
  });

  it('names an object that is another one by now, and does not touch it', async () => {
    const place = await onSandbox();
    await place.release([config('changed', 'one')]);
    const address = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'team', name: 'changed' };
    const { result } = await place.release([config('changed', 'two'), late], {}, async (event) => {
      if (event.type !== 'written') return;
      await place.api.remove(address);
      await place.api.create({ ...config('changed', 'theirs'), metadata: { name: 'changed', namespace: 'team' } });
    });
    expect(result.outcome).toBe('failed');
    expect(result.revision?.left).toEqual([expect.stringMatching(/^ConfigMap\/changed: /)]);
    expect(place.find('ConfigMap', 'changed')?.data).toEqual({ value: 'theirs' });
  });
});
