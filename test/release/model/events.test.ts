import { expect, it } from 'vitest';
import { type ReleaseEvent, uninstall } from '../../../lib/release';
import { apply } from '../../../lib/release/apply';
import { asFiles, rehearsal } from '../../../lib/testing';
import { stack } from '../manifests';

const of = <Type extends ReleaseEvent['type']>(events: readonly ReleaseEvent[], type: Type) =>
  events.filter((event): event is Extract<ReleaseEvent, { readonly type: Type }> => event.type === type);

it('tells of waves before they are written, of each pod as it moves, and of what an uninstall is going to delete', async () => {
  const files = asFiles(stack({ namespace: 'default' }));
  const here = rehearsal({ read: () => files, podBehavior: () => ({ startMs: 2000, readyMs: 3000 }) });
  const engine = here.engine();
  const { events } = await here.runRelease(apply(engine, 'folder', { release: 'fraud', namespace: 'default' }));
  const everything = ['ServiceAccount/fraud', 'ConfigMap/fraud', 'Service/fraud', 'Deployment/fraud'].sort();
  const waves = of(events, 'wave');
  expect(waves.map(({ number, of: all, patienceMs }) => [number, all, patienceMs])).toEqual(
    waves.map((_, index) => [index + 1, waves.length, index === waves.length - 1 ? 600_000 : undefined]),
  );
  expect(waves.flatMap(({ objects }) => objects).sort()).toEqual(everything);
  const types = events.map(({ type }) => type);
  expect(types.indexOf('wave')).toBeLessThan(types.indexOf('written'));
  const pods = of(events, 'pod');
  expect(new Set(pods.map(({ object }) => object))).toEqual(new Set(['Deployment/fraud']));
  expect(pods.map(({ pod }) => pod.phase).slice(0, 2)).toEqual(['starting', 'loading']);
  // Each once: what has not moved is not told again.
  const told = pods.map(({ pod }) => JSON.stringify(pod));
  expect(new Set(told).size).toBe(told.length);

  const gone = await here.runRelease(uninstall(engine, { release: 'fraud', namespace: 'default' }));
  expect(of(gone.events, 'started')).toEqual([{ type: 'started', revision: 2, action: 'uninstall' }]);
  expect(
    of(gone.events, 'wave')
      .flatMap(({ objects }) => objects)
      .sort(),
  ).toEqual(everything);
  expect(
    of(gone.events, 'written')
      .map(({ object }) => object)
      .sort(),
  ).toEqual(everything);
});
