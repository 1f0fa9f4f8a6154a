import { expect, test } from 'vitest';
import { loadSchema } from '../../../lib/api-schema/schema';
import type { Obj } from '../../../lib/kube/fields';
import { encode, parse, printPath } from '../../../lib/sandbox/fields/field-set';
import { applyConfig } from '../../../lib/sandbox/fields/updater';

const type = (() => {
  const found = loadSchema().byKind.get('v1 ConfigMap');
  if (found === undefined) throw new Error('no ConfigMap');
  return found.type;
})();

/** Applies configurations of managers in turn and returns the last result. */
function play(...steps: readonly (readonly [manager: string, config: Obj, force?: boolean])[]) {
  let live: Obj = {};
  let result = applyConfig({ live, type, owners: new Map(), manager: 'none', ignored: [] }, {}, false);
  for (const [manager, config, force = false] of steps) {
    result = applyConfig({ live, type, owners: result.owners, manager, ignored: [] }, config, force);
    if (result.conflicts.length === 0) live = result.object;
  }
  return { ...result, owners: Object.fromEntries([...result.owners].map(([name, set]) => [name, encode(set)])) };
}

test('a field given up goes, unless somebody else owns it', () => {
  const { object } = play(['a', { data: { x: '1', y: '1' } }], ['b', { data: { y: '1' } }], ['a', { data: {} }]);
  expect(object.data).toEqual({ y: '1' });
});

test('another value is a conflict that names manager and field; force takes it', () => {
  const refused = play(['a', { data: { x: '1' } }], ['b', { data: { x: '2' } }]);
  expect(refused.conflicts.map(({ manager, path }) => [manager, printPath(path)])).toEqual([['a', '.data.x']]);
  const forced = play(['a', { data: { x: '1' } }], ['b', { data: { x: '2' } }, true]);
  expect([forced.object.data, forced.owners]).toEqual([{ x: '2' }, { b: { 'f:data': { 'f:x': {} } } }]);
});

test('the same value is shared and stays until the last owner gives it up', () => {
  const shared = play(['a', { data: { x: '1' } }], ['b', { data: { x: '1' } }], ['a', {}]);
  expect([shared.object.data, Object.keys(shared.owners)]).toEqual([{ x: '1' }, ['b']]);
  expect(play(['a', { data: { x: '1' } }], ['b', { data: { x: '1' } }], ['a', {}], ['b', {}]).object.data ?? null).toBeNull();
});

test('fieldsV1 there and back', () => {
  const fields = {
    'f:spec': { 'f:containers': { 'k:{"name":"c"}': { '.': {}, 'f:image': {} } }, 'f:finalizers': { 'v:"a.b/c"': {} } },
  };
  expect(encode(parse(fields))).toEqual(fields);
  expect([...parse(fields).paths()].map(printPath)).toEqual([
    '.spec.containers[name="c"]',
    '.spec.containers[name="c"].image',
    '.spec.finalizers[="a.b/c"]',
  ]);
});
