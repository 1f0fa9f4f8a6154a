import * as v from 'valibot';
import {
  defineStack,
  externalHttp,
  externalRedis,
  MetricsExporter,
  Model,
  ModelServer,
  ServingStack,
  schema as s,
  ValidationHook,
  workloadProps,
} from '../lib';

/** Config of `fraud-model` that may differ between environments. */
const schema = v.strictObject({
  ...s.stack,
  model: v.strictObject({
    image: v.string(),
    version: s.pinnedTag,
    /** From 0 to 1; printed with two decimals, like the server's own settings. */
    decisionThreshold: s.fraction,
    batchSize: s.count(1, 4096),
  }),
  server: s.workload,
  features: v.strictObject({ url: s.httpUrl }),
  redis: s.externalRedis,
  ingress: s.ingress,
  metrics: s.metrics,
  gate: s.gate,
});

/** One model server, an external feature server and Redis, and a gate for the model. */
export const fraudModel = defineStack({
  name: 'fraud-model',
  schema,
  build(scope, config, { cluster }) {
    const { model, server, features, redis, ingress, metrics, gate, ...settings } = config;
    const stack = new ServingStack(scope, 'fraud-model', { ...settings, ...cluster });
    const modelServer = new ModelServer(stack, 'fraud-model', {
      ...workloadProps(server),
      ...(settings.naming === 'helm-compat' ? { chart: 'fraud-model-1.4.2' } : {}),
      // The version is written only once: it is the image's tag, part of the path, and the label.
      model: Model.baked({
        image: model.image,
        version: model.version,
        path: `/models/fraud/${model.version}/model.pt`,
        copyable: true,
      }),
      features: externalHttp(features.url),
      env: { DECISION_THRESHOLD: model.decisionThreshold.toFixed(2), BATCH_SIZE: model.batchSize },
      ...(redis === 'off' ? {} : { cache: externalRedis(redis) }),
      ...(ingress === 'off' ? {} : { ingress }),
    });
    if (metrics !== 'off') new MetricsExporter(stack, 'metrics', { ...metrics, targets: [modelServer] });
    if (!('off' in gate)) {
      new ValidationHook(stack, 'pre-upgrade-validate', {
        ...gate,
        validates: modelServer,
        command: ['python', 'validate_model.py'],
      });
    }
    return stack;
  },
});
