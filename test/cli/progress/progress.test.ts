import { describe, expect, it } from 'vitest';
import { advance, begin, type Progress } from '../../../lib/cli/progress/progress';
import type { ReleaseEvent } from '../../../lib/release';
import { failed, gateStarted, judged, planned, pod, ready, said, started, wave, written } from './events';

/** Events one second apart. */
const happened = (...events: readonly ReleaseEvent[]): Progress =>
  events.reduce((progress, event, index) => advance(progress, event, (index + 1) * 1000), begin(0));
const states = ({ objects }: Progress) => [...objects.values()].map(({ name, state }) => `${name} ${state}`);

describe('a release as its events tell it', () => {
  it('begins with a plan: what stays as it is, is only counted', () => {
    const plan = planned('Service/a', 'Deployment/b');
    const unchanged = { key: 'c', action: 'unchanged' as const, manifest: undefined, changes: [], conflicts: [] };
    const progress = happened(
      plan.type === 'planned' ? { ...plan, plan: { ...plan.plan, objects: [...plan.plan.objects, unchanged as never] } } : plan,
    );
    expect(states(progress)).toEqual(['Service/a planned', 'Deployment/b planned']);
    expect([progress.release, progress.namespace, progress.unchanged]).toEqual(['fraud', 'team', 1]);
  });

  it('knows of every object since when it is where it is', () => {
    const events = [planned('Service/a', 'Deployment/b', 'Deployment/z'), started, wave(1, 2, 'Service/a', 'Deployment/b')];
    const progress = happened(...events, written('Service/a'), written('Deployment/b'), said('Deployment/b', 'Updated: 0/2'));
    expect(states(progress)).toEqual(['Service/a written', 'Deployment/b waiting', 'Deployment/z planned']);
    expect(progress.wave).toEqual({ number: 1, of: 2 });
    expect(progress.objects.get('Deployment/b')).toMatchObject({ since: 6000, message: 'Updated: 0/2', wave: 1 });
    // Another word about it does not start the clock again.
    expect(advance(progress, said('Deployment/b', 'Updated: 1/2'), 9000).objects.get('Deployment/b')).toMatchObject({
      since: 6000,
      message: 'Updated: 1/2',
    });
  });

  it('follows each pod, and knows how long it took to be ready', () => {
    const events = [planned('Deployment/b'), wave(1, 1, 'Deployment/b'), pod('Deployment/b', 'b-1', 'pulling', 'image')];
    const loading = happened(
      ...events,
      pod('Deployment/b', 'b-1', 'loading'),
      pod('Deployment/b', 'b-1', 'loading', 'Startup probe'),
    );
    expect(loading.objects.get('Deployment/b')?.pods.get('b-1')).toEqual({
      name: 'b-1',
      phase: 'loading',
      message: 'Startup probe',
      born: 3000,
      since: 4000,
    });
    const done = advance(loading, ready('Deployment/b'), 9000).objects.get('Deployment/b');
    expect([done?.state, done?.pods.get('b-1')?.phase, done?.pods.get('b-1')?.since]).toEqual(['ready', 'ready', 9000]);
  });

  it('keeps the numbers of a gate, and why it had to begin anew', () => {
    const lost = happened(gateStarted, { type: 'gate-lost', gate: 'validate', reason: 'its pod was evicted' });
    expect(lost.gates).toMatchObject([{ name: 'validate', lost: 'its pod was evicted' }]);
    const again = advance(lost, { ...gateStarted, attempt: 2 } as ReleaseEvent, 5000);
    expect(again.gates).toEqual([{ name: 'validate', attempt: 2, began: 5000 }]);
    expect(advance(again, judged, 8000).gates).toMatchObject([{ began: 5000, ended: 8000, evidence: { passed: true } }]);
  });

  it('goes back through an undo', () => {
    const events = [planned('Deployment/model'), wave(1, 1, 'Deployment/model'), written('Deployment/model'), failed];
    const progress = happened(...events, { type: 'rolling-back', objects: 1 });
    expect([progress.stage, ...states(progress)]).toEqual(['rolling-back', 'Deployment/model failed']);
    expect(states(advance(progress, { type: 'restored', object: 'Deployment/model' }, 9000))).toEqual([
      'Deployment/model restored',
    ]);
    expect(progress.failure?.reason).toBe('CrashLoop');
  });

  it('changes nothing of what was before', () => {
    const before = happened(planned('Deployment/b'), wave(1, 1, 'Deployment/b'), pod('Deployment/b', 'p', 'pulling'));
    const copy = structuredClone(before);
    for (const event of [pod('Deployment/b', 'p', 'ready'), ready('Deployment/b'), failed, judged, gateStarted])
      advance(before, event, 99_000);
    expect(before).toEqual(copy);
  });
});
