import { describe, expect, it } from 'vitest';
import { rehearsal } from '../../lib/testing';
import { differences, snapshot } from '../../lib/testing/snapshot';

const settings = (name: string, value: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data: { value },
});

describe('differences', () => {
  it('tells what is changed, missing and left over, and nothing else', async () => {
    const { sandbox, engine, run } = rehearsal();
    const { api } = engine();
    for (const name of ['kept', 'changed', 'deleted']) await run(api.create(settings(name, 'a')));
    const before = snapshot(sandbox);
    expect(differences(before, snapshot(sandbox))).toEqual([]);
    await run(api.merge({ ...settings('changed', ''), name: 'changed', namespace: 'default' }, { data: { value: 'b' } }));
    await run(api.remove({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'deleted' }));
    await run(api.create(settings('added', 'a')));
    expect(differences(before, snapshot(sandbox))).toEqual([
      'ConfigMap/changed is changed',
      'ConfigMap/deleted is missing',
      'ConfigMap/added is left over',
    ]);
    await run(api.merge({ ...settings('changed', ''), name: 'changed', namespace: 'default' }, { data: { value: 'a' } }));
    expect(differences(before, snapshot(sandbox))).not.toContain('ConfigMap/changed is changed');
  });
});
