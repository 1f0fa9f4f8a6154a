import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { history, list } from '../../lib/release';
import { podBehaviorFor, RealClock, rehearsal, type Served, serve } from '../../lib/testing';
import { newProject, run } from '../harness/new-project';
import { type JobRun, runGitHubJob, runGitLabJob } from '../harness/recipe';

let project: string;
beforeAll(() => {
  project = newProject('churn-model');
}, 300_000);

const manifests = (folder: string) =>
  Object.fromEntries(
    (readdirSync(folder, { recursive: true }) as string[])
      .filter((path) => statSync(join(folder, path)).isFile())
      .map((path) => [path, readFileSync(join(folder, path), 'utf8')]),
  );

describe('a new project', () => {
  it('passes its own tests', () => expect(run('npm', ['test'], project)).toMatch(/Tests .*6 passed/));

  it('renders three environments, as cdk8s synth does', () => {
    expect(run('npx', ['serving', 'synth'], project)).toMatch(/dist\/prod\/churn-model +11 /);
    const ours = manifests(join(project, 'dist'));
    run('npx', ['cdk8s', 'synth'], project);
    expect(manifests(join(project, 'dist'))).toEqual(ours);
    run('npx', ['serving', 'synth', '--check'], project);
  });

  it('has differences that are all declared, and manifests without errors', () => {
    expect(run('npx', ['serving', 'parity'], project)).toMatch(/, 0 not; 0 declarations unused/);
    expect(run('npx', ['serving', 'check', '-R', 'dist/dev', 'dist/staging', 'dist/prod'], project)).toContain(' 0 errors');
  });

  it('can be rehearsed', () => {
    expect(run('npx', ['serving', 'rehearse', 'dist/staging/churn-model'], project)).toMatch(
      /\n5 +\d+s ago +deployed +v1\.1\.0-rc1 +passed auc/,
    );
  });
});

