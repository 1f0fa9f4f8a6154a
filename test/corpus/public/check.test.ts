import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Finding, readManifests, runChecks } from '../../../lib/checks';
import { ROOT } from '../../harness/project';

/** An error that `check` finds in manifests of other people, read by hand. */
interface Verdict {
  readonly code: string;
  readonly directory: string;
  readonly subject: string;
  readonly path: string;
  readonly verdict: 'right' | 'wrong';
  readonly why: string;
}

const ARCHIVE = join(ROOT, '../shared/public/manifests.tar.xz');
const VERDICTS = parse(readFileSync(join(__dirname, 'findings.yaml'), 'utf8')) as readonly Verdict[];
const work = mkdtempSync(join(tmpdir(), 'public-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const line = ({ code, directory, subject, path }: Omit<Verdict, 'verdict' | 'why'>) =>
  `${directory} ${subject} ${path} [${code}]`;

if (!existsSync(ARCHIVE)) console.warn('skipped: no ../shared/public, precision of check is not measured');

describe.skipIf(!existsSync(ARCHIVE))('check on public manifests', () => {
  it('reports only errors that a person has read, and 98 of 100 of them are right', { timeout: 120_000 }, async () => {
    execFileSync('tar', ['xJf', ARCHIVE, '-C', work]);
    const root = join(work, readdirSync(work)[0] ?? '');
    const found: (Finding & { readonly directory: string })[] = [];
    for (const directory of readdirSync(root)) {
      const { objects } = await readManifests([join(root, directory)]);
      found.push(...runChecks(objects).map((finding) => ({ directory, ...finding })));
    }
    const errors = found.filter(({ severity }) => severity === 'error');
    const text = (one: Finding & { readonly directory: string }) => line({ path: '', ...one });
    const [lines, read] = [errors.map(text), VERDICTS.map(line)];
    expect({ unread: lines.filter((one) => !read.includes(one)), gone: read.filter((one) => !lines.includes(one)) }).toEqual({
      unread: [],
      gone: [],
    });
    const warnings = found.length - errors.length;
    console.log(`${readdirSync(root).length} directories: ${errors.length} errors, all read; ${warnings} warnings`);
  });

  it('has no rule of which a tenth of the errors is wrong', () => {
    const right = (list: readonly Verdict[]) => list.filter(({ verdict }) => verdict === 'right').length / list.length;
    expect(right(VERDICTS)).toBeGreaterThanOrEqual(0.98);
    for (const code of new Set(VERDICTS.map((one) => one.code)))
      expect([code, right(VERDICTS.filter((one) => one.code === code)) >= 0.9]).toEqual([code, true]);
  });
});
