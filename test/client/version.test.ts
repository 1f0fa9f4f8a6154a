import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { USER_AGENT, VERSION } from '../../lib/client';

it('is that of the package', () => {
  expect(VERSION).toBe(JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')).version);
  expect(USER_AGENT).toBe(`cdk8s-serving/${VERSION}`);
});
