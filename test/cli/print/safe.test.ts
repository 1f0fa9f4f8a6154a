import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CanaryPlan } from '../../../lib/canary/plan';
import { printFindings } from '../../../lib/cli/print/check';
import { printDifferences } from '../../../lib/cli/print/differences';
import { endingLine, endingMarkdown, endingText } from '../../../lib/cli/print/ending';
import { printOrigins } from '../../../lib/cli/print/explain';
import { failureReport, reportMarkdown, reportText } from '../../../lib/cli/print/failure-report';
import { changesText, printHistory, printRevision } from '../../../lib/cli/print/history';
import { printList } from '../../../lib/cli/print/list';
import { printParity } from '../../../lib/cli/print/parity';
import { planMarkdown, planText, printPlan } from '../../../lib/cli/print/plan';
import { clean, inline, oneLine, safe, safeLines } from '../../../lib/cli/print/safe';
import { printStatus } from '../../../lib/cli/print/status';
import { frame, phasesOf } from '../../../lib/cli/progress/frame';
import { stepSummary } from '../../../lib/cli/progress/github';
import { pulse } from '../../../lib/cli/progress/lines';
import { advance, begin } from '../../../lib/cli/progress/progress';
import { reporterFor } from '../../../lib/cli/progress/reporters';
import type { Problem } from '../../../lib/errors/problem';
import type { Report } from '../../../lib/parity/report';
import type { ReleaseEvent } from '../../../lib/release';
import type { CanaryStep } from '../../../lib/release/model/canary-step';
import type { Plan } from '../../../lib/release/model/plan';
import type { Failure, Revision } from '../../../lib/release/model/revision';
import { historyPage, parityPage, planPage, wiringMermaid } from '../../../lib/report';
import { ROOT } from '../../harness/project';

/** What an attacker would put into a name, a message, a log line or an annotation. */
const ATTACKS = [
  '\u001b[2J\u001b[1;1H',
  '\u001b]0;title\u0007',
  '\u009b31m',
  '\u0007\u0008\u007f',
  '\r',
  '\n::error::forged',
  'x ::set-output name=a::b',
  '::stop-commands::token',
  'a ##[error]forged',
  '##vso[task.setvariable]x',
  '\u001b[0Ksection_start:1700000000:forged[collapsed=true]\r\u001b[0Kforged',
  '\u001b[0Ksection_end:1700000000:deploy\r\u001b[0K',
  '\n✔ fraud revision 2: succeeded',
  '\u202egnp.exe',
  '\u2066\u2028\u2029\u200b\ufeff',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"><b>',
  '[click](https://evil.test)',
  'https://evil.test www.evil.test',
  '@everyone #1',
  '| a | b |',
  '\\| \\`',
  '```\n# forged',
  '`x`',
];
const hostile = fc
  .array(
    fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...ATTACKS) }, { weight: 1, arbitrary: fc.string({ unit: 'binary' }) }),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((parts) => parts.join(''));

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;
/** Commands that the runner of a CI system would carry out. */
const COMMAND = /::[a-z][\w-]*[^:\n]*::|##\w*\[/i;

