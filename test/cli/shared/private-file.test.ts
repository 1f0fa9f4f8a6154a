import { mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writePrivately } from '../../../lib/cli/shared/private-file';

it('writes for the owner alone, over files that others may read, and follows no link', () => {
  const dir = mkdtempSync(join(tmpdir(), 'serving-private-'));
  const [file, victim] = [join(dir, 'plan.json'), join(dir, 'victim')];
  writeFileSync(victim, 'precious');
  symlinkSync(victim, file);
  writePrivately(file, 'plan');
  expect(readFileSync(victim, 'utf8')).toBe('precious');
  expect(readFileSync(file, 'utf8')).toBe('plan');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  writeFileSync(join(dir, 'open'), '', { mode: 0o644 });
  writePrivately(join(dir, 'open'), 'x');
  expect(statSync(join(dir, 'open')).mode & 0o777).toBe(0o600);
  expect(() => writePrivately(join(dir, 'no/such/directory'), 'x')).toThrow();
  expect(readdirSync(dir).sort()).toEqual(['open', 'plan.json', 'victim']);
});
