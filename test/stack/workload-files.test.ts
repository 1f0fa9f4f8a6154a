import { expect, it } from 'vitest';
import { Model, ModelServer } from '../../lib';
import { listAt, textAt } from '../../lib/kube/fields';
import { podSpecOf } from '../../lib/kube/pod-spec';
import { inChart, problemsIn, SMALL } from '../harness/chart';

type Files = Readonly<Record<`/${string}`, string>>;
type Chart = Parameters<Parameters<typeof inChart>[0]>[0];
const server = (files: Files) => (chart: Chart) =>
  new ModelServer(chart, 'llm', {
    model: Model.baked({ image: 'registry.test/m', version: 'v1', path: '/m' }),
    files,
    resources: SMALL,
  });
const rendered = (files: Files) => {
  const objects = inChart(server(files));
  const map = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith('chart-llm-files'));
  const deployment = objects.find(({ kind }) => kind === 'Deployment');
  return { map, pod: deployment && podSpecOf(deployment) };
};

it('mounts each file where it is asked for, under a name that changes with the content', () => {
  const first = rendered({ '/etc/app/chat.jinja': 'one', '/etc/other/config.yaml': 'two' });
  expect(first.map).toMatchObject({ immutable: true, data: { 'etc_app_chat.jinja': 'one', 'etc_other_config.yaml': 'two' } });
  expect(first.pod?.containers?.[0]?.volumeMounts).toEqual(
    expect.arrayContaining([
      { name: 'files', mountPath: '/etc/app/chat.jinja', subPath: 'etc_app_chat.jinja', readOnly: true },
      { name: 'files', mountPath: '/etc/other/config.yaml', subPath: 'etc_other_config.yaml', readOnly: true },
    ]),
  );
  expect(first.pod?.volumes).toContainEqual({ name: 'files', configMap: { name: first.map?.metadata.name } });
  const second = rendered({ '/etc/app/chat.jinja': 'changed', '/etc/other/config.yaml': 'two' });
  expect(second.map?.metadata.name).not.toBe(first.map?.metadata.name);
});

it('has nothing without files', () => {
  const { map, pod } = rendered({});
  expect(listAt(pod, 'volumes').some((one) => textAt(one, 'name') === 'files')).toBe(false);
  expect(map?.data).toEqual({});
});

it('refuses files that would take the place of others, and more than a ConfigMap holds', () => {
  const found = (files: Files) => problemsIn(server(files)).map(({ code, path, got }) => [code, path, got]);
  expect(found({ '/a/b': '1', '/c': '2' })).toEqual([]);
  expect(found({ '/a/b': '1', '/a_b': '2' })).toEqual([['INVALID_VALUE', 'files', '/a_b']]);
  expect(found({ '/a': 'x'.repeat(1024 * 1024 + 1) })).toEqual([['INVALID_VALUE', 'files', '1048577 bytes']]);
});