function world(text: string) {
  const problem: Problem = {
    code: 'ROLLOUT_FAILED',
    subject: text,
    path: text,
    message: text,
    got: text,
    expected: text,
    remedy: text,
  };
  const failure: Failure = { problem, reason: text, since: text, pod: text, container: text, events: [text], logs: [text, text] };
  const evidence = {
    name: text,
    phase: 'before',
    passed: false,
    reason: text,
    metrics: [{ name: text, value: 1, ok: false }],
    attempts: 1,
    logs: [text],
  } as const;
  const step: CanaryStep = {
    ...{ workload: text, type: 'canary', split: 'route', percent: 10, share: 10, replicas: 1, started: text, seconds: 1 },
    ...{ verdict: 'failed', reason: text, requests: 1, measured: [{ name: text, candidate: 1, ok: false }] },
  };
  const revision: Revision = {
    canary: [step],
    revision: 1,
    state: 'failed',
    action: 'upgrade',
    started: text,
    seconds: 1,
    by: text,
    plan: text,
    changes: { create: 1, change: 0, replace: 0, delete: 0 },
    changed: [text],
    versions: [text],
    gates: [evidence],
    failure,
    restored: [text],
    left: [text],
    content: [],
  };
  const object = {
    apiVersion: 'v1',
    kind: text,
    metadata: { name: text, namespace: text, labels: { [text]: text } },
    data: { [text]: text },
  };
  const canary: CanaryPlan = {
    workload: text,
    strategy: { type: 'canary', steps: [10], holdSeconds: 1, patienceSeconds: 1 },
    ...{ split: 'route', steps: [{ percent: 10, share: 10, replicas: 1 }], devices: { [text]: 1 } },
    ...{ services: [text], shifting: [text], autoscalers: [text] },
  };
  const plan: Plan = {
    canaries: [canary],
    release: text,
    namespace: text,
    digest: text,
    objects: [
      {
        key: text,
        action: 'change',
        manifest: object,
        live: object,
        changes: [{ path: text, from: text, to: { [text]: text } }],
        conflicts: [{ field: text, manager: text }],
        unverified: text,
      },
    ],
    gates: [{ name: text, phase: 'before', job: object, thresholds: { [text]: { min: 0 } }, support: [] }],
    problems: [problem],
  };
  const events: readonly ReleaseEvent[] = [
    { type: 'planned', plan },
    { type: 'warning', problem },
    { type: 'waiting-for-lock', holder: text },
    { type: 'recovering', revision: 1, by: text, how: 'rollback', steps: [{ object: text, action: 'leave', reason: text }] },
    { type: 'started', revision: 2, action: 'upgrade' },
    { type: 'gate-started', gate: text, phase: 'before', attempt: 2 },
    { type: 'gate-lost', gate: text, reason: text },
    { type: 'gate-judged', evidence },
    {
      type: 'canary-started',
      workload: text,
      strategy: 'canary',
      split: 'route',
      steps: [{ percent: 10, share: 10, replicas: 1 }],
    },
    { type: 'canary-step', workload: text, number: 1, of: 2, percent: 10, share: 10, replicas: 1, holdMs: 1 },
    { type: 'canary-inconclusive', workload: text, reason: text, leftMs: 1 },
    { type: 'canary-command', workload: text, command: 'promote' },
    { type: 'canary-judged', step },
    { type: 'wave', number: 1, of: 2, objects: [text] },
    { type: 'written', object: text, action: 'change' },
    { type: 'progress', object: text, message: text },
    { type: 'pod', object: text, pod: { name: text, phase: 'failing', message: text } },
    { type: 'ready', object: text },
    { type: 'failed', failure },
    { type: 'rolling-back', objects: 1 },
    { type: 'restored', object: text },
  ];
  const head = { v: 1, release: text, namespace: text, fence: 0, revisions: [revision], kinds: [] } as const;
  const overview = {
    release: text,
    namespace: text,
    deployed: revision,
    last: revision,
    interrupted: revision,
    objects: [{ object: text, status: text, message: text }],
    drift: [{ object: text, kind: 'edited', fields: [{ path: text, manager: text, time: text }] }] as const,
  };
  const result = { outcome: 'failed', release: text, namespace: text, revision, problems: [problem] } as const;
  return { plan, revision, events, head, overview, result, problem, failure };
}

function matrix(text: string): Report {
  const cell = { value: text };
  const row = { stack: text, component: text, object: text, path: text, cells: { [text]: cell }, equal: false, reason: text };
  return {
    environments: [text],
    rows: [row, { ...row, equal: true }],
    undeclared: [row],
    unused: [],
    drift: [{ environment: text, stack: text, object: text, path: text, rendered: text, live: text }],
  };
}

/** Everything that a release prints, in one form. */
function told(text: string, output: 'text' | 'ndjson', env: NodeJS.ProcessEnv, isTTY = false): string {
  const { events, result } = world(text);
  const written: string[] = [];
  const reporter = reporterFor({ output, env, screen: { isTTY, write: (part) => written.push(part) }, now: () => 0 });
  for (const event of events) reporter.event(event);
  reporter.result(result);
  reporter.close();
  return written.join('');
}

