// How long the compiler takes over the sample apps, and over a project of 50 stacks and ten environments, against the types of the
// built package, as in a project that uses it.
//   node test/bench/compile.mjs [--rounds 5]
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { budget, compare } from './compare.mjs';

const rounds = Number(parseArgs({ options: { rounds: { type: 'string' } } }).values.rounds ?? 5);
const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'serving-compile-'));
for (const name of ['apps', 'environments']) {
  cpSync(join(root, name), join(folder, name), { recursive: true, filter: (path) => !path.includes('images') });
  for (const file of readdirSync(join(folder, name), { recursive: true }).filter((one) => one.endsWith('.ts'))) {
    const path = join(folder, name, file);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(/'(?:\.\.\/)+lib(?:\/[^']*)?'/g, "'cdk8s-serving'"));
  }
}
symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
const compilerOptions = {
  noEmit: true,
  rootDir: '/',
  typeRoots: [join(root, 'node_modules/@types')],
  paths: { 'cdk8s-serving': [join(root, 'build/lib/index.d.ts')] },
};
const config = { extends: join(root, 'tsconfig.json'), compilerOptions, include: ['apps/**/*.ts', 'environments/*.ts'] };
writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));

const tsc = [process.execPath, join(root, 'node_modules/typescript/bin/tsc'), '-p', folder];
const { apps } = compare({ apps: [tsc] }, rounds);
for (const [name, count] of [
  ['apps/fraud-model', 50],
  ['environments/prod', 10],
]) {
  for (let copy = 1; copy < count; copy++) cpSync(join(folder, `${name}.ts`), join(folder, `${name}-${copy}.ts`));
}
const { fifty } = compare({ fifty: [tsc] }, rounds);
rmSync(folder, { recursive: true, force: true });
const met = [budget('tsc on the sample apps, seconds', apps, 3), budget('tsc on 50 stacks, seconds', fifty, 6)];
process.exitCode = met.every(Boolean) ? 0 : 1;
