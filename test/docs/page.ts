import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { expect } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import type { KubeObject } from '../../lib/kube/object';
import { ROOT } from '../harness/project';
import { type Part, partsOf } from './blocks';
import { type Fixture, fixture } from './fixture';

/** Commands for this very project that are run elsewhere, because they would run the tests that run them, or take too long here; and where. */
export const ELSEWHERE: Readonly<Record<string, readonly [file: string, text: string]>> = {
  'npm ci && npm start': ['test/cli/rehearse.test.ts', "describe('npm start'"],
  'npm start': ['test/cli/rehearse.test.ts', "describe('npm start'"],
  'npm ci && npm test': ['.ci/run', 'suite test || status=1'],
  'npm test': ['.ci/run', 'suite test || status=1'],
  'npm run test:cluster': ['.ci/run', 'suite test:cluster '],
  'npm run test:node': ['.ci/run', 'suite test:node ||'],
  'npm run test:slow': ['.ci/run', 'suite test:slow || status=1'],
  'npm run test:e2e': ['.ci/run', 'suite test:e2e || status=1'],
  'npm run test:servers': ['.ci/run', 'suite test:servers || status=1'],
  'npm run offline-validation': ['package.json', '"offline-validation": '],
  'npm run traffic-report': ['package.json', '"traffic-report": '],
  'npm run canary-report': ['package.json', '"canary-report": '],
  'npm run check': ['.ci/run', 'npm run -s check'],
  'npm pack': ['test/harness/new-project.ts', "run('npm', ['pack'"],
  'npm run build': [
    'package.json',
    'biome check . && depcruise lib --config .dependency-cruiser.mjs --output-type err && npm run -s build',
  ],
  'npm run docs': [
    'package.json',
    '"docs": "npm run -s build && SUITE=slow vitest run --config test/vitest.config.mts test/docs -u"',
  ],
  'kubectl apply -f dist/prod/fraud-model': ['test/cluster/render.test.ts', "kubectl('apply', '--server-side', '-f', folder)"],
  'npm run crash-matrix': ['docs/crash-matrix.md', 'npm run crash-matrix'],
  'npm run bench -- quick': ['package.json', '"bench": "npm run -s build && node test/bench/all.mjs"'],
  'npm run canary-kills': ['package.json', '"canary-kills": '],
  'npm run public-corpus': ['package.json', '"public-corpus": '],
  'kubectl apply --server-side --dry-run=server': ['test/corpus/public/judge.ts', "'--dry-run=server'"],
  'npm run bench': ['test/slow/bench.test.ts', "describe.skipIf(!hasCluster)('npm run bench'"],
  'node test/bench/page.mjs': ['docs/speed.md', '# How fast it is'],
};

/** Runs until it is stopped; `test/cli/rehearse.test.ts` does. Pages find a sandbox that is there already. */
const SERVER = /^npx serving sandbox\b/;

/**
 * Does everything that a page tells its readers to do, in its order, in one shell: runs its commands, compiles and runs its code.
 * Returns the page with the outputs and contents that came of it. A command that ends otherwise than the page says is an error.
 */
export async function followed(page: string, text: string): Promise<string> {
  const parts = partsOf(text);
  const kind = /<!-- starts in an empty folder -->/.test(text) ? 'empty' : 'copy';
  const here = await fixture(kind);
  try {
    const [out, script] = scriptOf(parts, here, page, kind === 'copy' ? ELSEWHERE : {});
    const { code, err } = await here.run(script);
    expect([code, err]).toEqual([0, '']);
    return filled(text, parts, out);
  } finally {
    await here.end();
  }
}

/** One script for the whole page; each part that prints something leaves it in a file, and its code in another. */
function scriptOf(
  parts: readonly Part[],
  { folder }: Fixture,
  page: string,
  elsewhere: object,
): readonly [out: string, script: string] {
  const out = join(folder, '../out');
  mkdirSync(out);
  const own = parts.flatMap((part, index) =>
    part.type === 'code' && part.file === undefined ? [{ text: part.text, index }] : [],
  );
  const program = hoisted(own.map(({ text }) => text).join('\n'));
  if (own.length > 0) expect(problemsOf(program)).toEqual([]);
  const lines = parts.flatMap((part, index) => {
    const step = (command: string, codes: readonly number[]) => [
      `{ ${command}\n} > "${out}/${index}" 2>&1 < /dev/null`,
      `code=$?; case $code in ${codes.join('|')}) ;; *) echo ${quoted(`${page}: ${command}`)} ended with $code: >&2; cat "${out}/${index}" >&2; exit 1;; esac`,
    ];
    switch (part.type) {
      case 'command':
        return part.command in elsewhere || SERVER.test(part.command) ? [] : step(part.command, part.codes);
      case 'contents':
        return step(`cat ${quoted(part.of.split(' ')[0] ?? '')}`, [0]);
      case 'code': {
        if (part.file !== undefined)
          return step(
            `mkdir -p ${dirname(part.file)} && cat > ${quoted(part.file)} <<'END OF FILE'\n${part.text}END OF FILE`,
            [0],
          );
        if (index !== own.at(-1)?.index) return [];
        return step(runOf(folder, program), [0]);
      }
      default:
        return [];
    }
  });
  return [out, lines.join('\n')];
}

