import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

type Variables = Readonly<Record<string, string>>;

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Variables;
}

interface GitHubJob {
  readonly steps: readonly Step[];
}

interface GitLabJob {
  readonly extends?: string;
  readonly before_script?: readonly string[];
  readonly script?: readonly string[];
}

/** How a CI job ended. */
export interface JobRun {
  readonly code: number;
  readonly out: string;
  /** What GitHub shows on the run's page. */
  readonly summary: string;
}

/** Actions that a machine has done already: the checkout is the folder, and this is the Node.js. */
const DONE = /^actions\/(checkout|setup-node)@v\d+$/;

/** Runs the steps of a job of a GitHub workflow in a checkout, as a runner does: one `bash -e` each. `values` are its expressions. */
export async function runGitHubJob(
  file: string,
  job: string,
  checkout: string,
  values: Variables,
  env: Variables,
): Promise<JobRun> {
  const { jobs } = parse(readFileSync(join(checkout, file), 'utf8')) as { readonly jobs: Readonly<Record<string, GitHubJob>> };
  const steps = jobs[job]?.steps ?? fail(`${file} has no job ${job}`);
  const temp = mkdtempSync(join(checkout, '../runner-'));
  const files = { GITHUB_ENV: join(temp, 'env'), GITHUB_STEP_SUMMARY: join(temp, 'summary') };
  for (const path of Object.values(files)) writeFileSync(path, '');
  let out = '';
  for (const { uses, run, env: own = {} } of steps) {
    if (uses !== undefined && !DONE.test(uses)) fail(`nobody here does what ${uses} does`);
    if (run === undefined) continue;
    const step = Object.fromEntries(Object.entries(own).map(([name, value]) => [name, evaluated(value, values)]));
    const kept = Object.fromEntries(
      readFileSync(files.GITHUB_ENV, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split('=', 2)),
    );
    const ended = await bash(evaluated(run, values), checkout, { ...env, RUNNER_TEMP: temp, ...files, ...kept, ...step });
    out += ended.out;
    if (ended.code !== 0) return { code: ended.code, out, summary: readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8') };
  }
  return { code: 0, out, summary: readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8') };
}

/** Runs a job of a GitLab pipeline in a checkout: one shell for all its lines. */
export async function runGitLabJob(file: string, job: string, checkout: string, env: Variables): Promise<JobRun> {
  const jobs = parse(readFileSync(join(checkout, file), 'utf8')) as Readonly<Record<string, GitLabJob>>;
  const own = jobs[job] ?? fail(`${file} has no job ${job}`);
  const { before_script = [], script = [] } = {
    ...jobs.default,
    ...(own.extends === undefined ? {} : jobs[own.extends]),
    ...own,
  };
  const ended = await bash([...before_script, ...script].join('\n'), checkout, env);
  return { ...ended, summary: '' };
}

function evaluated(text: string, values: Variables): string {
  return text.replaceAll(/\$\{\{ *([\w.]+) *\}\}/g, (_, name: string) => values[name] ?? fail(`nobody says what ${name} is`));
}

function bash(script: string, cwd: string, env: Variables): Promise<{ readonly code: number; readonly out: string }> {
  return new Promise((resolve) => {
    execFile('bash', ['-eo', 'pipefail', '-c', script], { cwd, env: { ...process.env, ...env } }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, out: out + err }),
    );
  });
}

function fail(message: string): never {
  throw new Error(message);
}
