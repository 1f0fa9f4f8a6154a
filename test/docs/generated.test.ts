import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../harness/project';
import { generatedPages } from './generated';
import { followed } from './page';

// Made from the source; `npm run docs` writes them.
describe.each(generatedPages())('docs/$path', ({ path, text }) => {
  it('is what the source says, and does what it says', { timeout: 420_000 }, async () => {
    const file = `docs/${path}`;
    const page = path.startsWith('constructs/') ? await followed(file, text) : text;
    await expect(page).toMatchFileSnapshot(join(ROOT, file));
  });
});
