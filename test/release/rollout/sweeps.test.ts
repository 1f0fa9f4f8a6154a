import { expect, it } from 'vitest';
import { Sweeps } from '../../../lib/release/rollout/sweeps';

/** The starts of sweeps within ten seconds that take so many milliseconds each. */
function starts(cost: number): readonly number[] {
  const sweeps = new Sweeps();
  const found: number[] = [];
  for (let now = 0; now < 10_000; now += 100) {
    if (!sweeps.isDue(now)) continue;
    found.push(now);
    sweeps.done(now, now + cost);
  }
  return found;
}

it('judges all workloads once a second', () => {
  expect(starts(0)).toEqual([0, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000]);
});

it('takes at most a twentieth of the time, whatever the workloads cost', () => {
  expect(starts(150)).toEqual([0, 3000, 6000, 9000]);
});
