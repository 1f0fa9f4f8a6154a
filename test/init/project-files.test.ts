import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { serving } from '../cli/run-serving';
import { ROOT } from '../harness/project';

const temporary = () => mkdtempSync(join(tmpdir(), 'init-'));
const json = (file: string) => JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as Record<string, Record<string, string>>;
const all = (folder: string) => (readdirSync(folder, { recursive: true }) as string[]).sort();

describe('serving init', () => {
  it('writes a stack, three environments, tests and CI files, and says how to go on', async () => {
    const folder = join(temporary(), 'churn-model');
    const { code, out } = await serving('init', folder);
    expect(code).toBe(0);
    expect(out.trim().split('\n').at(-1)).toMatch(/^Next: cd .*churn-model && npm install && npm test && npx serving synth$/);
    for (const file of [
      'apps/churn-model.ts',
      'environments/prod.ts',
      'test/churn-model.test.ts',
      '.gitignore',
      '.gitlab-ci.yml',
    ])
      expect([file, existsSync(join(folder, file))]).toEqual([file, true]);
    const text = all(folder).filter((path) => /\.\w+$/.test(path) && !/^\.github$/.test(path));
    for (const path of text) expect([path, readFileSync(join(folder, path), 'utf8')]).not.toContain('fraud-model');
  });

  it('names the stack otherwise with --name, in a folder that has other files', async () => {
    const folder = temporary();
    writeFileSync(join(folder, 'LICENSE'), 'own');
    expect((await serving('init', folder, '--name', 'churn')).code).toBe(0);
    expect(readFileSync(join(folder, 'apps/churn.ts'), 'utf8')).toContain("name: 'churn'");
    expect(readFileSync(join(folder, 'LICENSE'), 'utf8')).toBe('own');
  });

  it('overwrites nothing, and writes nothing then', async () => {
    const folder = join(temporary(), 'churn');
    mkdirSync(join(folder, 'apps'), { recursive: true });
    for (const file of ['README.md', 'apps/main.ts']) writeFileSync(join(folder, file), 'own');
    const { code, err } = await serving('init', folder);
    expect([code, err.trim().split('\n')]).toEqual([
      1,
      [expect.stringMatching(/README\.md: the file exists already.*FILE_EXISTS/), expect.stringMatching(/apps\/main\.ts/)],
    ]);
    expect(all(folder)).toEqual(['README.md', 'apps', 'apps/main.ts']);
  });

  it.each([
    ['Fraud_Model', 'fraud-model'],
    ['2nd-model', 'nd-model'],
    ['a'.repeat(41), 'a'.repeat(40)],
    ['model-', 'model'],
  ])('refuses the name %s and proposes %s', async (name, nearest) => {
    const folder = join(temporary(), name);
    const { code, err } = await serving('init', folder);
    expect([code, err]).toEqual([1, expect.stringMatching(new RegExp(`did you mean "${nearest}"\\?.*INVALID_NAME`))]);
    expect(existsSync(folder)).toBe(false);
  });

  it('asks for the versions that this package is tested with', () => {
    const own = json('package.json');
    const theirs = json('lib/init/template/package.json');
    const { 'cdk8s-serving': itself, valibot, ...peers } = theirs.dependencies ?? {};
    expect(itself).toBe(own.version);
    expect(valibot).toBe(own.dependencies?.valibot);
    for (const [name, version] of Object.entries({ ...peers, ...theirs.devDependencies }))
      expect([name, version]).toEqual([name, own.devDependencies?.[name]]);
  });
});
