import { spawnSync } from 'node:child_process';

/** Seconds of one command, or of several one after the other; throws when one fails. */
function timed(commands) {
  const start = process.hrtime.bigint();
  for (const [command, ...args] of commands) {
    const { status, stderr } = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
  }
  return Number(process.hrtime.bigint() - start) / 1e9;
}

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Runs all contestants in turn, `rounds` times after a warm-up, and gives the median seconds of each by name. */
export function compare(contestants, rounds) {
  const times = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const [name, commands] of Object.entries(contestants)) {
      const seconds = timed(commands);
      if (round >= 0) times[name].push(seconds);
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
}

/** Prints the figures of all contestants in one line. */
export function show(name, figures) {
  const all = Object.entries(figures).map(([contestant, figure]) => `${contestant} ${figure.toFixed(3)}`);
  console.log(`${name}: ${all.join(', ')}`);
}

/** Prints one budget as a line and says whether it is met. */
export function budget(name, figure, limit, kind = 'at most') {
  const met = kind === 'at most' ? figure <= limit : figure >= limit;
  console.log(`${met ? 'met   ' : 'MISSED'}  ${name}: ${figure.toFixed(2)} (${kind} ${limit})`);
  return met;
}

/** The budgets that a benchmark has printed, line by line. */
export function budgetsIn(text) {
  return [...text.matchAll(/^(met|MISSED) +(.*): (-?[\d.]+) \((.*)\)$/gm)].map(([, word, what, figure, limit]) => {
    return { what, figure, limit, met: word === 'met' };
  });
}

/** Budgets as a table. */
export function budgetTable(budgets) {
  const rows = budgets.map(
    ({ what, figure, limit, met }) => `| ${what} | ${figure} | ${limit} | ${met ? 'met' : '**missed**'} |`,
  );
  return ['| budget | figure | limit | |', '|---|---|---|---|', ...rows].join('\n');
}
