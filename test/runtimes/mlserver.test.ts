import { describe, expect, it } from 'vitest';
import { type MlserverOptions, Model, ModelServer, mlserver } from '../../lib';
import { podSpecOf } from '../../lib/kube/pod-spec';
import { metricOf, seriesOf } from '../../lib/runtimes/metrics';
import { inChart, SMALL } from '../harness/chart';

/** Series that MLServer 1.7.1 with its scikit-learn runtime exposed after one request, without workers of its own. */
const SEEN = [
  'model_infer_request_success_total',
  'model_infer_request_failure_total',
  'model_infer_request_duration',
  'grpc_server_handled_total',
  'grpc_server_handling_seconds',
  'grpc_server_started_total',
  'grpc_server_handled_latency_seconds',
  'grpc_server_msg_received_total',
  'grpc_server_msg_sent_total',
  'rest_server_requests_in_progress',
  'rest_server_requests_total',
  'rest_server_request_duration_seconds',
];

describe('mlserver', () => {
  it('names the series that the real server exposed', () => {
    const { metrics, version } = mlserver({ version: '1.7.1', parallelWorkers: 0 });
    expect(seriesOf(metrics, version).filter((series) => !SEEN.includes(series))).toEqual(['batch_request_queue']);
    const shared = seriesOf(mlserver({ version: '1.7.1', parallelWorkers: 1 }).metrics, version);
    expect(shared.filter((series) => series.startsWith('grpc_server_msg'))).toEqual([]);
    for (const signal of ['running', 'requestSeconds', 'errors'] as const)
      expect(SEEN).toContain(metricOf(metrics, signal)?.series);
  });

  it('has a queue only with workers that requests can wait for', () => {
    expect(metricOf(mlserver({ parallelWorkers: 1 }).metrics, 'queue')?.series).toBe('parallel_request_queue');
    expect(metricOf(mlserver().metrics, 'queue')).toBeUndefined();
  });

  it('runs inference in the process that finishes requests at SIGTERM; its workers would answer them with 500', () => {
    const workers = (options: MlserverOptions) => [
      mlserver(options).env?.({
        ...{ modelPath: '/m', modelName: 'm', ports: { http: 8080 }, gpus: 0, finishSeconds: 30, nodes: 1, adapters: {} },
      }).MLSERVER_PARALLEL_WORKERS,
      mlserver(options).drain?.onTerm,
    ];
    expect([workers({}), workers({ parallelWorkers: 2 })]).toEqual([
      [0, 'refuses'],
      [2, 'drops'],
    ]);
  });

  it('asks for its models where it knows them: the route of the server is ready without one that failed to load', () => {
    const implementation = 'mlserver_sklearn.SKLearnModel';
    const asked = (options: MlserverOptions) => {
      const { startup, ready } = mlserver(options).modelHealth?.('iris') ?? {};
      return [startup, ready].map((check) => (check !== undefined && 'path' in check ? check.path : undefined));
    };
    expect(asked({ implementation })).toEqual(['/v2/models/iris/ready', '/v2/models/iris/ready']);
    expect(asked({ models: ['a', 'b'] })).toEqual(['/v2/models/a/ready', '/v2/models/b/ready']);
    expect(asked({})).toEqual([undefined, undefined]);
    const weak = (options: MlserverOptions) => mlserver(options).warnings?.length;
    expect([weak({ implementation }), weak({ models: ['a', 'b'] }), weak({}), weak({ models: ['a', 'b', 'c'] })]).toEqual([
      0, 0, 1, 1,
    ]);
  });

  it('renders the route of its model into the probes', () => {
    const objects = inChart(
      (chart) =>
        new ModelServer(chart, 'iris', {
          image: 'seldonio/mlserver:1.7.1',
          model: Model.claim({ claim: 'models', wholeVolume: true, path: '/mnt/models', version: 'v1' }),
          runtime: mlserver({ implementation: 'mlserver_sklearn.SKLearnModel' }),
          modelName: 'flowers',
          resources: SMALL,
        }),
    );
    const deployment = objects.find(({ kind }) => kind === 'Deployment');
    const container = deployment && podSpecOf(deployment)?.containers?.[0];
    const path = '/v2/models/flowers/ready';
    expect(container).toMatchObject({ startupProbe: { httpGet: { path } }, readinessProbe: { httpGet: { path } } });
  });
});
