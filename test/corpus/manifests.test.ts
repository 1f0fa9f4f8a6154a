import { describe, expect, it } from 'vitest';
import { runChecks } from '../../lib/checks';
import { describe as say } from '../../lib/errors/problem';
import { objectsOf, RIGHT_MANIFESTS, WRONG_MANIFESTS } from './manifests';

describe('wrong manifests', () => {
  it.each(WRONG_MANIFESTS.map((one) => [one.id, one] as const))('%s', (_id, one) => {
    const found = runChecks(objectsOf(one), one.context).filter(({ code }) => code === one.code);
    expect(found.map(({ severity }) => severity)).toContain(one.warns === true ? 'warning' : 'error');
  });
});

describe('unusual but right manifests', () => {
  it.each(RIGHT_MANIFESTS.map((one) => [one.id, one] as const))('%s', (_id, one) => {
    expect(runChecks(objectsOf(one), one.context).map(say)).toEqual([]);
  });
});
