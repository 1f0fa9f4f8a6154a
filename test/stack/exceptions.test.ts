import { describe, expect, it } from 'vitest';
import { runChecks } from '../../lib/checks';
import { ModelServer } from '../../lib/components/model-server';
import { Model } from '../../lib/model/model';
import type { Exception } from '../../lib/stack/exceptions';
import { objectsIn, SMALL } from '../harness/chart';

/** Rules that find something in a server whose pods run as root, with an exception declared on the construct. */
function found(exception: Exception | undefined, root = true, today = '2026-11-21'): readonly string[] {
  const objects = objectsIn((chart) => {
    const model = Model.baked({ image: 'registry.test/model', version: 'v1', path: '/model.pt' });
    const server = new ModelServer(chart, 'server', { model, resources: SMALL });
    if (root) server.patch('Deployment', (json) => ({ ...json, spec: asRoot(json.spec) }));
    if (exception !== undefined) server.except(exception);
  });
  return runChecks(objects, { today }).map(({ rule }) => rule);
}

function asRoot(spec: unknown): object {
  return JSON.parse(JSON.stringify(spec).replaceAll('"runAsNonRoot":true', '"runAsNonRoot":false')) as object;
}

const WAIVER: Exception = {
  tool: 'serving',
  check: 'pod-security',
  kind: 'Deployment',
  reason: 'the vendor image runs as root until its next release',
};

describe('an exception on a construct', () => {
  it('takes a finding away, with its reason in the manifest', () => {
    expect(found(undefined)).toContain('pod-security');
    expect(found(WAIVER)).not.toContain('pod-security');
  });

  it('is a finding itself where nothing needs it, or when it has expired', () => {
    expect(found(WAIVER, false)).toEqual(['exception-unused']);
    const dated = { ...WAIVER, until: '2026-12-31' } as const;
    expect(found(dated)).not.toContain('exception-expired');
    expect(found(dated, true, '2027-01-01')).toEqual(expect.arrayContaining(['exception-expired', 'pod-security']));
  });

  it('names rules that exist', () => {
    // @ts-expect-error no rule of that name
    const wrong: Exception = { ...WAIVER, check: 'pod-securty' };
    expect(found(wrong)).toContain('exception-unused');
  });
});
