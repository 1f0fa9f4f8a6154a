import { describe, expect, it } from 'vitest';
import { mlserver } from '../../lib';
import { metricOf, seriesOf } from '../../lib/runtimes/metrics';

/** Series that MLServer 1.7.1 with its scikit-learn runtime exposed after one request, without workers of its own. */
const SEEN = [
  'model_infer_request_success_total',
  'model_infer_request_failure_total',
  'grpc_server_handled_total',
  'rest_server_requests_in_progress',
  'rest_server_requests_total',
  'rest_server_request_duration_seconds',
];

describe('mlserver', () => {
  it('names the series that the real server exposed', () => {
    const { metrics, version } = mlserver({ version: '1.7.1', parallelWorkers: 0 });
    expect(seriesOf(metrics, version).filter((series) => !SEEN.includes(series))).toEqual(['batch_request_queue']);
    for (const signal of ['running', 'requestSeconds', 'errors'] as const)
      expect(SEEN).toContain(metricOf(metrics, signal)?.series);
  });

  it('has a queue only with workers that requests can wait for', () => {
    expect(metricOf(mlserver().metrics, 'queue')?.series).toBe('parallel_request_queue');
    expect(metricOf(mlserver({ parallelWorkers: 0 }).metrics, 'queue')).toBeUndefined();
  });
});
