import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../harness/project';
import { ELSEWHERE, followed } from './page';

const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];

// `npm run docs` writes what has changed into the pages.
describe.each(PAGES)('%s', (page) => {
  it('does what it says', { timeout: 180_000 }, async () => {
    const file = join(ROOT, page);
    await expect(await followed(page, readFileSync(file, 'utf8'))).toMatchFileSnapshot(file);
  });
});

it('names a place for every command that is run elsewhere', () => {
  for (const [command, [file, text]] of Object.entries(ELSEWHERE))
    expect([command, readFileSync(join(ROOT, file), 'utf8').includes(text)]).toEqual([command, true]);
});
