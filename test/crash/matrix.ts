import { explore, type Finding, reference } from './explorer';
import { FAULTS, type Fault } from './mortal';
import { SCENARIOS, type Scenario } from './scenarios';

/** How many disturbed runs there were of each scenario and fault, and what was found wrong. */
export interface Matrix {
  readonly runs: ReadonlyMap<string, ReadonlyMap<Fault, number>>;
  readonly findings: readonly Finding[];
}

/** Disturbs every `stride`th request of every scenario by every fault, beginning at a place that differs between faults. */
export async function crashMatrix(
  stride: number,
  scenarios: readonly Scenario[] = SCENARIOS,
  faults: readonly Fault[] = FAULTS,
  offset = 0,
): Promise<Matrix> {
  const runs = new Map<string, Map<Fault, number>>();
  const findings: Finding[] = [];
  for (const [row, scenario] of scenarios.entries()) {
    const undisturbed = await reference(scenario);
    const counts = new Map<Fault, number>();
    runs.set(scenario.name, counts);
    for (const [column, fault] of faults.entries()) {
      // Before it has written down what it is going to do, a process that wakes up may still do it, under a lock that it takes then.
      const begun = undisturbed.requests.findIndex((request) => /^(POST|PUT) .*\/secrets/.test(request)) + 1;
      for (let at = 1 + ((row + column + offset) % stride); at <= undisturbed.requests.length; at += stride) {
        if (fault === 'paused' && (begun === 0 || at < begun)) continue;
        findings.push(...(await explore(scenario, undisturbed, fault, at)));
        counts.set(fault, (counts.get(fault) ?? 0) + 1);
      }
    }
  }
  return { runs, findings };
}
