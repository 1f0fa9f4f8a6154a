import { describe, expect, it } from 'vitest';
import { runChecks } from '../../lib/checks';
import type { KubeObject } from '../../lib/kube/object';
import { objectsOf } from '../corpus/manifests';
import { steep, workOf } from '../harness/work';

const NAMES = /"(model|model-settings|models|features|redis|redis-headless|redis-config|gate|gate-1a2b3c)"/g;

/** Copies of the corpus' app in one namespace, each with names and labels of its own. */
function copies(count: number, change: (text: string, index: number) => string = (text) => text): readonly KubeObject[] {
  const app = JSON.stringify(objectsOf({ id: 'app' }));
  return Array.from({ length: count }, (_, index) => {
    const text = app
      .replaceAll(NAMES, `"$1-${index}"`)
      .replaceAll('Deployment/model', `Deployment/model-${index}`)
      .replaceAll('://features:', `://features-${index}:`)
      .replaceAll('model.example.com', `model-${index}.example.com`);
    return JSON.parse(change(text, index)) as readonly KubeObject[];
  }).flat();
}

describe('runChecks', () => {
  it.each<[string, (text: string, index: number) => string, number]>([
    ['in which everything is right', (text) => text, 0],
    [
      'of which two apps have Services that select nothing',
      (text, index) => (index < 2 ? text.replaceAll(/"selector":\{"app":"(\w+-\d+)"\}/g, '"selector":{"app":"$1x"}') : text),
      2,
    ],
    ['whose names and labels differ in the last character only', (text) => text.replaceAll(/-(\d+)"/g, '-0000$1"'), 0],
  ])('does work in proportion to objects %s', (_name, change, fewest) => {
    const [small, large] = [copies(10, change), copies(40, change)];
    runChecks(small);
    const found = runChecks([...large]);
    expect(found.length).toBeGreaterThanOrEqual(fewest);
    const [few, many] = [workOf(() => runChecks([...small])), workOf(() => runChecks([...large]))];
    console.log(`checks: ${few.steps} steps for ${small.length} objects, ${many.steps} for ${large.length}`);
    expect(few.steps).toBeGreaterThan(10_000);
    // Four times the objects. The exponent may be 1.05.
    expect(many.steps / few.steps).toBeLessThan(4 ** 1.05);
    // Each finding compares its name with all others, to suggest the nearest.
    expect(steep(few, many, 4).filter((place) => !place.startsWith('lib/errors/nearest.ts'))).toEqual([]);
  });
});