/** Every function of `lib/cli/print` and `lib/cli/progress` that makes text of what others have said, with such text everywhere. */
function printersOf(text: string): Readonly<Record<string, () => string | readonly string[]>> {
  const { plan, revision, events, head, overview, result, problem, failure } = world(text);
  const desired = { release: text, namespace: text, objects: [], gates: [], sources: new Map() };
  const report = failureReport({ release: text, namespace: text }, revision);
  if (report === undefined) throw new Error('no report');
  const object = { apiVersion: 'v1', kind: text, metadata: { name: text } };
  const finding = { ...problem, object };
  const origin = { stack: text, object: text, component: text, path: text, value: { [text]: text } };
  const layers = [{ layer: text, value: text, source: text }];
  const follows = [{ path: text, value: text, layers }];
  const progress = events.reduce((before, event) => advance(before, event, 0), begin(0, { release: text, namespace: text }));
  const outputs = (print: (output: 'text' | 'json' | 'ndjson') => string) => () =>
    (['text', 'json', 'ndjson'] as const).map(print);
  return {
    printFindings: outputs((output) => printFindings([finding], new Map([[object, text]]), 1, output)),
    printDifferences: () => printDifferences('dist', [{ path: text, kind: 'changed', before: text, after: `${text}2` }]),
    printOrigins: outputs((output) =>
      printOrigins(
        [
          { ...origin, layers },
          { ...origin, layers, follows },
        ],
        output,
      ),
    ),
    endingLine: () => endingLine(result),
    endingText: () => endingText(result),
    endingMarkdown: () => endingMarkdown(result),
    reportText: () => reportText(report),
    reportMarkdown: () => reportMarkdown(report),
    printHistory: outputs((output) => printHistory([revision], output)),
    printRevision: outputs((output) => printRevision({ release: text, namespace: text }, revision, output)),
    changesText: () => changesText(revision),
    printList: outputs((output) => printList([head], output, { drift: new Map([[head, overview.drift]]) })),
    printParity: outputs((output) => printParity(matrix(text), output, true)),
    planText: () => planText(plan),
    planMarkdown: () => planMarkdown(plan),
    printPlan: outputs((output) => printPlan({ plan, desired, problems: [problem] }, output)),
    printStatus: outputs((output) => printStatus(overview, output)),
    frame: () => frame(progress, 0, { columns: 80, rows: 40 }),
    phasesOf: () => phasesOf([{ name: text, phase: 'failing', message: text, since: 0, born: 0 }]),
    pulse: () => pulse(progress, 60_000) ?? '',
    stepSummary: () => stepSummary({ ...result, problems: [problem, { ...failure.problem }] }, planMarkdown(plan)),
  };
}
/** What is no text of others, or passes through one of these, or is GitHub's own commands, which have a test of their own. */
const NO_PRINTERS = [
  // Parts of what plan, history, status and the reporters say of cleaned values.
  ...['canaryText', 'stepText', 'judgedText', 'historyLine', 'gateText', 'driftText', 'eventLines'],
  ...[
    'age',
    'nextSteps',
    'failureReport',
    'printLine',
    'outliveReaders',
    'planSummary',
    'safe',
    'safeLines',
    'oneLine',
    'clean',
    'inline',
    'fenced',
  ],
  ...['plain', 'PLAIN', 'unlimited', 'lookOf', 'painter', 'isTerminal', 'cut', 'wrap', 'clockTime', 'count', 'table'],
  ...['follow', 'known', 'command', 'group', 'annotation', 'endAnnotation', 'writeStepSummary', 'LiveBlock', 'begin', 'advance'],
  ...['reporterFor', 'eventJson', 'NamedList'],
];

