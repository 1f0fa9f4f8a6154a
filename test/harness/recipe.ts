import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

type Variables = Readonly<Record<string, string>>;

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly with?: Variables;
  readonly shell?: string;
  readonly run?: string;
  readonly env?: Variables;
  readonly if?: string;
}

interface Workflow {
  readonly permissions?: Variables;
  readonly jobs: Readonly<Record<string, GitHubJob>>;
}

interface GitHubJob {
  readonly environment?: string;
  readonly permissions?: Variables;
  readonly steps: readonly Step[];
}

type GitLabPipeline = { readonly variables?: Variables } & Readonly<Record<string, GitLabJob>>;

interface GitLabJob {
  readonly environment?: string | { readonly name: string };
  readonly extends?: string;
  readonly variables?: Variables;
  readonly dependencies?: readonly string[];
  readonly needs?: readonly string[];
  readonly artifacts?: { readonly paths: readonly string[] };
  readonly before_script?: readonly string[];
  readonly script?: readonly string[];
}

/** How a CI job ended. */
export interface JobRun {
  readonly code: number;
  readonly out: string;
  /** What GitHub shows on the run's page. */
  readonly summary: string;
  /** What steps of a GitHub job leave for other jobs, one `name=value` a line. */
  readonly outputs?: string;
}

/** Where the artifacts of earlier jobs are kept, beside the checkouts. */
const artifactsOf = (checkout: string, name: string) => join(checkout, '../artifacts', name);

/** What actions do here: the checkout is the folder, and this is the Node.js. Only versions by digest are known. */
const ACTIONS: Readonly<Record<string, (options: Variables, checkout: string) => void>> = {
  'actions/checkout': () => {},
  'actions/setup-node': () => {},
  'actions/upload-artifact': ({ name = '', path = '' }, checkout) =>
    cpSync(join(checkout, path), artifactsOf(checkout, name), { recursive: true }),
  'actions/download-artifact': ({ name = '', path = '' }, checkout) =>
    cpSync(artifactsOf(checkout, name), join(checkout, path), { recursive: true }),
};

/**
 * Runs the steps of a job of a GitHub workflow in a checkout, as a runner does: one `bash -e` each. `values` are its expressions; secrets
 * are there for jobs of an environment alone, and permissions only where the job says so.
 */
export async function runGitHubJob(
  file: string,
  name: string,
  checkout: string,
  values: Variables,
  env: Variables,
): Promise<JobRun> {
  const { jobs, permissions } = parse(readFileSync(join(checkout, file), 'utf8')) as Workflow;
  const job = jobs[name] ?? fail(`${file} has no job ${name}`);
  if (permissions === undefined || Object.keys(permissions).length > 0) fail(`${file} gives permissions to all of its jobs`);
  const known = Object.entries(values).filter(([key]) => !key.startsWith('secrets.') || job.environment !== undefined);
  const temp = mkdtempSync(join(checkout, '../runner-'));
  const files = {
    GITHUB_ENV: join(temp, 'env'),
    GITHUB_STEP_SUMMARY: join(temp, 'summary'),
    GITHUB_OUTPUT: join(temp, 'output'),
  };
  for (const path of Object.values(files)) writeFileSync(path, '');
  let out = '';
  let code = 0;
  for (const step of job.steps) {
    if (code !== 0 && step.if !== 'always()') continue;
    if (step.uses !== undefined) {
      const [, action = ''] = /^([\w/-]+)@[0-9a-f]{40}$/.exec(step.uses) ?? fail(`${step.uses} is not pinned by digest`);
      (ACTIONS[action] ?? fail(`nobody here does what ${action} does`))(step.with ?? {}, checkout);
    }
    if (step.run === undefined) continue;
    const all = { ...Object.fromEntries(known), 'job.status': code === 0 ? 'success' : 'failure' };
    const own = Object.fromEntries(Object.entries(step.env ?? {}).map(([key, value]) => [key, evaluated(value, all)]));
    const kept = Object.fromEntries(
      readFileSync(files.GITHUB_ENV, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split('=', 2)),
    );
    const options = step.shell === 'bash' ? PIPEFAIL : ['-e'];
    const ended = await bash(options, evaluated(step.run, all), checkout, {
      ...env,
      RUNNER_TEMP: temp,
      ...files,
      ...kept,
      ...own,
    });
    out += ended.out;
    code ||= ended.code;
  }
  return {
    code,
    out,
    summary: readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8'),
    outputs: readFileSync(files.GITHUB_OUTPUT, 'utf8'),
  };
}

/**
 * Runs a job of a GitLab pipeline in a checkout, or in an empty folder where it wants none: one shell for all its lines. `scoped` are the
 * variables of environments, which only their jobs have.
 */
export async function runGitLabJob(
  file: string,
  name: string,
  checkout: string,
  env: Variables,
  scoped: (environment: string) => Variables,
): Promise<JobRun> {
  const { variables: global, ...jobs } = parse(readFileSync(join(checkout, file), 'utf8')) as GitLabPipeline;
  const own = jobs[name] ?? fail(`${file} has no job ${name}`);
  const job: GitLabJob = { ...jobs.default, ...(own.extends === undefined ? {} : jobs[own.extends]), ...own };
  const { before_script = [], script = [], environment, variables, artifacts } = job;
  const folder = variables?.GIT_STRATEGY === 'none' ? mkdtempSync(join(checkout, '../builds-')) : checkout;
  for (const earlier of [...(job.dependencies ?? []), ...(job.needs ?? [])])
    cpSync(artifactsOf(checkout, earlier), folder, { recursive: true });
  const place = typeof environment === 'object' ? environment.name : environment;
  const mine = { ...env, ...global, ...variables, ...(place === undefined ? {} : scoped(place)) };
  const ended = await bash(PIPEFAIL, [...before_script, ...script].join('\n'), folder, mine);
  for (const path of ended.code === 0 ? (artifacts?.paths ?? []) : [])
    cpSync(join(folder, path), join(artifactsOf(checkout, name), path), { recursive: true });
  return { ...ended, summary: '' };
}

function evaluated(text: string, values: Variables): string {
  return text.replaceAll(/\$\{\{ *([\w.]+) *\}\}/g, (_, name: string) => values[name] ?? fail(`nobody says what ${name} is`));
}

/** How GitLab runs scripts, and GitHub those with `shell: bash`; without it, a pipe's result is that of its last command. */
const PIPEFAIL = ['-eo', 'pipefail'];

function bash(
  options: readonly string[],
  script: string,
  cwd: string,
  env: Variables,
): Promise<{ readonly code: number; readonly out: string }> {
  return new Promise((resolve) => {
    execFile('bash', [...options, '-c', script], { cwd, env: { ...process.env, ...env } }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, out: out + err }),
    );
  });
}

function fail(message: string): never {
  throw new Error(message);
}
