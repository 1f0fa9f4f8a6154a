import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packedFile } from '../../lib/init/packed';

function installed(resolved: string): { readonly root: string; readonly tarball: string } {
  const folder = mkdtempSync(join(tmpdir(), 'packed-'));
  const root = join(folder, 'project/node_modules/cdk8s-serving');
  mkdirSync(root, { recursive: true });
  const tarball = join(folder, 'cdk8s-serving-1.0.0.tgz');
  writeFileSync(tarball, '');
  const packages = { 'node_modules/cdk8s-serving': { resolved } };
  writeFileSync(join(root, '../.package-lock.json'), JSON.stringify({ packages }));
  return { root, tarball };
}

it('finds the packed file that a package was installed from', () => {
  const { root, tarball } = installed('file:../cdk8s-serving-1.0.0.tgz');
  expect(packedFile(root)).toBe(tarball);
});

it('finds none for a package of a registry, one that is gone, or without the notes of npm', () => {
  expect(packedFile(installed('https://registry.test/cdk8s-serving-1.0.0.tgz').root)).toBeUndefined();
  expect(packedFile(installed('file:../gone.tgz').root)).toBeUndefined();
  expect(packedFile(mkdtempSync(join(tmpdir(), 'packed-')))).toBeUndefined();
});
