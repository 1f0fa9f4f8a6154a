import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SHARED } from '../harness/cluster';
import { ROOT } from '../harness/project';

const UNPACK = join(SHARED, 'peers/unpack');
const hasPeers = existsSync(UNPACK);
if (!hasPeers) console.warn('SKIPPED: the commands of helm in docs/from-helm.md; they need ../shared/peers beside the project');

/** Not part of helm: `helm diff` is a plugin. */
const PLUGINS = ['diff'];
const rows = [...readFileSync(join(ROOT, 'docs/from-helm.md'), 'utf8').matchAll(/^\| (`helm [^|]*) \|/gm)].map(
  ([, cell]) => cell,
);
const commands = rows.flatMap((cell = '') => [...cell.matchAll(/`helm ([^`]*)`/g)].map(([, words = '']) => words.split(' ')));
const known = commands.filter(([verb = '']) => !PLUGINS.includes(verb)).map((words) => [words.join(' '), words] as const);

describe.skipIf(!hasPeers)('what the tutorial calls by its name in helm', () => {
  it('is all there is to say about', () => expect(known.length).toBeGreaterThan(10));

  it.each(known)('helm %s exists, with its flags', (_, words) => {
    const folder = execFileSync(UNPACK, { encoding: 'utf8' }).trim();
    const verb = words.filter((word) => /^[a-z]+$/.test(word)).slice(0, words[0] === 'get' ? 2 : 1);
    const flags = words.filter((word) => word.startsWith('-')).map((word) => word.replace(/=.*/, ''));
    for (const version of ['helm3', 'helm4']) {
      const { status, stdout } = spawnSync(join(folder, version), [...verb, '--help'], { encoding: 'utf8' });
      expect(status, `${version} ${verb.join(' ')}`).toBe(0);
      // helm 4 still takes the names that helm 3 had.
      const gone = version === 'helm4' ? ['--atomic'] : [];
      for (const flag of flags.filter((one) => !gone.includes(one))) {
        expect(stdout, `${version} ${verb.join(' ')}`).toMatch(new RegExp(`(^|[\\s,])${flag}\\b`, 'm'));
      }
    }
  });
});
