import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../harness/project';
import { PAGES } from './list';
import { ELSEWHERE, followed } from './page';

// Those that are made from the source are followed where they are made; the others are what `npm run traffic-report` and `npm run canary-report` measured.
const MADE = /^docs\/(constructs\/.*|api\/.*|cli\.md|errors\.md|(serving|canary)-under-traffic\.md)$/;

// `npm run docs` writes what has changed into the pages.
describe.each(PAGES.filter((page) => !MADE.test(page)))('%s', (page) => {
  it('does what it says', { timeout: 420_000 }, async () => {
    const file = join(ROOT, page);
    await expect(await followed(page, readFileSync(file, 'utf8'))).toMatchFileSnapshot(file);
  });
});

it('names a place for every command that is run elsewhere', () => {
  for (const [command, [file, text]] of Object.entries(ELSEWHERE))
    expect([command, readFileSync(join(ROOT, file), 'utf8').includes(text)]).toEqual([command, true]);
});
