import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../lib/kube/object';
import { withoutForgotten } from '../../../lib/release/ownership/takeover';

const entry = (manager: string, fieldsV1: object, operation = 'Update') => ({
  manager,
  operation,
  apiVersion: 'apps/v1',
  fieldsType: 'FieldsV1',
  fieldsV1,
});
const container = { 'f:name': {}, 'f:image': {}, 'f:env': { 'k:{"name":"OLD"}': { '.': {}, 'f:name': {} } }, 'f:policy': {} };
const helms = { 'f:spec': { 'f:limit': {}, 'f:containers': { 'k:{"name":"a"}': { '.': {}, ...container } } } };
const ours = { 'f:spec': { 'f:containers': { 'k:{"name":"a"}': { '.': {}, 'f:name': {}, 'f:image': {} } } } };

describe('what is forgotten by a takeover', () => {
  const spec = (env: readonly object[]) => ({ limit: 10, containers: [{ name: 'a', image: 'i', env, policy: 'File' }] });
  const live: KubeObject = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd', managedFields: [entry('helm', helms)] },
    spec: spec([{ name: 'OLD' }]),
  };
  const applied: KubeObject = {
    ...live,
    metadata: { name: 'd', managedFields: [entry('helm', helms), entry('cdk8s-serving', ours, 'Apply')] },
  };

  it('goes, down to items of lists', () => {
    expect(withoutForgotten(live, applied).spec).toEqual({ containers: [{ name: 'a', image: 'i' }] });
  });

  it('stays where the API server would set it by itself, and goes where it would set another value', () => {
    const fresh: KubeObject = { ...live, spec: { limit: 10, containers: [{ name: 'a', image: 'i', policy: 'File' }] } };
    expect(withoutForgotten(live, applied, fresh).spec).toEqual({
      limit: 10,
      containers: [{ name: 'a', image: 'i', policy: 'File' }],
    });
    const other: KubeObject = { ...fresh, spec: { limit: 5, containers: [] } };
    expect(withoutForgotten(live, applied, other).spec).toEqual({ containers: [{ name: 'a', image: 'i' }] });
  });
});
