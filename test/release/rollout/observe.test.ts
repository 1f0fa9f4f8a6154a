import { describe, expect, it } from 'vitest';
import type { Run } from '../../../lib/release/model/engine';
import { observe } from '../../../lib/release/rollout/observe';
import { config, onSandbox } from '../on-sandbox';

const MAPS = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'team' };

async function watching(signal = new AbortController().signal) {
  const place = await onSandbox();
  const run: Run = { ...place.engine, signal, emit: () => undefined };
  return { ...place, watch: run };
}

describe('a watch', () => {
  it('looks again after each event, and ends with the first thing found', async () => {
    const place = await watching();
    const found = observe(place.watch, [MAPS], (view) => view.find('/ConfigMap/team/late')?.metadata.name);
    await place.run(place.api.create(config('late', 'x')));
    expect(await place.run(found)).toBe('late');
  });

  it('keeps no field managers, of what is there and of what comes', async () => {
    const place = await watching();
    const early = await place.run(place.api.create(config('early', 'x')));
    expect(early.metadata.managedFields).toBeDefined();
    const found = observe(place.watch, [MAPS], (view) =>
      view.find('/ConfigMap/team/late') ? view.ofKind('ConfigMap') : undefined,
    );
    await place.run(place.api.create(config('late', 'x')));
    const seen = (await place.run(found)).filter(({ metadata }) => ['early', 'late'].includes(metadata.name));
    expect(seen.map(({ metadata }) => metadata.managedFields)).toEqual([undefined, undefined]);
  });

  it('is complete only when what is there has been listed', async () => {
    const place = await watching();
    await place.run(place.api.create(config('early', 'x')));
    const incomplete: boolean[] = [];
    const there = await place.run(
      observe(place.watch, [MAPS], (view) => {
        const found = view.find('/ConfigMap/team/early');
        if (view.complete && found === undefined) incomplete.push(true);
        return view.complete ? found : undefined;
      }),
    );
    expect([there.metadata.name, incomplete]).toEqual(['early', []]);
  });

  it('ends with what the look throws', async () => {
    const place = await watching();
    const failing = observe(place.watch, [MAPS], () => {
      throw new Error('no way');
    });
    await expect(place.run(failing)).rejects.toThrow('no way');
  });

  it('looks when the user interrupts', async () => {
    const interrupt = new AbortController();
    const place = await watching(interrupt.signal);
    const ended = observe(place.watch, [MAPS], () => (interrupt.signal.aborted ? 'interrupted' : undefined));
    interrupt.abort();
    expect(await place.run(ended)).toBe('interrupted');
  });
});