/** Imports first, as a module wants them. */
function hoisted(code: string): string {
  const IMPORT = /^import [\s\S]*?;$/gm;
  return [...[...code.matchAll(IMPORT)].map(([line]) => line), code.replaceAll(IMPORT, '')].join('\n');
}

function runOf(folder: string, program: string): string {
  if (/from 'vitest'/.test(program)) {
    mkdirSync(join(folder, 'page'));
    writeFileSync(join(folder, 'page/page.test.ts'), program);
    return 'npx vitest run --dir page --testTimeout 60000';
  }
  const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
  writeFileSync(join(folder, 'page.js'), ts.transpileModule(program, { compilerOptions: options }).outputText);
  return 'node page.js';
}

/** What the compiler says of a page's code, against the built package. */
function problemsOf(program: string): readonly string[] {
  const types = (name: string) => [join(ROOT, 'build/lib', name, 'index.d.ts')];
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2022,
    skipLibCheck: true,
    types: ['node'],
    paths: {
      'cdk8s-serving': types('.'),
      ...Object.fromEntries(['release', 'testing', 'checks'].map((name) => [`cdk8s-serving/${name}`, types(name)])),
    },
  };
  const file = join(ROOT, 'build/page.ts');
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.getSourceFile = (name, version) =>
    name === file ? ts.createSourceFile(name, program, version) : getSourceFile(name, version);
  host.fileExists = (name) => name === file || fileExists(name);
  const found = ts.getPreEmitDiagnostics(ts.createProgram([file], options, host));
  return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

function filled(text: string, parts: readonly Part[], out: string): string {
  const read = (index: number) => readFileSync(join(out, String(index)), 'utf8');
  let result = '';
  let position = 0;
  let last = 0;
  for (const [index, part] of parts.entries()) {
    if (part.type === 'command' || part.type === 'code') last = index;
    if (part.type !== 'output' && part.type !== 'contents') continue;
    const content = part.type === 'output' ? printed(read(last)) : picked(read(index), part.of);
    result += `${text.slice(position, part.start)}${content.trimEnd()}\n`;
    position = part.end;
  }
  return result + text.slice(position);
}

/** Tables with times and names that are the same each time, in columns that are as wide as these. */
function realigned(text: string): string {
  const lines = text.split('\n');
  let starts: readonly number[] | undefined;
  const rows: { readonly line: number; readonly cells: readonly string[] }[] = [];
  const flush = () => {
    const widths = (rows[0]?.cells ?? []).map((_, i) => Math.max(...rows.map(({ cells }) => cells[i]?.length ?? 0)));
    for (const { line, cells } of rows)
      lines[line] = cells
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('   ')
        .trimEnd();
    rows.length = 0;
  };
  [...lines, ''].forEach((line, index) => {
    if (/^[A-Z]+(?: {3,}[A-Z]+)+$/.test(line)) starts = [...line.matchAll(/[A-Z]+/g)].map(({ index: at }) => at);
    if (line === '' || starts === undefined) {
      flush();
      starts = undefined;
      return;
    }
    const cells = starts.map((from, i) => line.slice(from, starts?.[i + 1]).trimEnd());
    const same = cells.map((cell) => cell.replace(/^\d+[smhd] ago$/, '5s ago').replace(/^[\w-]+@[\w-]+$/, 'you@laptop'));
    rows.push({ line: index, cells: same });
  });
  return lines.join('\n');
}

/** What a command printed, without what is otherwise each time. */
function printed(text: string): string {
  return realigned(text)
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '2026-01-31T12:00:00.000Z')
    .replaceAll(/\b[\w-]+@[\w-]+([,:] )/g, 'you@laptop$1')
    .replaceAll(/\b\d+[smhd] ago\b/g, '5s ago')
    .replaceAll(/\b\d+(\.\d)? s\b/g, '0.5 s')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:6443')
    .trim();
}

/** `FILE`, `FILE Kind` or `FILE Kind path.to.a.field`. */
function picked(text: string, what: string): string {
  const [, kind, path] = what.split(' ');
  if (kind === undefined) return text;
  const objects = parseAllDocuments(text).map((document) => document.toJS() as KubeObject);
  const found = objects.find((object) => object.kind === kind);
  const value = (path ?? '')
    .split('.')
    .filter(Boolean)
    .reduce<unknown>((below, key) => (below as Record<string, unknown>)?.[key], found);
  if (value === undefined) throw new Error(`${what}: there is no such thing`);
  return stringify(value, { lineWidth: 0 });
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
