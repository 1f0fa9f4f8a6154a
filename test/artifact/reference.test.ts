import { describe, expect, it } from 'vitest';
import { formatReference, isLoopback, parseReference } from '../../lib/artifact/reference';

const DIGEST = `sha256:${'0a'.repeat(32)}`;

describe('a reference', () => {
  it.each([
    'oci://registry.company.com/team/fraud-model:1.4.2',
    `oci://registry.company.com/team/fraud-model@${DIGEST}`,
    `oci://127.0.0.1:5000/fraud__model:v1@${DIGEST}`,
    'oci://[::1]:5000/a/b/c',
    'oci://localhost/x:_1',
  ])('reads and writes %s', (text) => expect(formatReference(parseReference(text))).toBe(text));

  it.each([
    ['registry.company.com/x:1', /does not name a registry/],
    ['oci://x:1', /registry host/],
    ['oci:///x:1', /registry host/],
    ['oci://user:password@registry/x:1', /registry host/],
    ['oci://registry/Team/x:1', /repository/],
    ['oci://registry/../x:1', /repository/],
    ['oci://registry/team//x:1', /repository/],
    ['oci://registry/x:1 2', /tag/],
    ['oci://registry/x:', /tag/],
    ['oci://registry/x@sha256:12', /digest/],
    [`oci://registry/x@${DIGEST}@${DIGEST}`, /digest/],
    ['oci://registry/x?y=1', /repository/],
  ])('refuses %s', (text, message) => expect(() => parseReference(text)).toThrow(message));

  it('knows which hosts are this machine', () => {
    expect(['localhost', 'localhost:5000', '127.0.0.1:1', '[::1]:5000'].every(isLoopback)).toBe(true);
    expect(['localhost.evil.com', '127.0.0.1.evil.com', '128.0.0.1', 'registry'].some(isLoopback)).toBe(false);
  });
});
