import { rows } from './table';

const conditions = (...list: string[]) => `status: {conditions: [${list.join(', ')}]}`;
const named = '{type: NamesAccepted, status: "True", reason: NoConflicts}';

rows('apiextensions.k8s.io/v1', 'CustomResourceDefinition', [
  ['no conditions', '', 'InProgress Installing'],
  ['installing', conditions(named, '{type: Established, status: "False", reason: Installing}'), 'InProgress Installing'],
  ['names not accepted', conditions('{type: NamesAccepted, status: "False", reason: SomeReason}'), 'Failed SomeReason'],
  ['established', conditions(named, '{type: Established, status: "True"}'), 'Current'],
  [
    'not established for another reason',
    conditions(named, '{type: Established, status: "False", reason: NotAccepted}'),
    'Failed NotAccepted',
  ],
]);
