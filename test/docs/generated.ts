import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { RULES, type Rule } from '../../lib/checks';
import { CODES } from '../../lib/index';
import { ROOT } from '../harness/project';
import { ENTRIES, type PublicName, publicNames } from '../harness/public-api';
import { apiPages, defaultOf, fileOf } from './api-pages';
import { cliPage } from './cli-page';
import { cell, code, table } from './markdown';
import { runtimePages } from './runtime-pages';

/** A page that is made from the source. */
export interface Page {
  /** Below `docs/`. */
  readonly path: string;
  readonly text: string;
}

/** The pages about error codes, the API, and each construct. */
export function generatedPages(): readonly Page[] {
  const constructs = publicNames(ENTRIES['cdk8s-serving']).filter(
    ({ kind, example }) => kind === 'class' && example !== undefined,
  );
  return [
    { path: 'errors.md', text: errorsPage() },
    { path: 'cli.md', text: cliPage() },
    ...apiPages(),
    { path: 'constructs/README.md', text: constructsIndex(constructs) },
    ...constructs.map((construct) => ({ path: `constructs/${fileOf(construct.name)}`, text: constructPage(construct) })),
    ...runtimePages(),
  ];
}

const VERDICTS = parse(readFileSync(join(ROOT, 'test/corpus/public/findings.yaml'), 'utf8')) as readonly {
  readonly code: string;
  readonly verdict: string;
}[];

/** How many of a rule's errors on manifests of other people are right. */
function precision({ code: name, severity }: Rule): string {
  const found = VERDICTS.filter((one) => one.code === name);
  if (severity === 'warning') return '';
  if (found.length === 0) return ' Errors in 267 public directories: none.';
  return ` Errors in 267 public directories: ${found.length}, right: ${found.filter(({ verdict }) => verdict === 'right').length}.`;
}

function errorsPage(): string {
  const rules = new Map(RULES.map((rule) => [rule.code as string, rule]));
  const sections = Object.entries(CODES).map(([name, { title, why }]) => {
    const rule = rules.get(name);
    const lints = rule === undefined || rule.lints.length === 0 ? '' : ` Linters know it as ${rule.lints.map(code).join(', ')}.`;
    const more =
      rule === undefined
        ? ''
        : `\n${rule.remedy} Rule \`${rule.id}\`, ${rule.severity}${rule.style ? ', a warning on manifests of other tools' : ''}.${lints}${precision(rule)}\n`;
    return `## ${name}\n\n**${title}.** ${why}\n${more}`;
  });
  return `# Error codes

Every problem names the place, what was found, what was expected and what to do, and has its code in brackets at the end. A rule's finding
can be excepted with the annotation \`cdk8s-serving/except.<rule>: <reason>\`, with \`(until 2026-12-31)\` behind the reason where it is for a
time; an exception that has expired, or that nothing needs, is an error.

The rules \`API_…\` say offline what the API server refuses. \`npm run offline-validation\` changes one field of 5,000 manifests of built-in kinds and asks
both: they agree on 99.7 of 100. Where they differ on purpose, a number is beyond 32 bits, which server-side apply cuts without a word.

This page is made from \`lib/errors/codes/\` and \`lib/checks/rules\`.

${sections.join('\n')}`;
}

function constructsIndex(constructs: readonly PublicName[]): string {
  const rows = constructs.map(({ name, doc }) => [`[${name}](${fileOf(name)})`, cell(doc.split('. ')[0] ?? '')]);
  return `# Constructs

A stack is made of these. Each also works alone, in any \`Chart\` of any cdk8s app. What they refer to each other by (a cache, a server, an
upstream) becomes environment variables, network policies and the order of a release.

${table(['construct', 'what it is'], rows)}
What all Deployments share: restricted Pod Security, their own ServiceAccount without a token, a NetworkPolicy for what is referred to, a
startup probe for the whole startup timeout, a drain before the stop, spreading over nodes and zones, and a disruption budget from two pods on.

These pages are made from the docstrings.
`;
}

const SERVING = publicNames(ENTRIES['cdk8s-serving']).filter(({ kind }) => kind !== 'type');

/** The construct's own main object, whose manifest its page shows. */
const MAIN: Readonly<Record<string, string>> = {
  ServingStack: 'Service',
  RedisCache: 'StatefulSet',
  DisaggregatedServer: 'DisaggregatedSet',
  RayServer: 'RayService',
  ValidationHook: 'Job',
  MetricsExporter: 'PodMonitor',
  PrometheusAdapter: 'APIService',
  ModelCache: 'Job',
  InferencePool: 'InferencePool',
  Route: 'HTTPRoute',
};

function constructPage({ name, doc, example = '' }: PublicName): string {
  const props = publicNames(ENTRIES['cdk8s-serving']).find((one) => one.name === `${name}Props`)?.members ?? [];
  const needs = (names: readonly string[]) => names.filter((one) => new RegExp(`\\b${one}\\b`).test(`${example} ServingStack`));
  const rows = [...props]
    .sort((a, b) => Number(a.optional) - Number(b.optional))
    .map((prop) => [
      code(prop.name),
      code(prop.type),
      prop.optional ? cell(defaultOf(prop.default ?? 'none')) : '**required**',
      cell(prop.doc),
    ]);
  const file = `dist/fraud.k8s.yaml`;
  return `# ${name}

${doc}

## Example

\`\`\`ts
import { App } from 'cdk8s';
import { ${needs(SERVING.map((one) => one.name)).join(', ')} } from 'cdk8s-serving';

const app = new App();
${example.includes('new ServingStack(') ? '' : "const stack = new ServingStack(app, 'fraud', { namespace: 'team-fraud' });\n"}${example}
app.synth();
\`\`\`

## Props

${table(['prop', 'type', 'default', 'what'], rows)}
## What the example renders

<!-- output: awk '/^kind: /{kind=$2} /^  name: /&&kind{print kind"/"$2; kind=""}' ${file} -->
\`\`\`text
\`\`\`

<!-- contents: ${file} ${MAIN[name] ?? 'Deployment'} -->
\`\`\`yaml
\`\`\`

[All constructs](README.md) · [API](../api/README.md)
`;
}
