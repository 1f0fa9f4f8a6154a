import { type Failure, formatMetric, type Revision } from '../../release';
import { fenced, inline, oneLine } from './safe';
import { clockTime, count, type Look, PLAIN, wrap } from './style';

/** A failed revision for people: the same right after the failure and later, from the record. */
export interface FailureReport {
  /** `fraud-model revision 4 (upgrade to v2.2.0) was rolled back`. */
  readonly title: string;
  /** Failed object, `Deployment/fraud-model`. */
  readonly what: string;
  readonly code: string;
  /** One sentence. */
  readonly cause: string;
  /** Start of the cause as reported by the cluster, else start of the release, in RFC 3339. */
  readonly since: string;
  /** Start of the release, and its duration. */
  readonly started: string;
  readonly seconds: number;
  readonly evidence: readonly { readonly kind: 'gate' | 'pod' | 'event' | 'log'; readonly text: string }[];
  /** Outcome of the rollback. @default - nothing was changed, because a gate rejected the revision */
  readonly restored?: string;
  /** Objects not restored. */
  readonly left: readonly string[];
  readonly remedy: string;
  /** Commands for the next steps. */
  readonly next: readonly string[];
}

/** Introduction of a cause, by its reason. */
const CAUSES: Readonly<Record<string, string>> = {
  ImageNotFound: 'the image does not exist',
  ImageForbidden: 'the registry does not let the cluster read the image',
  RegistryUnknown: 'the host of the registry has no address',
  ClaimMissing: 'a PersistentVolumeClaim of the pod is not there',
  ImageInvalid: 'the name of the image cannot be used',
  CrashLoop: 'the container starts and ends again and again',
  OOMKilled: 'the container needs more memory than its limit',
  ConfigError: 'something the container refers to is not there',
  VolumeMissing: 'something the pod mounts is not there',
  ContainerError: 'the container cannot be started',
  QuotaExceeded: 'the quota of the namespace has no room for the pods',
  PodSecurity: 'the pods are below the Pod Security level of the namespace',
  PodsRefused: 'the cluster refuses to create the pods',
  Unschedulable: 'no node has room for the pod',
  NotReady: 'the container runs and is not ready',
};

const STATES: Readonly<Record<Revision['state'], string>> = {
  rejected: 'was rejected by a gate, nothing was changed',
  'rolled-back': 'was rolled back',
  failed: 'failed and was not fully rolled back',
  deployed: 'is deployed',
  superseded: 'was deployed',
};

/** Builds the report of a failed revision; undefined if it did not fail. Pure. */
export function failureReport(
  { release, namespace }: { readonly release: string; readonly namespace: string },
  revision: Revision,
): FailureReport | undefined {
  const { failure, action, versions, state, started, seconds, left = [] } = revision;
  if (failure === undefined) return undefined;
  const to = versions.length === 0 || action === 'uninstall' ? '' : ` to ${versions.join(', ')}`;
  const name = `${release} -n ${namespace}`;
  return {
    title: `${release} revision ${revision.revision} (${action}${to}) ${STATES[state]}`,
    what: failure.problem.subject,
    code: failure.problem.code,
    cause: causeOf(failure),
    since: failure.since ?? started,
    started,
    seconds,
    evidence: evidenceOf(revision, failure),
    ...(state === 'rejected' ? {} : { restored: restoredText(revision) }),
    left,
    remedy: failure.problem.remedy,
    next: [
      `serving history ${name} --revision ${revision.revision}`,
      ...(state === 'failed' ? [`serving rollback ${name}`] : [`serving status ${name}`]),
    ],
  };
}

function causeOf({ problem, reason = '' }: Failure): string {
  const said = oneLine(problem.message);
  const detail = said.startsWith(`${reason}: `) ? said.slice(reason.length + 2) : said;
  const image = reason.startsWith('Image') ? /^Image (\S+?):? /.exec(detail)?.[1] : undefined;
  const known = CAUSES[reason];
  const text = known === undefined ? said : image === undefined ? `${known}: ${detail}` : `${known}: ${image}`;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}

