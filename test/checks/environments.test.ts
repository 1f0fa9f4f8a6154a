import { expect, it } from 'vitest';
import { byEnvironment } from '../../lib/checks';
import type { KubeObject } from '../../lib/kube/object';

const files = (...paths: readonly string[]) =>
  new Map(paths.map((path): [KubeObject, string] => [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: path } }, path]));
const grouped = (...paths: readonly string[]) =>
  byEnvironment(files(...paths)).map((group) => group.map(({ metadata }) => metadata.name));

it.each<[string, readonly string[], readonly (readonly string[])[]]>([
  [
    'directories of two environments',
    ['dist/staging/a.yaml', 'dist/prod/a.yaml'],
    [['dist/staging/a.yaml'], ['dist/prod/a.yaml']],
  ],
  ['files called like environments', ['prod.yaml', 'staging.yaml'], [['prod.yaml'], ['staging.yaml']]],
  ['environments of regions', ['prod-eu/a.yaml', 'prod-us/a.yaml'], [['prod-eu/a.yaml'], ['prod-us/a.yaml']]],
])('takes %s as two clusters', (_name, paths, groups) => {
  expect(grouped(...paths)).toEqual(groups);
});

it.each<[string, readonly string[]]>([
  ['one environment', ['prod/a.yaml', 'prod/b/c.yaml']],
  ['an environment above all files', ['/srv/prod/a/x.yaml', '/srv/prod/test-job/y.yaml']],
  ['words that only begin like one', ['product/a.yaml', 'testimonials/b.yaml']],
  ['files that begin like environments', ['templates/test-connection.yaml', 'templates/ci-account.yaml']],
  ['components', ['redis/a.yaml', 'model/b.yaml']],
])('takes %s as one cluster', (_name, paths) => {
  expect(grouped(...paths)).toEqual([paths]);
});

it('adds files of no environment to each', () => {
  expect(grouped('base/crd.yaml', 'staging/a.yaml', 'prod/a.yaml')).toEqual([
    ['base/crd.yaml', 'staging/a.yaml'],
    ['base/crd.yaml', 'prod/a.yaml'],
  ]);
});
