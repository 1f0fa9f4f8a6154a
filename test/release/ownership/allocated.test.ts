import { describe, expect, it } from 'vitest';
import { fieldsAt } from '../../../lib/kube/fields';
import type { KubeObject } from '../../../lib/kube/object';
import { withAllocated } from '../../../lib/release/ownership/allocated';

const service = (spec: object): KubeObject => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { ...spec } });
const before = service({
  ...{ clusterIP: '10.0.0.7', clusterIPs: ['10.0.0.7'], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' },
  ports: [
    { port: 53, protocol: 'UDP', nodePort: 30053 },
    { port: 53, protocol: 'TCP', nodePort: 30054 },
  ],
  healthCheckNodePort: 30055,
});

describe('withAllocated', () => {
  it('gives a recreated Service its addresses and ports, each port by number and protocol', () => {
    const manifest = service({ ports: [{ port: 53 }, { port: 53, protocol: 'UDP' }, { port: 80 }] });
    const { ports: _ports, ...addresses } = fieldsAt(before, 'spec');
    expect(withAllocated(manifest, before, undefined).spec).toEqual({
      ...addresses,
      ports: [{ port: 53, nodePort: 30054 }, { port: 53, protocol: 'UDP', nodePort: 30053 }, { port: 80 }],
    });
  });

  it('leaves the addresses of a Service that has some, and what the manifest sets', () => {
    const manifest = service({ healthCheckNodePort: 1, ports: [{ port: 53, protocol: 'UDP', nodePort: 2 }] });
    expect(withAllocated(manifest, before, service({ clusterIP: '10.0.0.8' }))).toBe(manifest);
  });

  it('gives a recreated workload the replicas that an autoscaler had chosen', () => {
    const deployment = (spec: object): KubeObject => ({
      ...before,
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      spec: { ...spec },
    });
    const chosen = deployment({ replicas: 7 });
    expect(withAllocated(deployment({}), chosen, undefined).spec).toEqual({ replicas: 7 });
    expect(withAllocated(deployment({ replicas: 2 }), chosen, undefined).spec).toEqual({ replicas: 2 });
    expect(withAllocated(deployment({}), chosen, chosen).spec).toEqual({});
  });
});
