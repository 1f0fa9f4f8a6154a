import { expect, it } from 'vitest';
import { pathOf } from '../../lib/client/paths';

const configMaps = { plural: 'configmaps', namespaced: true };
const at = (name?: string, namespace?: string) => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap' },
  ...(name === undefined ? {} : { name }),
  ...(namespace === undefined ? {} : { namespace }),
});

it('leads to an object, to those of a namespace, and to all', () => {
  expect(pathOf(configMaps, at('a', 'team'))).toBe('/api/v1/namespaces/team/configmaps/a');
  expect(pathOf(configMaps, at(undefined, 'team'), '', { limit: 5 })).toBe('/api/v1/namespaces/team/configmaps?limit=5');
  expect(pathOf(configMaps, at())).toBe('/api/v1/configmaps');
  expect(pathOf({ plural: 'roles', namespaced: true }, at('system:a', 'team'))).toContain('system%3Aa');
});

it.each(['', '.', '..', 'a/b', '../secrets/x', 'a%2fb', 'a?dryRun=All', 'a#b', 'a\n', '\uD800'])(
  'leads nowhere with the name or the namespace %j',
  (odd) => {
    expect(() => pathOf(configMaps, at(odd, 'team'))).toThrow('MANIFEST_INVALID');
    if (odd !== '') expect(() => pathOf(configMaps, at('a', odd))).toThrow('MANIFEST_INVALID');
  },
);
