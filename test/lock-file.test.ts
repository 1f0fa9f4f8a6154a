import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from './harness/project';

// What a package brings along inside of itself is covered by the digest of that package.
it('package-lock.json has the digest of each package, and none that is not from the registry', () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<
      Record<
        string,
        { readonly integrity?: string; readonly resolved?: string; readonly link?: boolean; readonly inBundle?: boolean }
      >
    >;
  };
  const unpinned = Object.entries(packages).filter(
    ([path, { integrity, resolved, link, inBundle }]) =>
      path !== '' && inBundle !== true && (!/^sha512-/.test(integrity ?? '') || link === true || resolved !== undefined),
  );
  expect(unpinned.map(([path]) => path)).toEqual([]);
});
