import { describe, expect, it } from 'vitest';
import { history } from '../../lib/release';
import { gate, report, stack } from './manifests';
import { config, onSandbox } from './on-sandbox';

const name = { release: 'fraud', namespace: 'team' };

describe('a release', () => {
  it('writes nothing before its gate has passed, and nothing at all when it fails', async () => {
    const place = await onSandbox();
    const good = gate({ namespace: 'team', report: report(0.95) });
    const { events } = await place.release([...stack({ namespace: 'team' }), good]);
    const types = events.map(({ type }) => type);
    expect(types.indexOf('gate-judged')).toBeLessThan(types.indexOf('written'));
    const bad = gate({ namespace: 'team', report: report(0.5) });
    const rejected = await place.release([...stack({ namespace: 'team', version: 'v2' }), bad]);
    expect([rejected.result.outcome, rejected.events.some(({ type }) => type === 'written')]).toEqual(['rejected', false]);
    expect(place.find('ConfigMap', 'fraud')?.data).toMatchObject({ VERSION: 'v1' });
  });

  it('writes wave after wave, the next one when all of the last are ready', async () => {
    const place = await onSandbox();
    const wave = (number: string) => ({ 'cdk8s-serving/wave': number });
    const { events } = await place.release([config('second', 'x', wave('2')), config('first', 'x', wave('1'))]);
    const told = events.flatMap((event) =>
      event.type === 'wave'
        ? [`wave ${event.number}`]
        : event.type === 'written' || event.type === 'ready'
          ? [`${event.type} ${event.object}`]
          : [],
    );
    expect(told.filter((text) => /^(wave|written)/.test(text))).toEqual([
      'wave 1',
      'written ConfigMap/first',
      'wave 2',
      'written ConfigMap/second',
    ]);
  });

  it('deletes what left the manifests after everything else is ready', async () => {
    const place = await onSandbox();
    await place.release([config('kept', 'one'), config('gone', 'one')]);
    const { events } = await place.release([config('kept', 'two')]);
    const written = events.flatMap((event) => (event.type === 'written' ? [`${event.action} ${event.object}`] : []));
    expect(written).toEqual(['change ConfigMap/kept', 'delete ConfigMap/gone']);
  });

  it('leaves a failed rollout in place with onFailure keep, and says so in the record', async () => {
    const place = await onSandbox();
    await place.release(stack({ namespace: 'team' }));
    const crashing = stack({ namespace: 'team', version: 'v2', sim: { outcome: 'crash' } });
    const { result } = await place.release(crashing, { onFailure: 'keep' });
    expect(result.outcome).toBe('failed');
    expect(place.find('ConfigMap', 'fraud')?.data).toMatchObject({ VERSION: 'v2' });
    expect((await place.run(history(place.engine, name))).at(-1)).toMatchObject({ state: 'failed' });
  });
});
