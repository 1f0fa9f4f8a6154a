import { rows } from './table';

rows('v1', 'Service', [
  ['serviceDefault', '', 'Current'],
  ['serviceNodePort', 'spec: {type: NodePort}', 'Current'],
  ['serviceLBnok', 'spec: {type: LoadBalancer}', 'InProgress NoIPAssigned'],
  [
    'serviceLBok of kstatus, which nobody outside can reach yet',
    'spec: {type: LoadBalancer, clusterIP: 1.2.3.4}',
    'InProgress NoAddressAssigned',
  ],
  [
    'with an address',
    '{spec: {type: LoadBalancer, clusterIP: 1.2.3.4}, status: {loadBalancer: {ingress: [{ip: 5.6.7.8}, {hostname: lb.example}]}}}',
    'Current',
    'Address: 5.6.7.8, lb.example',
  ],
]);
