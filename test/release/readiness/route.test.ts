import { describe, expect, it } from 'vitest';
import { readinessOf } from '../../../lib/release/readiness';

const condition = (type: string, more: object = {}) => ({ type, status: 'True', reason: type, message: '', ...more });
const accepted = [condition('Accepted', { observedGeneration: 3 }), condition('ResolvedRefs', { observedGeneration: 3 })];
const gateway = { name: 'public', namespace: 'gateways' };
/** As controllers write it: with all defaults. */
const inFull = { group: 'gateway.networking.k8s.io', kind: 'Gateway', ...gateway };
const mesh = { group: '', kind: 'Service', name: 'fraud' };

const route = (parentRefs: readonly object[], parents?: readonly object[], more: object = {}) =>
  readinessOf({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'fraud', namespace: 'team', generation: 3, ...more },
    spec: { parentRefs },
    ...(parents === undefined ? {} : { status: { parents } }),
  });

describe('routeStatus', () => {
  it('is current when every parent has accepted it and found its backends', () => {
    expect(route([gateway], [{ parentRef: inFull, conditions: accepted }]).status).toBe('Current');
    const both = [
      { parentRef: inFull, conditions: accepted },
      { parentRef: { ...mesh, namespace: 'team' }, conditions: accepted },
    ];
    expect(route([gateway, mesh], both).status).toBe('Current');
  });

  it('waits for a parent that has not reported', () => {
    expect(route([gateway])).toMatchObject({ status: 'InProgress', message: 'Gateway/public has not reported yet' });
    expect(route([gateway, mesh], [{ parentRef: inFull, conditions: accepted }])).toMatchObject({
      status: 'InProgress',
      message: 'Service/fraud has not reported yet',
    });
    const other = { parentRef: { ...inFull, sectionName: 'http' }, conditions: accepted };
    expect(route([gateway], [other]).status).toBe('InProgress');
  });

  it('waits until the conditions are of the weights that were applied', () => {
    const stale = [condition('Accepted', { observedGeneration: 3 }), condition('ResolvedRefs', { observedGeneration: 2 })];
    expect(route([gateway], [{ parentRef: inFull, conditions: stale }])).toMatchObject({
      status: 'InProgress',
      message: 'Gateway/public: ResolvedRefs is of generation 2/3',
    });
    // Controllers that do not say which generation they have seen are believed.
    const silent = [condition('Accepted'), condition('ResolvedRefs')];
    expect(route([gateway], [{ parentRef: inFull, conditions: silent }]).status).toBe('Current');
  });

  it('says why a parent does not take it', () => {
    const refused = [
      accepted[0],
      condition('ResolvedRefs', { status: 'False', reason: 'BackendNotFound', message: 'no Service fraud-2' }),
    ];
    expect(route([gateway], [{ parentRef: inFull, conditions: refused }])).toMatchObject({
      status: 'InProgress',
      reason: 'BackendNotFound',
      message: 'Gateway/public: no Service fraud-2',
    });
    // A second controller that looks after the same parent counts as well.
    const both = [
      { parentRef: inFull, controllerName: 'one', conditions: accepted },
      { parentRef: inFull, controllerName: 'two', conditions: refused },
    ];
    expect(route([gateway], both).status).toBe('InProgress');
  });

  it('goes by an annotation where there is one', () => {
    expect(route([gateway], undefined, { annotations: { 'cdk8s-serving/ready-when': '' } }).status).toBe('Current');
  });
});