describe('the printers that this test knows', () => {
  it('are all that there are', async () => {
    const names: string[] = [];
    for (const folder of ['print', 'progress'])
      for (const file of readdirSync(join(ROOT, 'lib/cli', folder)))
        names.push(...Object.keys((await import(`../../../lib/cli/${folder}/${file.replace('.ts', '')}.ts`)) as object));
    expect(names.filter((name) => !NO_PRINTERS.includes(name)).sort()).toEqual(Object.keys(printersOf('x')).sort());
  });

  it('get every event that there is', () => {
    const source = readFileSync(join(ROOT, 'lib/release/model/events.ts'), 'utf8');
    const types = [...source.matchAll(/readonly type: '([\w-]+)'/g)].flatMap(([, type]) => type ?? []);
    expect([...new Set(types)].sort()).toEqual([...new Set(world('x').events.map(({ type }) => type))].sort());
  });

  it('print nothing that a terminal, GitHub or GitLab obeys', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const [name, print] of Object.entries(printersOf(`a${text}`))) {
          // As every writer does.
          const out = safeLines([print()].flat().join('\n'));
          expect(out, name).not.toMatch(OBEYED);
          expect(out, name).not.toMatch(COMMAND);
          // Log lines stand in fenced blocks.
          expect(out.replaceAll(/```[a-z]*\n[\s\S]*?\n```/g, ''), name).not.toMatch(/^✔ fraud revision 2/m);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('what comes from a cluster, a file or a log', () => {
  it('cannot steer a terminal, a log or a CI system, whichever event or printer it passes through', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const { plan, revision, head, overview, problem } = world(text);
        const printed = [
          told(text, 'text', {}),
          printPlan({ plan, desired: { release: '', namespace: '', objects: [], gates: [] }, problems: [problem] }, 'text'),
          printHistory([revision], 'text'),
          printRevision({ release: 'r', namespace: 'n' }, revision, 'text'),
          printStatus(overview, 'text'),
          printStatus(overview, 'wide'),
          printList([head], 'text'),
        ];
        for (const out of printed) {
          expect(out).not.toMatch(OBEYED);
          expect(out).not.toMatch(COMMAND);
        }
        expect(told(text, 'text', {}).split('\n').length).toBeLessThanOrEqual(
          told('x'.repeat(6 * text.length), 'text', {}).split('\n').length,
        );
        expect(told(text, 'ndjson', {})).not.toMatch(OBEYED);
      }),
      { numRuns: 60 },
    );
  });

  it('adds no command to those that this tool gives GitHub Actions', () => {
    const commands = (text: string) => told(text, 'text', { GITHUB_ACTIONS: 'true' }).match(/::[a-z][\w-]*[^:\n]*::/gi) ?? [];
    const harmless = commands('x').length;
    fc.assert(
      fc.property(hostile, (text) => {
        expect(commands(text).length).toBe(harmless);
      }),
      { numRuns: 40 },
    );
  });

  it('is no markup in Markdown and in pages', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const { plan, revision } = world(text);
        const markdown = [
          printPlan({ plan, desired: { release: '', namespace: '', objects: [], gates: [] }, problems: [] }, 'markdown'),
          printHistory([revision], 'markdown'),
          printParity(matrix(text), 'markdown', true),
        ].join('\n');
        const outside = markdown.replaceAll(/```[a-z]*\n[\s\S]*?\n```/g, '');
        expect(outside).not.toMatch(/<(?!\/?(?:details|summary|b)\b)/);
        expect(outside).not.toMatch(/@everyone|#1\b|https?:\/\/|www\.evil/);
        expect(markdown).not.toMatch(OBEYED);
        expect(markdown).not.toMatch(/^# forged/m);
        const desired = { release: text, namespace: text, objects: [], gates: [] };
        const pages = [
          historyPage({ release: text, namespace: text }, [revision]),
          planPage({ plan, desired, problems: plan.problems }, { revisions: [revision] }),
          parityPage(matrix(text)),
        ];
        for (const page of pages) {
          expect(page).not.toMatch(/<script>alert|<img src=x/);
          expect(page).not.toMatch(OBEYED);
        }
        const drawn = wiringMermaid({
          nodes: [{ id: 'a', name: text, role: 'workload', about: text, opensTo: [] }],
          edges: [{ from: 'a', to: 'a', by: [text] }],
        });
        expect(drawn.split('\n')).toHaveLength(4);
        expect(drawn).not.toMatch(OBEYED);
      }),
      { numRuns: 40 },
    );
  });

  it('cannot end a table cell with a backslash of its own', () => {
    expect(inline('a\\| b')).toBe('a\\\\\\| b');
  });
});

it('keeps the colours of this tool, and nothing else that begins with escape', () => {
  expect(safe('\u001b[32mgood\u001b[39m \u001b[2J')).toBe('\u001b[32mgood\u001b[39m \\u001b[2J');
  expect(JSON.parse(safe(JSON.stringify('a\u009bb')))).toBe('a\u009bb');
});

it('leaves addresses, times and ordinary text as they are', () => {
  for (const text of ['http://[fd00::1]:8080', '12:00:01', 'a::b', 'Größe ≥ 0.92 ✔']) expect(oneLine(text)).toBe(text);
  expect(clean({ a: [1, null, 'b\nc'], 'd\ne': true })).toEqual({ a: [1, null, 'b c'], 'd e': true });
});
