import { describe, expect, it } from 'vitest';
import { config, onSandbox } from './on-sandbox';

const other = { fieldManager: 'other' };

describe('a write', () => {
  it('creates nothing over an object that another client created after the plan', async () => {
    const place = await onSandbox();
    const theirs = config('settings', 'theirs');
    const { result } = await place.release([config('settings', 'ours')], {}, (event) =>
      event.type === 'started' ? place.api.create(theirs) : undefined,
    );
    expect(result.outcome).toBe('rolled-back');
    expect(result.revision?.failure?.problem.code).toBe('OBJECT_CHANGED');
    expect(place.find('ConfigMap', 'settings')?.data).toEqual({ value: 'theirs' });
  });

  it('changes nothing in which another client has taken a field since the plan', async () => {
    const place = await onSandbox();
    await place.release([config('settings', 'one')]);
    const { result } = await place.release([config('settings', 'two')], {}, (event) =>
      event.type === 'started' ? place.api.apply(config('settings', 'theirs'), { ...other, force: true }) : undefined,
    );
    expect(result.outcome).toBe('rolled-back');
    expect(result.revision?.failure?.problem.code).toBe('OBJECT_CHANGED');
    expect(place.find('ConfigMap', 'settings')?.data).toEqual({ value: 'theirs' });
  });

  it('changes an object of which only a foreign field has changed since the plan', async () => {
    const place = await onSandbox();
    await place.release([config('settings', 'one')]);
    const foreign = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace: 'team' },
      data: { extra: 'x' },
    };
    const { result } = await place.release([config('settings', 'two')], {}, (event) =>
      event.type === 'started' ? place.api.apply(foreign, other) : undefined,
    );
    expect(result.outcome).toBe('succeeded');
    expect(place.find('ConfigMap', 'settings')?.data).toEqual({ value: 'two', extra: 'x' });
  });

  it('deletes no object that took the place of the planned one', async () => {
    const place = await onSandbox();
    await place.release([config('kept', 'one'), config('gone', 'one')]);
    const address = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'team', name: 'gone' };
    const { result } = await place.release([config('kept', 'one')], {}, async (event) => {
      if (event.type !== 'started') return;
      await place.api.remove(address);
      await place.api.create(config('gone', 'theirs'));
    });
    expect(result.outcome).toBe('succeeded');
    expect(place.find('ConfigMap', 'gone')?.data).toEqual({ value: 'theirs' });
  });
});
