// Writes docs/errors.md from the compiled library: npm run docs
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { RULES } = createRequire(import.meta.url)('../build/lib/checks/index.js');
const { CODES } = createRequire(import.meta.url)('../build/lib/index.js');
const file = new URL('errors.md', import.meta.url);

const rules = new Map(RULES.map((rule) => [rule.code, rule]));
const sections = Object.entries(CODES).map(([code, { title, why }]) => {
  const rule = rules.get(code);
  const lints = rule === undefined || rule.lints.length === 0 ? '' : ` Linters know it as ${rule.lints.map((lint) => `\`${lint}\``).join(', ')}.`;
  const more = rule === undefined ? '' : `\n${rule.remedy} Rule \`${rule.id}\`, ${rule.severity}.${lints}\n`;
  return `## ${code}\n\n**${title}.** ${why}\n${more}`;
});
const text = `# Error codes

Every problem names the place, what was found, what was expected and what to do, and has its code in brackets at the end. A rule's finding
can be excepted with the annotation \`cdk8s-serving/except.<rule>: <reason>\`, with \`(until 2026-12-31)\` behind the reason where it is for a
time; an exception that has expired, or that nothing needs, is an error.

This page is made from \`lib/errors/codes.ts\` and \`lib/checks/rules\`: \`npm run docs\`.

${sections.join('\n')}`;

if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== text) {
    process.stderr.write('docs/errors.md is not current: run npm run docs\n');
    process.exitCode = 2;
  }
} else writeFileSync(file, text);
