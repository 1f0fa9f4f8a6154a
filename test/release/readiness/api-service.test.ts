import { rows } from './table';

rows('apiregistration.k8s.io/v1', 'APIService', [
  ['nothing yet', '', 'InProgress NotAvailable'],
  [
    'not available',
    'status: {conditions: [{type: Available, status: "False", reason: MissingEndpoints, message: no endpoints}]}',
    'InProgress MissingEndpoints',
    'no endpoints',
  ],
  ['available', 'status: {conditions: [{type: Available, status: "True"}]}', 'Current'],
]);
