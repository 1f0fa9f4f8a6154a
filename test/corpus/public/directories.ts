import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SHARED } from '../../harness/cluster';

/** Directories of public manifests, unpacked where git does not look. */
export function publicDirectories(): readonly string[] {
  const dir = mkdtempSync(join(tmpdir(), 'public-'));
  execFileSync('tar', ['xJf', join(SHARED, 'public/manifests.tar.xz'), '-C', dir]);
  return readdirSync(join(dir, 'shown'))
    .sort()
    .map((name) => join(dir, 'shown', name));
}
