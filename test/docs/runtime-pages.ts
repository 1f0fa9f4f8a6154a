import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as lib from '../../lib/index';
import { LOAD_SIGNALS, metricOf } from '../../lib/runtimes/metrics';
import type { Runtime } from '../../lib/runtimes/runtime';
import { ROOT } from '../harness/project';
import { ENTRIES, publicNames } from '../harness/public-api';
import { cell, code, table } from './markdown';

/** The presets by the file of their source and page, each with the least options. */
const PRESETS: Readonly<Record<string, readonly [name: string, runtime: Runtime, options: string | undefined]>> = {
  bentoml: ['bentoml', lib.bentoml(), 'BentomlOptions'],
  flask: ['flask', lib.flask(), 'FlaskOptions'],
  http: ['http', lib.http, undefined],
  'hugging-face': ['huggingFace', lib.huggingFace(), 'HuggingFaceServerOptions'],
  'llama-cpp': ['llamaCpp', lib.llamaCpp(), 'LlamaCppOptions'],
  mlserver: ['mlserver', lib.mlserver(), 'MlserverOptions'],
  nim: ['nim', lib.nim({ version: '2.1.7' }), 'NimOptions'],
  ollama: ['ollama', lib.ollama(), 'OllamaOptions'],
  openvino: ['openvino', lib.openvino(), 'OpenvinoOptions'],
  'ray-serve': ['rayServe', lib.rayServe({ version: '2.54.0' }), 'RayServeOptions'],
  sglang: ['sglang', lib.sglang({ version: '0.5.17' }), 'SglangOptions'],
  'tensorflow-serving': ['tensorflowServing', lib.tensorflowServing(), 'TensorflowServingOptions'],
  'text-embeddings': ['textEmbeddings', lib.textEmbeddings(), 'TextEmbeddingsOptions'],
  triton: ['triton', lib.triton(), 'TritonOptions'],
  vllm: ['vllm', lib.vllm({ version: '0.26.0' }), 'VllmOptions'],
};

/** The pages about the runtimes, and their index. */
export function runtimePages(): readonly { readonly path: string; readonly text: string }[] {
  const index = Object.entries(PRESETS).map(([file, [name, runtime]]) => [
    `[${code(name)}](${file}.md)`,
    Object.entries(runtime.ports)
      .map(([port, number]) => `${port} ${number}`)
      .join(', '),
    runtime.streams ? 'streams' : '',
  ]);
  const text = `# Runtimes

What is known of each kind of model server. A runtime is plain data: see [Models](../models.md#add-your-own-runtime) to write your own.

${table(['preset', 'ports', 'responses'], index)}
These pages are made from \`lib/runtimes\`.
`;
  return [
    { path: 'runtimes/README.md', text },
    ...Object.entries(PRESETS).map(([file, preset]) => ({ path: `runtimes/${file}.md`, text: page(file, ...preset) })),
  ];
}

const handler = (check: object): string =>
  Object.entries(check)
    .map(([key, value]) => (value === true ? 'the open port' : key === 'port' ? `port ${value}` : `${key} ${value}`))
    .join(', ');

function page(file: string, name: string, runtime: Runtime, optionsName: string | undefined): string {
  const names = publicNames(ENTRIES['cdk8s-serving']);
  const doc = names.find((one) => one.name === name)?.doc ?? '';
  const options = names.find((one) => one.name === optionsName)?.members ?? [];
  const { health, drain, metrics, user } = runtime;
  const { startup = health.ready, ready, live } = health;
  const facts = [
    [
      'ports',
      Object.entries(runtime.ports)
        .map(([port, number]) => `${port} ${number}`)
        .join(', '),
    ],
    ['started', handler(startup)],
    ['ready', handler(ready)],
    ['alive', handler(live)],
    [
      'shutdown',
      drain === undefined
        ? '15 s in service, 30 s to finish'
        : `${drain.before} in service, ${drain.finish} to finish, then ${drain.onTerm} new connections`,
    ],
    ['start', `at most ${runtime.startupTimeout ?? '5m'}`],
    ['writable directories', (runtime.writableDirectories ?? ['/tmp']).map(code).join(', ')],
    ['user', user === undefined ? 'any: 25000, group 26000' : `${user.uid}, group ${user.gid}`],
    ['metrics', metrics === undefined ? 'none' : `${code(metrics.path)} on port ${metrics.port ?? 'http'}`],
  ];
  const signals = LOAD_SIGNALS.flatMap((signal) => {
    const metric = metricOf(metrics, signal, runtime.version);
    return metric === undefined
      ? []
      : [[code(signal), code(metric.series), metric.query === undefined ? metric.kind : 'computed per pod']];
  });
  const rows = options.map((prop) => [
    code(prop.name),
    code(prop.type),
    prop.optional ? cell(prop.default ?? 'none') : '**required**',
    cell(prop.doc),
  ]);
  const source = readFileSync(join(ROOT, 'lib/runtimes', `${file}.ts`), 'utf8');
  const sources = [...source.matchAll(/@see (\S+)/g)].map(([, url]) => `- <${url}>`);
  return `# ${name}

${doc}

${table(['fact', 'value'], facts)}
${signals.length === 0 ? '' : `## Metrics by meaning\n\n${table(['meaning', 'series', 'kind'], signals)}`}
${rows.length === 0 ? '' : `## Options\n\n${table(['option', 'type', 'default', 'what'], rows)}`}
${(runtime.warnings ?? []).length === 0 ? '' : `## Warnings\n\n${(runtime.warnings ?? []).map((warning) => `- ${warning}`).join('\n')}\n`}
${sources.length === 0 ? '' : `## Sources\n\n${sources.join('\n')}\n`}
[All runtimes](README.md) · [Models](../models.md)
`.replaceAll(/\n{3,}/g, '\n\n');
}
