import { ENTRIES, type Member, type PublicName, publicNames } from '../harness/public-api';
import type { Page } from './generated';
import { cell, code, table } from './markdown';

/** One page of the API: some names of an entry point. */
interface Topic {
  readonly path: string;
  readonly title: string;
  readonly entry: keyof typeof ENTRIES;
  /** The folders of `lib` that its names come from. @default - all that no other topic has */
  readonly folders?: readonly string[];
}

const TOPICS: readonly Topic[] = [
  { path: 'constructs', title: 'Constructs', entry: 'cdk8s-serving', folders: ['components'] },
  { path: 'stacks', title: 'Stacks and what constructs share', entry: 'cdk8s-serving', folders: ['stack', 'canary'] },
  { path: 'models', title: 'Models and runtimes', entry: 'cdk8s-serving', folders: ['model', 'runtimes', 'metrics'] },
  { path: 'projects', title: 'Projects, synth and parity', entry: 'cdk8s-serving', folders: ['project', 'synth', 'parity'] },
  { path: 'kubernetes', title: 'Kubernetes types and errors', entry: 'cdk8s-serving' },
  { path: 'release', title: 'Releases', entry: 'cdk8s-serving/release' },
  { path: 'testing', title: 'Testing', entry: 'cdk8s-serving/testing' },
  { path: 'checks', title: 'Checks', entry: 'cdk8s-serving/checks' },
];

const TITLES = [
  ['class', 'Classes'],
  ['function', 'Functions'],
  ['constant', 'Values'],
  ['type', 'Types'],
] as const;

/** The reference of everything that can be imported: one page per topic, and an index. */
export function apiPages(): readonly Page[] {
  const topics = TOPICS.map((topic) => ({ ...topic, names: namesOf(topic) }));
  return [
    { path: 'api/README.md', text: indexPage(topics) },
    ...topics.map((topic) => ({ path: `api/${topic.path}.md`, text: topicPage(topic) })),
  ];
}

function namesOf({ entry, folders }: Topic): readonly PublicName[] {
  const taken = TOPICS.flatMap((topic) => (topic.entry === entry ? (topic.folders ?? []) : []));
  return publicNames(ENTRIES[entry]).filter(({ folder }) =>
    folders === undefined ? !taken.includes(folder) : folders.includes(folder),
  );
}

type Listed = Topic & { readonly names: readonly PublicName[] };

function indexPage(topics: readonly Listed[]): string {
  const rows = topics.map(({ path, title, entry, names }) => [
    `[${title}](${path}.md)`,
    code(entry),
    names
      .filter(({ kind }) => kind !== 'type')
      .map(({ name }) => `[${name}](${path}.md#${name.toLowerCase()})`)
      .join(', '),
  ]);
  return `# API

What can be imported from ${Object.keys(ENTRIES).map(code).join(', ')}. Everything else is private. Made from the docstrings.

${table(['page', 'import from', 'classes, functions and values'], rows)}`;
}

function topicPage({ title, entry, names }: Listed): string {
  const groups = TITLES.flatMap(([kind, heading]) => {
    const group = names.filter((one) => one.kind === kind);
    return group.length === 0 ? [] : [`## ${heading}\n`, ...group.map(apiEntry)];
  });
  return `# ${title}

Imported from \`${entry}\`. Made from the docstrings. [All of the API](README.md).

${groups.join('\n')}`;
}

function apiEntry({ name, kind, doc, example, signature, base, members }: PublicName): string {
  const page =
    kind === 'class' && example !== undefined ? `Props and an example: [${name}](../constructs/${fileOf(name)}).\n` : '';
  // A type that is an object says so by its members.
  const written =
    signature === '' || (kind === 'type' && members.length > 0 && signature.length > 200) ? '' : `${code(signature)}\n`;
  const inherited = base === undefined ? '' : `It has what [${base}](${pageOf(base)}) has.\n`;
  return [`### ${name}\n`, written, `${doc}\n`, page, memberTable(members), inherited].filter(Boolean).join('\n');
}

function pageOf(name: string): string {
  const topic = TOPICS.find((one) => namesOf(one).some((other) => other.name === name));
  return `${topic?.path ?? 'README'}.md#${name.toLowerCase()}`;
}

function memberTable(members: readonly Member[]): string {
  const rows = members.map((member) => [
    code(`${member.name}${member.optional ? '?' : ''}`),
    code(member.type),
    cell(member.doc) + (member.default === undefined ? '' : ` Default: ${cell(defaultOf(member.default))}.`),
  ]);
  return table(['member', 'type', 'what'], rows);
}

/** `- none` in a docstring is a sentence; what is a value stands as code. */
export const defaultOf = (text: string) =>
  text
    .replace(/^- /, '')
    .replace(/\.$/, '')
    .replace(/^('[^']*'|\d+|true|false)(?=$|[,:;])/, '`$1`');

/** `ModelServer` is on the page `model-server.md`. */
export const fileOf = (name: string) => `${name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()}.md`;