function evidenceOf({ gates }: Revision, failure: Failure): FailureReport['evidence'] {
  const { pod, container, exitCode, restarts, events, logs } = failure;
  const judged = gates.filter(({ passed }) => !passed);
  const facts = [
    ...(pod === undefined ? [] : [pod]),
    ...(container === undefined ? [] : [`container ${container}`]),
    ...(exitCode === undefined ? [] : [`exit code ${exitCode}`]),
    ...(restarts === undefined || restarts === 0 ? [] : [count(restarts, 'restart')]),
  ];
  return [
    ...judged.map((gate) => {
      const numbers = gate.metrics.map(formatMetric).join(', ');
      const samples = gate.samples === undefined ? '' : `, ${gate.samples} samples`;
      const code = gate.exitCode === undefined ? '' : `, exit code ${gate.exitCode}`;
      return { kind: 'gate' as const, text: `${gate.name}: ${numbers || (gate.reason ?? 'did not pass')}${samples}${code}` };
    }),
    ...(facts.length === 0 ? [] : [{ kind: 'pod' as const, text: facts.join(', ') }]),
    ...events.map((text) => ({ kind: 'event' as const, text: oneLine(text) })),
    ...logs.map((text) => ({ kind: 'log' as const, text: oneLine(text) })),
  ];
}

function restoredText({ restored = [], left = [] }: Revision): string {
  const names =
    restored.length === 0
      ? ''
      : `: ${restored.slice(0, 5).join(', ')}${restored.length > 5 ? ` and ${restored.length - 5} more` : ''}`;
  const back = restored.length === 0 ? '' : `${count(restored.length, 'object')}${names}.`;
  if (left.length > 0) return `${back}${back === '' ? '' : ' '}${count(left.length, 'object')} not restored.`;
  return back === '' ? 'The previous state.' : back;
}

/** Start of a failure, relative to its release: `8 s after the start`. */
function sinceText({ since, started }: FailureReport): string {
  const after = Date.parse(since) - Date.parse(started);
  return after >= 1000 ? `${since}, ${clockTime(after)} after the start` : since;
}

/** Formats a report as text, with a label for each part. */
export function reportText(report: FailureReport, { paint, width }: Look = PLAIN): string {
  const { title, what, cause, evidence, restored, left, remedy, code, next } = report;
  const part = (name: string, texts: readonly string[]) => {
    const lines = texts.flatMap((text) =>
      wrap(oneLine(text), width - 15).map((line, index) => (index === 0 ? line : `  ${line}`)),
    );
    return lines.map((line, index) => `  ${paint('dim', (index === 0 ? name : '').padEnd(9))} ${line}`);
  };
  return [
    `${paint('bad', '✖')} ${paint('strong', oneLine(title))}`,
    ...part('failed', [what]),
    ...part('since', [sinceText(report)]),
    ...part('cause', [cause]),
    ...part(
      'evidence',
      evidence.map(({ kind, text }) => `${kind}: ${text}`),
    ),
    ...part('restored', [...(restored === undefined ? [] : [restored]), ...left.map((object) => `left: ${oneLine(object)}`)]),
    ...part('fix', [`${remedy} [${code}]`]),
    ...part(
      'next',
      next.map((command) => command),
    ),
  ].join('\n');
}

/** Formats a report as Markdown, for a step summary or an issue. */
export function reportMarkdown(report: FailureReport): string {
  const { title, what, cause, evidence, restored, left, remedy, code, next } = report;
  const fence = evidence.map(({ kind, text }) => fenced(`${kind}: ${text}`));
  return [
    `### ❌ ${inline(title)}`,
    '',
    `**${inline(what)}**: ${inline(cause)}`,
    '',
    `- Since: ${inline(sinceText(report))}`,
    ...(restored === undefined ? [] : [`- Restored: ${inline(restored)}`]),
    ...left.map((object) => `  - left: ${inline(object)}`),
    `- Fix: ${inline(remedy)} (${code})`,
    ...(fence.length === 0 ? [] : ['', '```text', ...fence, '```']),
    '',
    ...next.map((command) => `    ${oneLine(command)}`),
  ].join('\n');
}
