import { expect, it } from 'vitest';
import { rangeOf } from '../../lib/kube/metrics';

it.each(['auc', 'roc_auc', 'liveAuc', 'f1', 'accuracy', 'precision', 'recall', 'errorRate', 'error_rate'])(
  'knows that %s is a fraction',
  (name) => {
    expect(rangeOf(name)).toEqual({ min: 0, max: 1 });
  },
);

it.each(['latencyP99Ms', 'latency', 'duration_seconds', 'timeToFirstTokenMs', 'requestCount'])(
  'knows that %s is never negative',
  (name) => {
    expect(rangeOf(name)?.min).toBe(0);
    expect(rangeOf(name)?.max).toBe(Number.POSITIVE_INFINITY);
  },
);

it.each(['aucRegression', 'logLikelihood', 'requestRate', 'score'])('takes %s as it is', (name) => {
  expect(rangeOf(name)).toBeUndefined();
});
