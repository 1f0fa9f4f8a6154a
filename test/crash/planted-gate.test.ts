import { expect, it, vi } from 'vitest';
import { explore, reference } from './explorer';
import { SCENARIOS } from './scenarios';

vi.mock('../../lib/release/gate/thresholds', async (original) => ({
  ...(await original<typeof import('../../lib/release/gate/thresholds')>()),
  // A gate that passes whatever was measured.
  judge: () => ({ passed: true, metrics: [] }),
}));

it('the explorer finds a gate that asks for no proof', async () => {
  const scenario = SCENARIOS.find(({ name }) => name === 'failing gate');
  if (scenario === undefined) throw new Error('no such scenario');
  const lenient = { ...scenario, ends: ['succeeded', 'unchanged'] as const };
  const findings = await explore(lenient, await reference(lenient), 'kill before', 1);
  expect(findings.map(({ what }) => what)).toContain('a version that did not pass its gate was rolled out');
});
