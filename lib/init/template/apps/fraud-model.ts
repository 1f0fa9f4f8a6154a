import {
  defineStack,
  externalRedis,
  Model,
  ModelServer,
  ServingStack,
  schema as s,
  ValidationHook,
  workloadProps,
} from 'cdk8s-serving';
import * as v from 'valibot';

/** The config of this stack; each environment can set every field. */
const schema = v.strictObject({
  ...s.stack,
  model: v.strictObject({ image: v.string(), version: s.pinnedTag, threshold: s.fraction }),
  server: s.workload,
  redis: s.externalRedis,
  ingress: s.ingress,
  gate: s.gate,
});

/** The stack: a model server with a Redis cache, and a gate that rejects a worse model. */
export const stack = defineStack({
  name: 'fraud-model',
  schema,
  build(scope, config, { cluster }) {
    const { model, server, redis, ingress, gate, ...settings } = config;
    const umbrella = new ServingStack(scope, 'fraud-model', { ...settings, ...cluster });
    const modelServer = new ModelServer(umbrella, 'model', {
      ...workloadProps(server),
      // One version sets the image tag, the path and the label.
      model: Model.baked({ ...model, path: `/models/${model.version}/model.pt`, copyable: true }),
      env: { DECISION_THRESHOLD: model.threshold.toFixed(2) },
      ...(redis === 'off' ? {} : { cache: externalRedis(redis) }),
      ...(ingress === 'off' ? {} : { ingress }),
    });
    if (!('off' in gate)) new ValidationHook(umbrella, 'validate', { ...gate, validates: modelServer });
    return umbrella;
  },
});
