import { writeFileSync } from 'node:fs';
import type { Transport } from '../../../lib/client/transport';
import { NOT_MODELLED } from './not-modelled';
import { differences, Mask, play, type Scenario } from './play';

export interface Difference {
  readonly scenario: string;
  readonly step: number;
  readonly request: string;
  readonly paths: readonly string[];
}

export interface Outcome {
  readonly scenarios: number;
  readonly requests: number;
  readonly different: readonly Difference[];
}

/** Order among managers follows times in whole seconds: a sequence that went on while a second ended is tried again so often. */
const TRIES = 5;
let spaces = 0;

/** Plays every sequence on both servers and compares answer by answer, field by field. */
export async function compareAll(real: Transport, mine: Transport, scenarios: readonly Scenario[]): Promise<Outcome> {
  const different: Difference[] = [];
  let requests = 0;
  for (const scenario of scenarios) {
    let found = await compare(real, mine, scenario);
    for (let tries = 1; tries < TRIES && found.different.length > 0 && !found.within; tries++) {
      found = await compare(real, mine, scenario);
    }
    requests += found.requests;
    different.push(...found.different);
  }
  return { scenarios: scenarios.length, requests, different };
}

/** One sequence on both, and whether both were done within one second. */
async function compare(real: Transport, mine: Transport, scenario: Scenario) {
  const namespace = `fidelity-${++spaces}-ns`;
  const began = second();
  const theirs = await play(real, scenario, namespace);
  const turned = second();
  const ours = await play(mine, scenario, namespace);
  const within = began === turned && turned === second();
  const masks = [new Mask(namespace), new Mask(namespace)] as const;
  const different: Difference[] = [];
  for (const [step, seen] of theirs.entries()) {
    const other = ours[step];
    const paths = differences(
      masks[0].apply({ status: seen.status, body: seen.body }),
      masks[1].apply({ status: other?.status ?? 0, body: other?.body ?? null }),
    );
    const listed = NOT_MODELLED.find((entry) => entry.scenario === scenario.name && entry.steps.includes(step));
    const refused = listed?.field === undefined && other !== undefined && other.status >= 400;
    if (listed !== undefined && (refused || paths.every((path) => path.startsWith(`${listed.field}:`)))) continue;
    if (paths.length > 0) different.push({ scenario: scenario.name, step, request: seen.request, paths });
  }
  return { requests: theirs.length, different, within };
}

const second = (): number => Math.floor(Date.now() / 1000);

/** Prints the numbers, and the differences when there are some. */
export function report(name: string, { scenarios, requests, different }: Outcome): void {
  const broken = new Set(different.map(({ scenario }) => scenario)).size;
  console.log(
    `fidelity, ${name}: ${scenarios} sequences, ${requests} answers, ${different.length} answers different in ${broken} sequences`,
  );
  const text = different.map(
    ({ scenario, step, request, paths }) =>
      `# ${scenario} [${step}] ${request}\n${paths.map((path) => `    ${path}`).join('\n')}`,
  );
  if (process.env.FIDELITY_REPORT !== undefined) writeFileSync(`${process.env.FIDELITY_REPORT}-${name}.txt`, text.join('\n'));
  else if (text.length > 0) console.log(text.slice(0, 20).join('\n'));
}
