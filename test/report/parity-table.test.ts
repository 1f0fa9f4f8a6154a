import { expect, it } from 'vitest';
import type { Report } from '../../lib/parity/report';
import { parityPage } from '../../lib/report';

/** A matrix as 60 stacks have it: most fields are equal. */
function report(differing: number, equal: number): Report {
  const rows = Array.from({ length: differing + equal }, (_, index) => ({
    stack: `fraud-model-${index % 60}`,
    component: 'model-server',
    object: `Deployment/fraud-model-${index % 60}-fraud-model`,
    path: `spec.template.spec.containers[name=model-server].env[name=SETTING_${index}].value`,
    cells: Object.fromEntries(
      ['dev', 'staging', 'prod'].map((name) => [name, { value: index < differing ? `value-of-${name}` : 'value' }]),
    ),
    equal: index >= differing,
  }));
  const undeclared = rows.filter((row) => !row.equal);
  return { environments: ['dev', 'staging', 'prod'], rows, undeclared, unused: [] } as Report;
}

const rowsOf = (page: string, kind: string) => page.split(`<tr data-entry data-kind="${kind}">`).length - 1;

it('has every field of a small project', () => {
  const page = parityPage(report(3, 20));
  expect([rowsOf(page, 'undeclared'), rowsOf(page, 'equal')]).toEqual([3, 20]);
  expect(page).not.toContain('left out');
});

it('leaves equal fields of a large one out, says so, and has them when asked', () => {
  const large = report(4_680, 21_840);
  const page = parityPage(large);
  expect([rowsOf(page, 'undeclared'), rowsOf(page, 'equal')]).toEqual([4_680, 0]);
  expect(page).toContain('21840 equal fields are left out');
  expect(page.length).toBeLessThan(2_000_000);
  expect(rowsOf(parityPage(large, true), 'equal')).toBe(21_840);
});
