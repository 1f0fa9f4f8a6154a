import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { EXIT_CODES, systemHost } from '../lib/release';
import { RealClock, serve, stageFor } from '../lib/testing';
import { servingIn, startServing } from './cli/run-serving';
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
    const named = [...text.matchAll(/npm (?:run )?([a-z\d:-]+)/g)].map(([, name = '']) => name).filter((name) => name !== 'ci');
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

  it('names the exit codes that there are', () => {
    const codes = [...read('README.md').matchAll(/^\| (\d+) \| /gm)].map(([, code]) => Number(code));
    expect(codes).toEqual([...new Set([0, 1, 2, ...Object.values(EXIT_CODES)])].sort((a, b) => a - b));
  });
});

describe('every command of the README', { timeout: 120_000 }, () => {
  const commands = [...read('README.md').matchAll(/npx (serving [^`\n]*?)(?=`|\s+#|$)/gm)].map(([, command = '']) =>
    command.trim(),
  );
  const of = (...names: readonly string[]) => commands.filter((command) => names.includes(command.split(' ')[1] ?? ''));
  const onCluster = ['plan', 'apply', 'status', 'history', 'rollback', 'uninstall'];
  const elsewhere = ['sandbox', ...onCluster];

  it('of the project does what it says', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'readme-'));
    for (const part of ['build', 'apps', 'environments', 'lib', 'cdk8s.yaml', 'package.json', 'dist'])
      cpSync(join(ROOT, part), join(folder, part), { recursive: true, preserveTimestamps: true });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    const mine = commands.filter((command) => !elsewhere.includes(command.split(' ')[1] ?? ''));
    expect(new Set(mine.map((command) => command.split(' ')[1]))).toEqual(
      new Set(['synth', 'check', 'parity', 'explain', 'exceptions', 'rehearse', 'set', 'completion']),
    );
    for (const command of mine) {
      // Each begins with the project as it is.
      for (const part of ['environments', 'dist'])
        cpSync(join(ROOT, part), join(folder, part), { recursive: true, preserveTimestamps: true });
      const { code, out, err } = await servingIn({ cwd: folder }, ...command.split(' ').slice(1));
      expect([command, code, err]).toEqual([command, 0, '']);
      expect([command, out.length > 0]).toEqual([command, true]);
    }
  });

  it('on a cluster does what it says', async () => {
    const source = systemHost().read(join(ROOT, 'dist/prod/fraud-model'));
    const stage = await stageFor(source, { clock: new RealClock(), pace: { startMs: 10, readyMs: 10, jobMs: 10 } });
    const served = await serve(stage.here.sandbox);
    const kubeconfig = join(mkdtempSync(join(tmpdir(), 'readme-')), 'kubeconfig');
    writeFileSync(kubeconfig, served.kubeconfig, { mode: 0o600 });
    const run = (command: string) => servingIn({ env: { KUBECONFIG: kubeconfig, CI: 'true' } }, ...command.split(' ').slice(1));
    try {
      for (const command of [...of('plan'), ...of('apply')]) {
        const { code, out, err } = await run(command);
        expect([command, code, err, out !== '']).toEqual([command, command.includes(' plan ') ? 2 : 0, '', true]);
      }
      // Something to go back from.
      expect((await stage.here.course(stage.apply(stage.next().objects))).result.outcome).toBe('done');
      for (const command of [...of('history'), ...of('rollback'), ...of('status'), ...of('uninstall')]) {
        const { code, out, err } = await run(command);
        expect([command, code, err, out !== '']).toEqual([command, 0, '', true]);
      }
      expect([...of(...onCluster)].length).toBeGreaterThanOrEqual(8);
    } finally {
      await served.close();
    }
  });

  it('that serves, serves', async () => {
    expect(of('sandbox')).toEqual(['serving sandbox']);
    const child = startServing('sandbox', '--kubeconfig', join(mkdtempSync(join(tmpdir(), 'readme-')), 'kubeconfig'));
    const [said] = child.stdout === null ? [] : await once(child.stdout, 'data');
    expect(String(said)).toContain('listens on https://');
    child.kill('SIGKILL');
  });
});
