import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, describe, expect, it } from 'vitest';
import { ROOT } from '../harness/project';

const folder = mkdtempSync(join(ROOT, 'build/docs-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** All code of the page, in one file; imports first, as a module wants them. */
function codeOf(page: string): string {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const code = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block = '']) => block).join('\n');
  const imports = [...code.matchAll(/^import [\s\S]*?;$/gm)].map(([line]) => line);
  return [...imports, code.replaceAll(/^import [\s\S]*?;$/gm, '')].join('\n');
}

describe('docs/testing.md', () => {
  const file = join(folder, 'stack.test.ts');
  const types = (name: string) => join(ROOT, 'build/lib', name, 'index.d.ts');
  writeFileSync(file, codeOf('docs/testing.md'));

  it('compiles as it stands, against the built package', () => {
    const options: ts.CompilerOptions = {
      strict: true,
      noEmit: true,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      target: ts.ScriptTarget.ES2022,
      skipLibCheck: true,
      types: ['node'],
      paths: {
        'cdk8s-serving': [types('.')],
        'cdk8s-serving/release': [types('release')],
        'cdk8s-serving/testing': [types('testing')],
      },
    };
    const problems = ts.getPreEmitDiagnostics(ts.createProgram([file], options));
    expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
  });

  it('runs as it stands, on the built package', { timeout: 60_000 }, () => {
    const alias = ['cdk8s-serving/testing', 'cdk8s-serving/release', 'cdk8s-serving'].map((find) => ({
      find,
      replacement: join(ROOT, 'build/lib', find.slice('cdk8s-serving/'.length), 'index.js'),
    }));
    const config = join(folder, 'vitest.config.mjs');
    writeFileSync(config, `export default { test: { root: ${JSON.stringify(folder)}, alias: ${JSON.stringify(alias)} } };`);
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
    const out = execFileSync(process.execPath, [vitest, 'run', '--config', config, '--reporter', 'json'], { encoding: 'utf8' });
    const report = JSON.parse(out.slice(out.indexOf('{'))) as { readonly numPassedTests: number; readonly numTotalTests: number };
    expect([report.numPassedTests, report.numTotalTests]).toEqual([4, 4]);
  });
});
