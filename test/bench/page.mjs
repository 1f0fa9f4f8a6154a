// Writes docs/speed.md out of what `npm run bench` has printed.
//   npm run bench > bench.log; node test/bench/page.mjs < bench.log
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { budgetsIn, budgetTable } from './compare.mjs';

const text = readFileSync(0, 'utf8');
/** The rows of a table, from its head on; nothing when it is not there. */
const tableOf = (head) =>
  text
    .slice(Math.max(0, text.indexOf(head)))
    .match(/^(?:\|.*\n?)+/)?.[0]
    .trim();
const releases = tableOf('| tool | step |')
  ?.replaceAll(/^\| floor \| uninstall .*\n?/gm, '')
  .trim();
const growth = tableOf('| step | 500 objects');
const budgets = budgetsIn(text);
const rounds = /^Medians of (\d+) alternating rounds$/m.exec(text)?.[1];
const rendering = [...text.matchAll(/^((?:one|ten) stacks?, three environments), seconds: (.*)$/gm)];
if (!releases || !growth || budgets.length < 21 || !rounds || rendering.length !== 2)
  throw new Error('this is not what `npm run bench` prints');

const tools = [
  ['node', 'bare `node -e 0`'],
  ['ours', 'ours'],
  ['helm3', 'helm 3'],
  ['helm4', 'helm 4'],
];
const cells = rendering.map(([, what, figures]) => {
  const by = new Map(figures.split(', ').map((one) => one.split(' ')));
  return `| ${[what, ...tools.map(([tool]) => (by.has(tool) ? `${by.get(tool)} s` : ''))].join(' | ')} |`;
});
const page = `# How fast it is

Medians of alternating runs on ${cpus().length} cores shared by the control plane and the tools. Times are from a single machine, so compare the
ratios. \`npm run bench\` measures them again in more than an hour, \`npm run bench -- quick\` in ten minutes. The floor is what the API
server and its controllers need for the same objects without a release tool: 500 concurrent applies, and one watch until all pods are
ready.

## Rendering

Times cover whole processes. With helm, three environments take three processes, and ten stacks take thirty.

| | ${tools.map(([, name]) => name).join(' | ')} |
|---|---|---|---|---|
${cells.join('\n')}

## Releasing 500 objects

100 models, each with a Deployment, a Service, a ConfigMap, a ServiceAccount and a PodDisruptionBudget, on a real control plane;
${rounds} rounds. Requests and writes are from the API server's audit log. kubectl applies and waits; it neither rolls back nor
prunes.

${releases.replaceAll('serving', 'ours').replaceAll('helm3', 'helm 3').replaceAll('helm4', 'helm 4')}

## From 500 to 5,000 objects

Seconds of CPU in user mode and memory of the whole process; the exponent says by which power of the number of objects CPU grows.
\`plan\` and \`upgrade\` change every model; \`rehearse\` plays one failed release in memory.

${growth}

## Budgets

${budgetTable(budgets)}

Most of an install is work of the API server and the controllers, which every tool must wait for; helm also waits for its own
limits.
`;
writeFileSync(new URL('../../docs/speed.md', import.meta.url), page);
