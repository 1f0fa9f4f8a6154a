import * as v from 'valibot';
import { defineStack, flask, Model, type ModelAndImage, ModelServer, ServingStack, schema as s, workloadProps } from '../lib';

/** Config of `my-model` that may differ between environments. */
const schema = v.strictObject({
  ...s.stack,
  image: v.string(),
  version: s.pinnedTag,
  /** Source of the model: part of the image, one file rendered into a ConfigMap, or a file on a PVC. */
  model: v.union([
    v.strictObject({ source: v.literal('baked') }),
    v.strictObject({ source: v.literal('file'), file: v.string() }),
    v.strictObject({ source: v.literal('claim'), claim: s.dnsLabel }),
  ]),
  server: s.workload,
  ingress: s.ingress,
});

const PATH = '/app/model.pkl';

/** A Flask service with a pickled model. */
export const myModel = defineStack({
  name: 'my-model',
  schema,
  build(scope, config, { cluster }) {
    const { image, version, model, server, ingress, ...settings } = config;
    const stack = new ServingStack(scope, 'my-model', { ...settings, ...cluster });
    const helm = settings.naming === 'helm-compat';
    new ModelServer(stack, helm ? 'my-model-chart' : 'my-model', {
      ...(helm ? { chart: 'my-model-chart-0.1.0' } : {}),
      containerName: 'my-model-chart',
      ...workloadProps(server),
      ...source(model, image, version),
      runtime: flask(),
      ...(ingress === 'off' ? {} : { ingress }),
    });
    return stack;
  },
});

type Source = v.InferOutput<typeof schema>['model'];

function source(model: Source, image: string, version: v.InferOutput<typeof s.pinnedTag>): ModelAndImage {
  if (model.source === 'baked') return { model: Model.baked({ image, version, path: PATH }) };
  const server = { image: `${image}:${version}` } as const;
  if (model.source === 'file') return { ...server, model: Model.file({ file: model.file, path: PATH, version }) };
  return { ...server, model: Model.claim({ claim: model.claim, subPath: 'model.pkl', path: PATH, version }) };
}
