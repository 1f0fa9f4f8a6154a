import * as v from 'valibot';
import {
  defineStack,
  MetricsExporter,
  Model,
  ModelServer,
  Route,
  ServingStack,
  schema as s,
  triton,
  workloadProps,
} from '../../lib';

/** A model in the bucket. */
const model = v.strictObject({
  uri: v.custom<`s3://${string}`>((value) => typeof value === 'string' && value.startsWith('s3://'), 'an address s3://…'),
  size: s.memory,
});

/** Config that may differ between environments. */
const schema = v.strictObject({
  ...s.stack,
  /** Release of Triton's container: the image's tag. */
  triton: v.custom<`${number}.${number}`>((value) => /^\d\d\.\d\d$/.test(String(value)), 'a release such as 25.01'),
  /** Version of both models. */
  version: s.pinnedTag,
  detector: model,
  classifier: model,
  bucket: v.strictObject({
    region: v.string(),
    fetcher: s.imageRef,
    /** Annotations of a ServiceAccount that may read it. */
    workloadIdentity: v.record(v.string(), v.string()),
  }),
  server: v.strictObject({ ...s.workload.entries, gpu: s.gpu }),
  gateway: v.strictObject({ name: s.dnsLabel, namespace: s.dnsLabel, host: s.host }),
  metrics: s.metrics,
});

/** Two models on one Triton, a detector and a classifier, over HTTP and gRPC. */
export const tritonModels = defineStack({
  name: 'triton',
  schema,
  build(scope, config, { cluster }) {
    const { triton: release, version, detector, classifier, bucket, server, gateway, metrics, ...settings } = config;
    const stack = new ServingStack(scope, 'triton', { ...settings, ...cluster });
    const stored = (one: v.InferOutput<typeof model>) => Model.objectStore({ ...one, ...bucket, version });
    const models = new ModelServer(stack, 'models', {
      ...workloadProps(server),
      model: Model.repository({ version, models: { detector: stored(detector), classifier: stored(classifier) } }),
      image: `nvcr.io/nvidia/tritonserver:${release}-py3`,
      runtime: triton({ version: release, models: ['detector', 'classifier'] }),
      gpu: server.gpu,
    });
    const { host, ...attached } = gateway;
    new Route(stack, 'http', { gateway: attached, hostnames: [host], to: models });
    new Route(stack, 'grpc', { gateway: attached, hostnames: [`grpc.${host}`], to: models, protocol: 'grpc' });
    if (metrics !== 'off') new MetricsExporter(stack, 'metrics', { ...metrics, targets: [models] });
    return stack;
  },
});
