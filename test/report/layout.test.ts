import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layout } from '../../lib/report/layout';

const names = Array.from({ length: 12 }, (_, index) => `node-${index}`);
const someEdges = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 11 }), fc.integer({ min: 0, max: 11 })).filter(([from, to]) => from !== to),
  { maxLength: 25 },
);
const named = (pairs: readonly (readonly [number, number])[]) =>
  [...new Set(pairs.map(([from, to]) => `${from} ${to}`))].map((pair) => {
    const [from = 0, to = 0] = pair.split(' ').map(Number);
    return { from: `node-${from}`, to: `node-${to}` };
  });

describe('a layout', () => {
  it('lays nothing over anything else, whatever the graph', () => {
    fc.assert(
      fc.property(someEdges, (pairs) => {
        const { places, bends, width, rows } = layout(names, named(pairs));
        expect(places.size).toBe(names.length);
        const all = [...places.values(), ...bends.flat()];
        for (const [index, one] of all.entries()) {
          expect(one.x).toBeGreaterThanOrEqual(0.5 - 1e-9);
          expect(one.x).toBeLessThanOrEqual(width - 0.5 + 1e-9);
          expect(one.row).toBeLessThan(rows);
          for (const other of all.slice(index + 1))
            if (other.row === one.row) expect(Math.abs(other.x - one.x)).toBeGreaterThan(1 - 1e-9);
        }
      }),
    );
  });

  it('puts callers above what they call where there is no circle, with a bend in each row between', () => {
    fc.assert(
      fc.property(someEdges, (pairs) => {
        const edges = named(pairs.map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const));
        const { places, bends } = layout(names, edges);
        for (const [index, { from, to }] of edges.entries()) {
          const [above = 0, below = 0] = [places.get(from)?.row, places.get(to)?.row];
          expect(below).toBeGreaterThan(above);
          expect(bends[index]?.map(({ row }) => row)).toEqual(
            Array.from({ length: below - above - 1 }, (_, step) => above + step + 1),
          );
        }
      }),
    );
  });

  it('stands a caller that nobody calls right above what it calls', () => {
    const { places } = layout(
      ['a', 'b', 'c', 'gate'],
      [
        { from: 'a', to: 'b' },
        { from: 'b', to: 'c' },
        { from: 'gate', to: 'c' },
      ],
    );
    expect(['a', 'b', 'gate', 'c'].map((id) => places.get(id)?.row)).toEqual([0, 1, 1, 2]);
  });

  it('breaks many parts into lines', () => {
    const many = Array.from({ length: 100 }, (_, index) => `n${index}`);
    const { width, rows } = layout(many, []);
    expect(width).toBe(7);
    expect(rows).toBe(15);
  });

  it('is the same each time', () => {
    const edges = named([
      [0, 1],
      [1, 2],
      [2, 0],
      [3, 1],
    ]);
    expect(layout(names, edges)).toEqual(layout(names, edges));
  });
});
