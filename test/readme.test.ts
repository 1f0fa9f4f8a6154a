import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { ROOT } from './harness/project';

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const blocks = (text: string, language: string) =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, code = '']) => code);

describe('README', () => {
  it('shows a stack that compiles and renders', () => {
    const [code = ''] = blocks(read('README.md'), 'ts');
    // Inside the project, so that packages are found; the package itself is the built one.
    const folder = mkdtempSync(join(ROOT, 'build/readme-'));
    const file = join(folder, 'stack.ts');
    writeFileSync(file, code.replace("'cdk8s-serving'", "'../lib/index'"));
    const options: ts.CompilerOptions = {
      strict: true,
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      skipLibCheck: true,
      types: ['node'],
    };
    const program = ts.createProgram([file], options);
    const problems = ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
    expect(problems).toEqual([]);
    program.emit();
    execFileSync(process.execPath, [join(folder, 'stack.js')], { cwd: folder });
    const manifests = readFileSync(join(folder, 'dist/fraud.k8s.yaml'), 'utf8');
    expect(manifests).toContain('value: http://fraud-features:8081');
    expect(manifests).toContain('image: registry.company.com/fraud-model:v2.1.0');
  });

  it('names files and npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> };
    const text = read('README.md') + read('CONTRIBUTING.md');
    const named = [...text.matchAll(/npm (?:run )?([a-z:-]+)/g)].map(([, name = '']) => name).filter((name) => name !== 'ci');
    expect(named.length).toBeGreaterThan(5);
    for (const name of named) expect([name, name in scripts]).toEqual([name, true]);
    for (const [, path = ''] of text.matchAll(/^\| `([a-z.]+\/[\w/.]*)` \|/gm))
      expect([path, existsSync(join(ROOT, path))]).toEqual([path, true]);
  });

  it('has every folder of lib in the map', () => {
    const folders = execFileSync('git', ['ls-files', 'lib'], { cwd: ROOT, encoding: 'utf8' })
      .trim()
      .split('\n')
      .map((file) => file.split('/').slice(0, 2).join('/'));
    const map = read('CONTRIBUTING.md');
    for (const folder of new Set(folders))
      expect([folder, map.includes(`\`${folder}${/\.\w+$/.test(folder) ? '' : '/'}\``)]).toEqual([folder, true]);
  });
});
