import { expect, it } from 'vitest';
import { misspelled } from '../../lib/errors/misspelled';

it.each([
  ['egde', 'edge'],
  ['inference-gatway', 'inference-gateway'],
  ['registry-credential', 'registry-credentials'],
  ['regcred-', 'reg-cred'],
  ['infernece-pool', 'inference-pool'],
])('%s is a misspelling of %s', (name, valid) => {
  expect(misspelled(name, ['other', valid])).toBe(valid);
});

it.each([
  ['gateway-2', 'gateway-1'],
  ['external', 'internal'],
  ['https', 'http'],
  ['ai-gateway', 'my-gateway'],
  ['inference-gateway', 'agent-gateway'],
  ['eg', 'ei'],
  ['edge', 'edge'],
])('%s is another name than %s', (name, other) => {
  expect(misspelled(name, [other])).toBeUndefined();
});
