import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../harness/project';

const below = readdirSync(join(ROOT, 'docs'), { recursive: true }) as readonly string[];

/** All pages. */
export const PAGES: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  ...below
    .filter((file) => file.endsWith('.md'))
    .sort()
    .map((file) => `docs/${file}`),
];
