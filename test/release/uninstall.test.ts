import { describe, expect, it } from 'vitest';
import { KEEP_ANNOTATION } from '../../lib/kube/contract';
import { list, uninstall } from '../../lib/release';
import { stack } from './manifests';
import { config, onSandbox } from './on-sandbox';

const name = { release: 'fraud', namespace: 'team' };

describe('an uninstall', () => {
  it('deletes what the release has made and its record, and touches nothing else', async () => {
    const place = await onSandbox();
    const foreign = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'theirs', namespace: 'team' }, data: { a: 'b' } };
    await place.run(place.api.create(foreign));
    const before = place.find('ConfigMap', 'theirs');
    await place.release(stack({ namespace: 'team' }));
    const { result } = await place.here.runRelease(uninstall(place.engine, name));
    expect(result.outcome).toBe('succeeded');
    expect([place.find('Deployment', 'fraud'), place.find('ConfigMap', 'fraud')]).toEqual([undefined, undefined]);
    expect(place.find('ConfigMap', 'theirs')).toEqual(before);
    expect((await place.run(list(place.engine, 'team'))).heads).toEqual([]);
  });

  it('lets go of what an annotation keeps', async () => {
    const place = await onSandbox();
    await place.release([config('kept', 'one', { [KEEP_ANNOTATION]: 'true' }), config('gone', 'one')]);
    await place.here.runRelease(uninstall(place.engine, name));
    const kept = place.find('ConfigMap', 'kept');
    expect(kept?.data).toEqual({ value: 'one' });
    expect(kept?.metadata.labels ?? {}).not.toHaveProperty('cdk8s-serving/release');
    expect(place.find('ConfigMap', 'gone')).toBeUndefined();
  });

  it('leaves an object that was deleted and created by another client', async () => {
    const place = await onSandbox();
    await place.release([config('one', 'ours'), config('two', 'ours')]);
    await place.run(place.api.remove({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'team', name: 'one' }));
    const theirs = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'one', namespace: 'team' },
      data: { value: 'theirs' },
    };
    await place.run(place.api.create(theirs));
    const { result } = await place.here.runRelease(uninstall(place.engine, name));
    expect(result.outcome).toBe('succeeded');
    expect(place.find('ConfigMap', 'one')?.data).toEqual({ value: 'theirs' });
  });

  it('is refused while an agent applies the objects, and deletes nothing', async () => {
    const place = await onSandbox();
    await place.release([config('one', 'ours')]);
    const labels = { 'kustomize.toolkit.fluxcd.io/name': 'fraud', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' };
    const address = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'team', name: 'one' };
    await place.run(place.api.merge(address, { metadata: { labels } }));
    const { result } = await place.here.runRelease(uninstall(place.engine, name));
    expect([result.outcome, result.problems[0]?.code]).toEqual(['refused', 'OWNED_BY_AGENT']);
    expect(result.problems[0]?.remedy).toMatch(/^Delete Kustomization flux-system\/fraud first/);
    expect(place.find('ConfigMap', 'one')?.data).toEqual({ value: 'ours' });
  });

  it('is refused for a release that nobody has made', async () => {
    const place = await onSandbox();
    const { result } = await place.here.runRelease(uninstall(place.engine, name));
    expect([result.outcome, result.problems[0]?.code]).toEqual(['refused', 'RELEASE_UNKNOWN']);
  });
});
