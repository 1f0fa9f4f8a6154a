// Every budget of the design, one benchmark after the other, and what came of them as one table.
//   npm run bench [-- --rounds 5]     the whole, more than an hour
//   npm run bench -- quick             one round of each, less than ten minutes; without thousands of objects and releases
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { budgetsIn, budgetTable } from './compare.mjs';

const given = process.argv.slice(2);
const QUICK = ['render', 'compile', 'sandbox', 'latency', 'distance', 'plan', 'release'];
const BENCHMARKS = given.includes('quick') ? QUICK : [...QUICK, 'growth', 'many'];
/** One round says whether something is much slower than it was, and nothing of small differences. */
const args = given.includes('quick') ? ['--rounds', '1', ...given.filter((one) => one !== 'quick')] : given;

/** Runs one of them, shows what it prints, and returns its budgets. */
async function run(name) {
  console.log(`\n== ${name}`);
  const child = spawn(process.execPath, [join(import.meta.dirname, `${name}.mjs`), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  const budgets = [];
  for await (const line of createInterface({ input: child.stdout })) {
    console.log(line);
    budgets.push(...budgetsIn(line));
  }
  const code = await ended;
  return code === 0 || budgets.length > 0 ? budgets : [{ what: `${name} did not run`, figure: '', limit: '', met: false }];
}

const budgets = [];
for (const name of BENCHMARKS) budgets.push(...(await run(name)));
console.log(`\n${budgetTable(budgets)}`);
process.exitCode = budgets.every(({ met }) => met) ? 0 : 1;
