import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasCluster } from '../harness/cluster';
import { ROOT } from '../harness/project';

/** What one benchmark says in one round, which is too few to say anything of time: each budget's name and whether it was met. */
function budgets(name: string, ...tools: readonly string[]): ReadonlyMap<string, boolean> {
  const { stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'test/bench', `${name}.mjs`), '--rounds', '1', ...tools], {
    encoding: 'utf8',
  });
  const lines = [...stdout.matchAll(/^(met|MISSED) +(.*): -?[\d.]+ \(at (?:most|least) [\d.]+\)$/gm)];
  if (lines.length === 0) throw new Error(`${name} measured nothing\n${stdout}${stderr}`);
  return new Map(lines.map(([, word = '', what = '']) => [what, word === 'met']));
}

describe.skipIf(!hasCluster)('npm run bench', () => {
  it.each([
    ['render', 4],
    ['compile', 2],
    ['sandbox', 2],
    ['latency', 3],
    ['distance', 4],
  ])('%s measures its budgets', (name, count) => {
    expect([...budgets(name).keys()]).toHaveLength(count);
  });

  it('plan measures its budgets, and the requests of the preflight hold in one round', () => {
    const found = budgets('plan');
    expect(found.size).toBe(3);
    expect(found.get('plan of 500 objects, requests of the preflight')).toBe(true);
  });

  it('release measures its budgets, and those that are counted hold in one round', () => {
    const found = budgets('release', 'serving', 'floor', 'kubectl');
    expect([...found].filter(([what]) => /writes|requests/.test(what))).toEqual([
      ['nothing changed, writes', true],
      ['nothing changed, requests', true],
      ['10 changed, writes', true],
    ]);
    expect([...found.keys()]).toContain('install, times the floor');
  });
});
