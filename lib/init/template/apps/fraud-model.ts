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

/** What may differ between the environments. */
const schema = v.strictObject({
  ...s.stack,
  model: v.strictObject({ image: v.string(), version: s.pinnedTag, threshold: s.fraction }),
  server: s.workload,
  redis: s.externalRedis,
  ingress: s.ingress,
  gate: s.gate,
});

/** The stack: a model server that caches in Redis, and the gate that keeps a worse model out. */
export const stack = defineStack({
  name: 'fraud-model',
  schema,
  build(scope, config, { cluster }) {
    const { model, server, redis, ingress, gate, ...settings } = config;
    const umbrella = new ServingStack(scope, 'fraud-model', { ...settings, ...cluster });
    const modelServer = new ModelServer(umbrella, 'model', {
      ...workloadProps(server),
      // The version is written once: it is the image's tag, a part of the path, and a label.
      model: Model.baked({ ...model, path: `/models/${model.version}/model.pt`, copyable: true }),
      env: { DECISION_THRESHOLD: model.threshold.toFixed(2) },
      ...(redis === 'off' ? {} : { cache: externalRedis(redis) }),
      ...(ingress === 'off' ? {} : { ingress }),
    });
    if (!('off' in gate)) new ValidationHook(umbrella, 'validate', { ...gate, validates: modelServer });
    return umbrella;
  },
});