describe('a project that grows', () => {
  const EXTRA = `import { defineStack, ModelServer, Model, RedisCache, ServingStack, schema as s, workloadProps } from 'cdk8s-serving';
import * as v from 'valibot';

const schema = v.strictObject({ ...s.stack, server: s.workload });

export const ranking = defineStack({
  name: 'ranking',
  schema,
  build(scope, config, { cluster }) {
    const { server, ...settings } = config;
    const stack = new ServingStack(scope, 'ranking', { ...settings, ...cluster });
    const cache = new RedisCache(stack, 'redis', { auth: { secret: 'ranking-redis' } });
    new ModelServer(stack, 'model', {
      ...workloadProps(server),
      image: 'ranking:1.4.0',
      model: Model.claim({ claim: 'models', subPath: 'ranking', path: '/models/ranking', version: 'v3.0.0' }),
      cache,
    });
    return stack;
  },
});
`;
  let grown: string;
  beforeAll(() => {
    grown = join(project, '../grown');
    run('cp', ['-r', project, grown], project);
    const edit = (file: string, ...changes: readonly (readonly [string, string])[]) => {
      const text = changes.reduce((before, [from, to]) => before.replace(from, to), readFileSync(join(grown, file), 'utf8'));
      writeFileSync(join(grown, file), text);
    };
    writeFileSync(join(grown, 'apps/ranking.ts'), EXTRA);
    edit(
      'apps/stacks.ts',
      ["import { stack } from './churn-model';", "import { stack } from './churn-model';\nimport { ranking } from './ranking';"],
      ['[stack]', '[stack, ranking]'],
    );
    const size = "{ requests: { cpu: '500m', memory: '1Gi' }, limits: { memory: '2Gi' } }";
    edit('environments/base.ts', [
      '\n};',
      `\n  ranking: { imageRegistry: 'registry.example.com', server: { scaling: { replicas: 2 }, resources: ${size} } },\n};`,
    ]);
    for (const name of ['dev', 'staging', 'prod']) {
      edit(`environments/${name}.ts`, [
        /stacks: \{ ?\n?/.exec(readFileSync(join(grown, `environments/${name}.ts`), 'utf8'))?.[0] ?? '',
        `stacks: {\n    ranking: { namespace: 'ranking-${name}' },\n`,
      ]);
    }
    addEnvironment(grown, 'perf');
  });

  it('has a second stack and a fourth environment without further edits', () => {
    expect(run('npm', ['test'], grown)).toMatch(/Tests .*8 passed/);
    const out = run('npx', ['serving', 'synth'], grown);
    for (const folder of ['perf/churn-model', 'perf/ranking', 'prod/ranking']) expect(out).toContain(`dist/${folder}`);
    run('npx', ['serving', 'rehearse', 'dist/perf/ranking'], grown);
  });

  it('installs in a clone', () => {
    const clone = join(project, '../clone');
    run('cp', ['-r', project, clone], project);
    run('rm', ['-rf', 'node_modules'], clone);
    run('npm', ['ci', '--no-audit', '--no-fund'], clone);
    run('npx', ['serving', '--version'], clone);
  });

  it('emits nothing that does not compile', () => {
    const file = join(grown, 'environments/perf.ts');
    writeFileSync(file, readFileSync(file, 'utf8').replace("tier: 'staging'", "tier: 'production'"));
    run('rm', ['-rf', 'build'], grown);
    expect(() => run('npm', ['run', 'build'], grown)).toThrow();
    expect(existsSync(join(grown, 'build'))).toBe(false);
  });
});

/** A fourth environment, as a copy of staging. */
function addEnvironment(folder: string, name: string): void {
  const text = readFileSync(join(folder, 'environments/staging.ts'), 'utf8')
    .replaceAll('staging: Environment', `${name}: Environment`)
    .replaceAll("name: 'staging'", `name: '${name}'`)
    .replaceAll('-staging', `-${name}`)
    .replaceAll('.staging.', `.${name}.`)
    .replaceAll('default staging', `default ${name}`);
  writeFileSync(join(folder, `environments/${name}.ts`), text);
}

/** What a CI system is asked for, whichever it is. */
interface Ci {
  /** What a pull request is reviewed with, without credentials. */
  review(): Promise<JobRun>;
  /** What shows what the reviewed manifests would change: the outputs of all its jobs. */
  plan(): Promise<JobRun>;
  /** Whether the clusters run what main says. */
  drift(): Promise<JobRun>;
  release(environment: string): Promise<JobRun>;
  /** Proposes a version; without one, for prod, what staging runs. */
  propose(environment: string, version?: string): Promise<JobRun>;
}

interface Surroundings {
  readonly checkout: string;
  /** A checkout of main. */
  readonly main: string;
  /** A file with the contexts `staging`, `prod` and `perf`. */
  readonly kubeconfig: string;
  readonly bin: string;
}

function gitHub({ checkout, main, kubeconfig, bin }: Surroundings): Ci {
  const env = { PATH: `${bin}:${process.env.PATH}`, GITHUB_ACTIONS: 'true', GITHUB_ACTOR: 'somebody' };
  const values = {
    'secrets.KUBECONFIG': readFileSync(kubeconfig, 'utf8'),
    'github.token': 'token',
    'github.server_url': 'https://github.test',
    'github.repository': 'team/churn-model',
    'github.run_id': '7',
    'github.event.workflow_run.head_sha': 'abc',
  };
  const job = (file: string, name: string, place = checkout, more: Readonly<Record<string, string>> = {}) =>
    runGitHubJob(`.github/workflows/${file}`, name, place, { ...values, ...more }, env);
  return {
    review: () => job('serving.yaml', 'review'),
    plan: () => job('plan.yaml', 'plan', main),
    drift: () => job('plan.yaml', 'drift', main),
    release: async (environment) => {
      if (environment === 'prod') return job('serving.yaml', 'prod');
      const { outputs = '' } = await job('serving.yaml', 'environments');
      expect(JSON.parse(outputs.replace('names=', ''))).toContain(environment);
      return job('serving.yaml', 'release', checkout, { 'matrix.environment': environment });
    },
    propose: (environment, version = '') =>
      job('model-version.yaml', 'propose', checkout, { 'inputs.environment': environment, 'inputs.version': version }),
  };
}

function gitLab({ checkout, main, kubeconfig, bin }: Surroundings): Ci {
  const env = {
    PATH: `${bin}:${process.env.PATH}`,
    CI_SERVER_HOST: 'gitlab.test',
    CI_PROJECT_PATH: 'team/churn-model',
    GITLAB_USER_NAME: 'Somebody',
    GITLAB_USER_EMAIL: 'somebody@gitlab.test',
  };
  const scoped = (environment: string): Readonly<Record<string, string>> =>
    environment === 'promote' ? { PUSH_TOKEN: 'token' } : { KUBECONFIG: kubeconfig };
  const job = (name: string, place = checkout, more: Readonly<Record<string, string>> = {}) =>
    runGitLabJob('.gitlab-ci.yml', name, place, { ...env, ...more }, scoped);
  return {
    review: () => job('review'),
    plan: () => job('plan'),
    drift: () => job('drift', main),
    release: (environment) => job(['staging', 'prod'].includes(environment) ? environment : 'others'),
    propose: async (environment, version) => {
      if (version !== undefined) return job('version', checkout, { ENVIRONMENT: environment, VERSION: version });
      const read = await job('staging-version');
      return read.code === 0 ? job('promote') : read;
    },
  };
}

describe.each([
  ['GitHub Actions', gitHub],
  ['GitLab', gitLab],
] as const)('the recipe for %s', (name, system) => {
  const here = rehearsal({
    clock: new RealClock(),
    podBehavior: (pod) => ({
      startMs: 20,
      readyMs: 50,
      jobMs: 50,
      ...podBehaviorFor(here.sandbox, pod, [['v1.1.0-rc3', 'gate fails']]),
    }),
  });
  let served: Served;
  let ci: Ci;
  let checkout: string;
  let git: (...args: readonly string[]) => string;
  let updateMain: () => void;

  beforeAll(async () => {
    const folder = join(project, '..', name.replace(' ', '-'));
    checkout = join(folder, 'checkout');
    run('git', ['init', '-q', '--bare', '-b', 'main', join(folder, 'origin.git')], project);
    run('git', ['-C', join(folder, 'origin.git'), 'config', 'receive.advertisePushOptions', 'true'], project);
    run('git', ['clone', '-q', join(folder, 'origin.git'), checkout], project);
    git = (...args) => run('git', args, checkout);
    git('config', 'user.name', 'Somebody');
    git('config', 'user.email', 'somebody@example.com');
    git('config', `url.file://${folder}/origin.git.insteadOf`, 'https://serving:token@gitlab.test/team/churn-model.git');
    git('switch', '-qc', 'main');
    run('cp', ['-r', ...readdirSync(project).filter((file) => !/^(node_modules|build)$/.test(file)), checkout], project);
    git('add', '.');
    git('commit', '-qm', 'New');
    git('push', '-q', 'origin', 'main');

    served = await serve(here.sandbox);
    const config = parse(served.kubeconfig) as { readonly contexts: readonly [{ readonly context: object }] };
    const contexts = ['staging', 'prod', 'perf'].map((context) => ({ ...config.contexts[0], name: context }));
    const kubeconfig = join(folder, 'kubeconfig');
    writeFileSync(kubeconfig, stringify({ ...config, contexts, 'current-context': 'prod' }));
    // GitHub's own command line, which is not there.
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    const main = join(folder, 'main');
    run('git', ['clone', '-q', join(folder, 'origin.git'), main], project);
    symlinkSync(join(checkout, 'node_modules'), join(main, 'node_modules'));
    updateMain = () => run('git', ['-C', main, 'pull', '-q'], project);
    // The first install is real; the machines that follow would do the same again.
    const npm = run('which', ['npm'], project).trim();
    const script = `#!/bin/sh\n[ "$1" = ci ] && [ -d node_modules ] && exit 0\nexec ${npm} "$@"\n`;
    writeFileSync(join(bin, 'npm'), script, { mode: 0o755 });
    writeFileSync(join(bin, 'gh'), `#!/bin/sh\necho "gh $*"\n`, { mode: 0o755 });
    // The published package is this one.
    const npx = run('which', ['npx'], project).trim();
    const serving = `"${join(checkout, 'node_modules/.bin/serving')}"`;
    const runs = `#!/bin/sh\n[ "$1" = --yes ] && { shift 2; exec ${serving} "$@"; }\nexec ${npx} "$@"\n`;
    writeFileSync(join(bin, 'npx'), runs, { mode: 0o755 });
    ci = system({ checkout, main, kubeconfig, bin });
    for (const environment of ['staging', 'prod', 'perf'])
      await here.engine().api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: `churn-model-${environment}` } });
  });
  afterAll(() => served.close());

  const revisions = async (environment: string) => {
    const name = { release: 'churn-model', namespace: `churn-model-${environment}` };
    return (await history(here.engine(), name)).map(({ state, versions }) => `${state} ${versions?.join()}`);
  };
  const branches = () => git('ls-remote', '--heads', 'origin').match(/(?<=refs\/heads\/).*/g);
  const merge = (branch: string) => {
    git('switch', '-q', 'main');
    git('merge', '-q', branch);
    git('push', '-q', 'origin', 'main');
    updateMain();
  };

  it('releases what is merged', async () => {
    for (const environment of ['staging', 'prod']) expect(await ci.release(environment)).toMatchObject({ code: 0 });
    expect([await revisions('staging'), await revisions('prod')]).toEqual([['deployed v1.1.0-rc1'], ['deployed v1.0.0']]);
  });

  it('proposes a candidate for staging, which changes its version and nothing else', async () => {
    const ended = await ci.propose('staging', 'v1.1.0-rc2');
    expect(ended).toMatchObject({ code: 0 });
    expect(branches()).toEqual(['main', 'staging-v1.1.0-rc2']);
    const sources = git('diff', '--unified=0', 'main', 'staging-v1.1.0-rc2', '--', '.', ':!dist');
    expect(sources.match(/^[-+] .*$/gm)).toEqual([
      `-      model: { version: 'v1.1.0-rc1' },`,
      `+      model: { version: 'v1.1.0-rc2' },`,
    ]);
    expect(git('diff', '--stat', 'main', 'staging-v1.1.0-rc2', '--', 'dist/prod', 'dist/dev')).toBe('');
    if (name === 'GitHub Actions') expect(ended.out).toContain('gh pr create --fill --head staging-v1.1.0-rc2');
  });

  it('shows on the proposal what a release would change, and changes nothing', async () => {
    git('switch', '-q', 'staging-v1.1.0-rc2');
    // What code of a pull request could see.
    const seen = join(checkout, '../seen');
    const file = join(checkout, 'package.json');
    const before = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      before.replace('"test": "', `"test": "env >> ${seen} && `).replace('"build": "', `"build": "env >> ${seen} && `),
    );
    expect(await ci.review()).toMatchObject({ code: 0 });
    const variables = readFileSync(seen, 'utf8');
    expect(variables).not.toMatch(/^(KUBECONFIG|PUSH_TOKEN|GH_TOKEN)/m);
    const { code, out, summary } = await ci.plan();
    expect([code, out]).toEqual([0, expect.stringContaining('churn-model:v1.1.0-rc2')]);
    expect(readFileSync(seen, 'utf8')).toBe(variables);
    writeFileSync(file, before);
    if (name === 'GitHub Actions') {
      expect(summary).toContain('churn-model:v1.1.0-rc2');
      expect(out).toContain('statuses/abc -f context=plan -f state=success -f target_url=https://github.test/');
    }
    expect((await list(here.engine())).heads).toHaveLength(2);
    expect(await revisions('staging')).toHaveLength(1);
  });

  it('finds what somebody has changed by hand', async () => {
    expect(await ci.drift()).toMatchObject({ code: 0 });
    const { api } = here.engine();
    const place = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'churn-model-prod' };
    const live = (await api.list(place)).items[0];
    if (live === undefined) throw new Error('no Deployment');
    const annotations = (text: string) => ({ ...live.metadata.annotations, 'cdk8s-serving/model-version': text });
    const { resourceVersion: _, ...metadata } = live.metadata;
    await api.replace({ ...live, metadata: { ...metadata, annotations: annotations('by hand') } });
    const { code, out } = await ci.drift();
    expect(code).not.toBe(0);
    expect(out).toContain('by hand');
  });

  it('releases it when it is merged, and puts back what was changed by hand', async () => {
    merge('staging-v1.1.0-rc2');
    for (const environment of ['staging', 'prod']) expect(await ci.release(environment)).toMatchObject({ code: 0 });
    expect(await revisions('staging')).toEqual(['superseded v1.1.0-rc1', 'deployed v1.1.0-rc2']);
    expect(await revisions('prod')).toEqual(['superseded v1.0.0', 'deployed v1.0.0']);
  });

  it('promotes what staging runs', async () => {
    expect(await ci.propose('prod')).toMatchObject({ code: 0 });
    expect(branches()).toContain('prod-v1.1.0-rc2');
    merge('prod-v1.1.0-rc2');
    expect(await ci.release('prod')).toMatchObject({ code: 0 });
    expect((await revisions('prod')).slice(1)).toEqual(['superseded v1.0.0', 'deployed v1.1.0-rc2']);
  });

  it('fails when a gate rejects what was merged, and still serves what was there', async () => {
    expect(await ci.propose('staging', 'v1.1.0-rc3')).toMatchObject({ code: 0 });
    merge('staging-v1.1.0-rc3');
    expect(await ci.release('staging')).toMatchObject({ code: 4 });
    expect((await revisions('staging')).slice(1)).toEqual(['deployed v1.1.0-rc2', 'rejected v1.1.0-rc3']);
  });

  it('releases to a fourth environment, which no workflow names', async () => {
    git('switch', '-qc', 'fourth', 'main');
    addEnvironment(checkout, 'perf');
    const file = join(checkout, 'environments/perf.ts');
    writeFileSync(file, readFileSync(file, 'utf8').replace('v1.1.0-rc3', 'v1.1.0-rc2'));
    run('npm', ['run', 'synth'], checkout);
    git('add', '.');
    git('commit', '-qm', 'perf');
    const review = await ci.review();
    expect([review.code, review.out]).toEqual([0, expect.any(String)]);
    expect((await ci.plan()).out).toContain('churn-model-perf');
    merge('fourth');
    expect((await ci.drift()).code).not.toBe(0);
    expect(await ci.release('perf')).toMatchObject({ code: 0 });
    expect(await revisions('perf')).toEqual(['deployed v1.1.0-rc2']);
  });

  it('fails the review of a proposal whose dist is not what is rendered', async () => {
    const file = join(checkout, 'dist/prod/churn-model/30-model.k8s.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('maxReplicas: 12', 'maxReplicas: 99'));
    const { code, out } = await ci.review();
    expect([code, out]).toEqual([2, expect.stringContaining('maxReplicas: 99')]);
  });
});
