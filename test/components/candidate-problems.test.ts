import { expect, it } from 'vitest';
import { Model, ModelServer, type ModelServerProps, ValidationHook, type ValidationHookProps } from '../../lib';
import { problemsIn, SMALL } from '../harness/chart';

const found = (gate: Partial<ValidationHookProps>, server: Partial<ModelServerProps> = {}) =>
  problemsIn((chart) => {
    const validates = new ModelServer(chart, 'llm', {
      model: Model.claim({ claim: 'models', wholeVolume: true, path: '/mnt/models', version: 'v1' }),
      image: 'registry.company.com/llm:v1',
      resources: SMALL,
      ...server,
    } as ModelServerProps);
    new ValidationHook(chart, 'gate', {
      validates,
      image: 'registry.company.com/validator:v1',
      dataset: { uri: 'file:///data' },
      thresholds: { auc: { min: 0.9 } },
      ...gate,
    });
  }).map(({ code, message }) => `${code} ${message}`);

it('says that a candidate needs devices beside the old version, unless the cluster has them', () => {
  const gpu = { gpu: { count: 2 } };
  expect(found({ phase: 'candidate' }, gpu)).toEqual([
    'SPARE_DEVICES the candidate needs 2 spare nvidia.com/gpu while the old version runs',
  ]);
  expect(found({ phase: 'candidate', spareDevices: true }, gpu)).toEqual([]);
  expect(found({ phase: 'before' }, gpu)).toEqual([]);
  expect(found({ phase: 'candidate' })).toEqual([]);
});

it('refuses a candidate of a group of nodes, and a word about devices that nothing needs', () => {
  expect(found({ phase: 'candidate' }, { nodes: 2 })).toEqual([
    'GATE_INVALID a candidate is one pod, and the server is a group of nodes',
  ]);
  expect(found({ phase: 'before', spareDevices: true })).toEqual([
    'INVALID_VALUE only the candidate of a server with devices needs spare ones',
  ]);
});
