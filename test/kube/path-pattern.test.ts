import { expect, it } from 'vitest';
import { isPattern } from '../../lib/kube/path-pattern';

it.each(['/v1(/|$)(.*)', '/models/.*', '/api/v[0-9]+', '^/predict', '/predict$', '/a\\.json', '/(a|b)'])(
  '%s is a pattern',
  (path) => {
    expect(isPattern(path)).toBe(true);
  },
);

it.each(['/', '/v1/models', '/*', '/a.b/c+d', '/~team/$metadata', '/Products(1)', '/.well-known/acme'])(
  '%s is a plain path',
  (path) => {
    expect(isPattern(path)).toBe(false);
  },
);
