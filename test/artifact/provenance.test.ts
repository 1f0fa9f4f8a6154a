import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { provenanceOf, publicUrl } from '../../lib/artifact/provenance';

/** A repository with two commits, of which only the first touches `a`. */
function repository() {
  const folder = mkdtempSync(join(tmpdir(), 'git-'));
  const env = { PATH: process.env.PATH, HOME: folder, GIT_COMMITTER_DATE: '2026-01-02T03:04:05+02:00' };
  const names = ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'init.defaultBranch=main'];
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-C', folder, ...names, ...args], { encoding: 'utf8', env, stdio: 'pipe' }).trim();
  git('init', '-q');
  for (const name of ['a', 'b']) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'x.yaml'), name);
    git('add', '.');
    git('commit', '-qm', name);
  }
  return { folder, git };
}

describe('provenance', () => {
  it('is the last commit of the directory, whatever was committed elsewhere', () => {
    const { folder, git } = repository();
    git('remote', 'add', 'origin', 'https://robot:token@git.test/team/models.git');
    const found = provenanceOf(join(folder, 'a'));
    expect(found).toEqual({
      source: 'https://git.test/team/models',
      revision: git('rev-parse', 'HEAD^'),
      created: '2026-01-02T01:04:05Z',
    });
  });

  it('is not known of changed directories, of shallow clones, and outside of git', () => {
    const { folder, git } = repository();
    writeFileSync(join(folder, 'a/x.yaml'), 'changed');
    expect(provenanceOf(join(folder, 'a')).unknown).toMatch(/uncommitted/);
    expect(provenanceOf(join(folder, 'b')).revision).toBe(git('rev-parse', 'HEAD'));
    git('checkout', '-q', '.');
    const clone = join(folder, 'clone');
    git('clone', '-q', '--depth', '1', `file://${folder}`, clone);
    expect(provenanceOf(join(clone, 'a')).unknown).toMatch(/shallow/);
    expect(provenanceOf(mkdtempSync(join(tmpdir(), 'no-git-'))).unknown).toMatch(/no git/);
  });

  it.each([
    ['git@git.test:team/models.git', 'https://git.test/team/models'],
    ['ssh://git@git.test:22/team/models', 'https://git.test/team/models'],
    ['https://x-access-token:secret@git.test:8443/team/models.git/', 'https://git.test:8443/team/models'],
    ['/srv/git/models', undefined],
    ['file:///srv/models', undefined],
  ])('names %s as %s', (remote, url) => expect(publicUrl(remote)).toBe(url));
});
