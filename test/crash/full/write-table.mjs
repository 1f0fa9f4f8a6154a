// Writes docs/crash-matrix.md from what the two halves of the matrix have left.
import { readFileSync, writeFileSync } from 'node:fs';

const parts = [0, 1].map((index) =>
  JSON.parse(readFileSync(new URL(`../../../build/crash-matrix/${index}.json`, import.meta.url), 'utf8')),
);
const scenarios = Object.keys(parts[0].counts);
const faults = [...new Set(parts.flatMap(({ counts }) => Object.values(counts).flatMap(Object.keys)))];
const runs = (scenario, fault) => parts.reduce((sum, { counts }) => sum + (counts[scenario]?.[fault] ?? 0), 0);
const stuck = (scenario) => parts.flatMap(({ findings }) => findings).filter((finding) => finding.scenario === scenario).length;
const total = scenarios
  .flatMap((scenario) => faults.map((fault) => runs(scenario, fault)))
  .reduce((sum, count) => sum + count, 0);
const row = (cells) => `| ${cells.join(' | ')} |`;
const text = `# What happens when a release is disturbed

Every request that a release sends to the API server was disturbed in every one of these ways, one at a time, on the sandbox; then another
process ran. After each of the ${total} runs: the state is the one that an undisturbed run leads to, nothing is left over, nothing of
anybody else was touched, no lock is held, the record can be read, and no version that failed its gate was ever rolled out.
A cell is the number of requests that were disturbed. Made by \`npm run crash-matrix\`.

${row(['', ...faults, 'wrong'])}
${row(['---', ...faults.map(() => '---:'), '---:'])}
${scenarios.map((scenario) => row([scenario, ...faults.map((fault) => runs(scenario, fault) || ''), stuck(scenario)])).join('\n')}

- **kill**: the process dies before the request leaves it, after it was carried out, or with the answer in its hands.
- **paused**: the process stands still for longer than its lock lives, while another one releases something else; then it wakes up. From
  the moment on at which it has written down what it is going to do.
- **reset**: the connection breaks, before or after the request was carried out. **timeout**: no answer comes.
- **answer**: the API server refuses with that code, once.
- **other**: somebody else changes, deletes or replaces an object of the stack just before the request.

That the explorer finds mistakes is tested by planting them: a journal that is not written, a lock that is not looked at, deletions without
the uid, and a gate without proof.
`;
writeFileSync(new URL('../../../docs/crash-matrix.md', import.meta.url), text);
console.log(
  `docs/crash-matrix.md: ${total} disturbed runs, ${scenarios.reduce((sum, scenario) => sum + stuck(scenario), 0)} wrong`,
);
