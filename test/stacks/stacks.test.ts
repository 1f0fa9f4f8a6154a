import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { STACKS } from './definitions';
import { renderStack } from './render';

describe.each(Object.entries(STACKS))('%s', (name, build) => {
  it('is written in at most 50 lines, without an escape hatch', () => {
    const source = readFileSync(join(__dirname, 'definitions', `${name}.ts`), 'utf8');
    expect(source.trimEnd().split('\n').length).toBeLessThanOrEqual(50);
    expect(source).not.toMatch(/\.patch\(|addJsonPatch|ApiObject|as unknown|podSettings|except\(/);
  });

  it('has no problem, and the checks give no false alarm', () => {
    const { problems, findings } = renderStack(build);
    expect(problems).toEqual([]);
    expect(findings.map(({ subject, path, message, code }) => `${subject} ${path} ${message} [${code}]`)).toEqual([]);
  });
});
