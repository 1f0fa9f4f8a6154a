import { describe, expect, it } from 'vitest';
import { fieldPath, itemPath, namedPath, pathFromServer } from '../../lib/kube/path';

const deployment = { spec: { template: { spec: { containers: [{ name: 'a' }, { name: 'b', args: ['x'] }] } } } };

describe('paths', () => {
  it('name list items, and put keys with dots or slashes into brackets', () => {
    expect(itemPath(fieldPath(fieldPath('', 'spec'), 'containers'), 'server')).toBe('spec.containers[name=server]');
    expect(fieldPath('metadata.annotations', 'example.com/a')).toBe('metadata.annotations["example.com/a"]');
    expect(itemPath('args', 0)).toBe('args[0]');
  });

  it('of the API server lose their dot and the quotes of values', () => {
    expect(pathFromServer('.spec.containers[name="server"].ports[containerPort=80,protocol="TCP"]')).toBe(
      'spec.containers[name=server].ports[containerPort=80,protocol=TCP]',
    );
    expect(pathFromServer('spec.replicas')).toBe('spec.replicas');
  });

  it('by position get names where there are some', () => {
    expect(namedPath(deployment, 'spec.template.spec.containers[1].args[0]')).toBe(
      'spec.template.spec.containers[name=b].args[0]',
    );
    expect(namedPath(deployment, 'spec.nothing[3].here')).toBe('spec.nothing[3].here');
    expect(namedPath({ metadata: { annotations: { 'a/b': 1 } } }, 'metadata.annotations["a/b"]')).toBe(
      'metadata.annotations["a/b"]',
    );
  });
});
