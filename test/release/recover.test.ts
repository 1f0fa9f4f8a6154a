import { describe, expect, it } from 'vitest';
import { asFiles, rehearsal } from '../../lib/rehearsal/rehearsal';
import { apply, type Outcome, type ReleaseEvent } from '../../lib/release';
import { dieAfter } from './dying';
import { config } from './on-sandbox';

/** A process that dies after an event of its second release, and one that comes after it. */
async function died(after: ReleaseEvent['type']) {
  let wanted = [config('changed', 'one'), config('deleted', 'one')];
  const here = rehearsal({ read: () => asFiles(wanted) });
  const first = here.engine('first');
  await here.run(first.api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } }));
  await here.runRelease(apply(first, 'fraud'));
  wanted = [config('changed', 'two'), config('created', 'two')];
  await dieAfter(here, after);
  wanted = [config('changed', 'one'), config('deleted', 'one')];
  const { result, events } = await here.runRelease(apply(here.engine('next'), 'fraud', { waitMs: 120_000 }));
  const data = (name: string) =>
    here.sandbox.objects('v1', 'ConfigMap', 'team').find(({ metadata }) => metadata.name === name)?.data;
  const how = events.flatMap((event) => (event.type === 'recovering' ? [event.how] : []));
  return { outcome: result.outcome satisfies Outcome, how, data };
}

describe('a recovery', () => {
  it('rolls a release back whose process died between its writes, before anything else is done', async () => {
    const { outcome, how, data } = await died('written');
    expect(how).toEqual(['rollback']);
    expect([data('changed'), data('deleted'), data('created')]).toEqual([{ value: 'one' }, { value: 'one' }, undefined]);
    expect(outcome).toBe('unchanged');
  });

  it('has nothing to do for a process that died before it had written its journal', async () => {
    const { outcome, how, data } = await died('planned');
    expect(how).toEqual([]);
    expect([data('changed'), data('created')]).toEqual([{ value: 'one' }, undefined]);
    expect(outcome).toBe('unchanged');
  });
});
