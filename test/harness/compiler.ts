import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from './project';

/** What stands in front of every snippet. */
const PRELUDE = `
import { App, Duration } from 'cdk8s';
import { FeatureProxy, MetricsExporter, Model, ModelServer, type ModelServerProps, RedisCache, ServingStack, ValidationHook } from '${ROOT}/lib';
import type { Environment } from '${ROOT}/apps/stacks';
const stack = new ServingStack(new App(), 'stack', { namespace: 'here' });
const resources = { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '1Gi' } } as const;
const model = Model.baked({ image: 'a/b', version: 'v1', path: '/m' });
const base = { model, resources };
const env = { name: 'x', tier: 'dev', stacks: { 'fraud-model': {}, 'ml-serving-stack': {}, 'my-model': {}, llm: {}, triton: {} } } as const;
void Duration; void FeatureProxy; void MetricsExporter; void RedisCache; void ValidationHook; void base; void env;
type Env = Environment; void (undefined as Env | undefined);
type Given = Omit<ModelServerProps, 'model' | 'image' | 'resources'>; void (undefined as Given | undefined);
`;

/** What the compiler says of each snippet; `server({` is short for a model server with what it cannot do without. */
export function diagnose(snippets: Readonly<Record<string, string>>): ReadonlyMap<string, readonly string[]> {
  const call = (code: string) => code.replaceAll('server({', "new ModelServer(stack, 's', { ...base,");
  const modules = Object.entries(snippets).map(([name, code]) => [name, `${PRELUDE}\n${call(code)}\nexport {};`]);
  return diagnoseModules(Object.fromEntries(modules));
}

/** What the compiler says of each module, all of them in one program. */
export function diagnoseModules(modules: Readonly<Record<string, string>>): ReadonlyMap<string, readonly string[]> {
  const files = new Map(
    Object.entries(modules).map(
      ([name, text], index) => [join(ROOT, 'test/types', `snippet-${index}.ts`), { name, text }] as const,
    ),
  );
  const config = ts.readConfigFile(join(ROOT, 'test/tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, join(ROOT, 'test'));
  const host = ts.createCompilerHost({ ...options, noUnusedLocals: false });
  const { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (file, version) => {
    const snippet = files.get(file);
    return snippet === undefined ? getSourceFile(file, version) : ts.createSourceFile(file, snippet.text, version);
  };
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.readFile = (file) => files.get(file)?.text ?? readFile(file);
  const program = ts.createProgram([...files.keys()], { ...options, noUnusedLocals: false }, host);
  return new Map(
    [...files].map(([file, { name }]) => {
      const source = program.getSourceFile(file);
      const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
      return [name, found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))];
    }),
  );
}
