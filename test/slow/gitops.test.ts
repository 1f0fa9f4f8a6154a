import { execFile, execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { printStatus } from '../../lib/cli/print/status';
import { connect, type KubeApi } from '../../lib/client';
import type { KubeObject } from '../../lib/kube/object';
import { apply, type Engine, plan, status, systemHost } from '../../lib/release';
import { servingIn } from '../cli/run-serving';
import { hasCluster, SHARED, startCluster, type TestCluster } from '../harness/cluster';
import { ROOT } from '../harness/project';
import { course } from '../release/harness';

const run = promisify(execFile);
const built = createRequire(join(ROOT, 'build/'));
const { synth } = built('./lib/index.js') as typeof import('../../lib');
const { project } = built('./apps/main.js') as typeof import('../../apps/main');

/** Kinds of which a stack has objects that an agent could apply otherwise. */
const KINDS =
  'configmaps,services,serviceaccounts,deployments,networkpolicies,poddisruptionbudgets,horizontalpodautoscalers,ingresses';

describe.skipIf(!hasCluster)('what an agent reads', () => {
  let cluster: TestCluster;
  let api: KubeApi;
  let engine: Engine;
  beforeAll(async () => {
    cluster = await startCluster();
    api = await connect({ kubeconfig: cluster.kubeconfig });
    engine = { api, host: systemHost() };
    for (const kind of [
      'applications.argoproj',
      'appprojects.argoproj',
      'gitrepositories',
      'ocirepositories',
      'kustomizations',
    ]) {
      const file = readdirSync(join(SHARED, 'crds')).find((name) => name.startsWith(kind)) ?? kind;
      await cluster.kubectl('apply', '--server-side', '-f', join(SHARED, 'crds', file));
    }
    await cluster.kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s');
    for (const namespace of ['argocd', 'flux-system']) await cluster.kubectl('create', 'namespace', namespace);
  }, 180_000);
  afterAll(async () => {
    await api?.close();
    await cluster?.down();
  });

  const outputs = {
    git: project.delivery,
    oci: { source: { oci: 'oci://registry.test/ml' }, verifySecret: 'key', serviceAccount: 'deployer' },
  };
  const rendered = (agent: 'argocd' | 'flux', from: keyof typeof outputs = 'git') => {
    const outdir = mkdtempSync(join(tmpdir(), 'gitops-'));
    const delivery = outputs[from];
    synth(delivery === undefined ? project : { ...project, delivery }, { outdir, delivery: agent });
    return outdir;
  };

  it.each([
    ['argocd', 'git'],
    ['argocd', 'oci'],
    ['flux', 'git'],
    ['flux', 'oci'],
  ] as const)('is accepted strictly: %s from %s', async (agent, from) => {
    const outdir = rendered(agent, from);
    for (const environment of ['dev', 'staging', 'prod']) {
      const directory = join(outdir, 'gitops', environment);
      const output = await cluster.kubectl('apply', '--dry-run=server', '--validate=strict', '-f', directory);
      expect(output.trim().split('\n').length).toBeGreaterThanOrEqual(4);
    }
  });

  /** The stack in a namespace that is empty before and after, as its manifests made it. */
  const applied = async (namespace: string, how: () => Promise<unknown>): Promise<readonly unknown[]> => {
    await cluster.kubectl('create', 'namespace', namespace);
    await how();
    const { items } = JSON.parse(await cluster.kubectl('get', KINDS, '-n', namespace, '-o', 'json')) as {
      readonly items: readonly KubeObject[];
    };
    const plain = items
      .filter(({ metadata }) => !['kube-root-ca.crt', 'default'].includes(metadata.name))
      .map((object) => essence(object));
    await cluster.kubectl('delete', 'namespace', namespace, '--wait');
    return plain.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  };

  it.skipIf(!hasGo())(
    "gives the same objects through Flux's own library, kustomize and serving apply",
    async () => {
      const namespace = 'team-fraud-dev';
      const directory = join(rendered('flux'), 'dev/fraud-model');
      const program = join(tmpdir(), 'cdk8s-serving-flux-apply-0.75.0');
      if (!existsSync(program)) await run('go', ['build', '-o', program, '.'], { cwd: join(__dirname, 'flux-apply') });

      const byServing = await applied(namespace, async () => {
        const done = await course(apply(engine, withoutGates(join(ROOT, 'dist/dev/fraud-model')), { ignoreCapacity: true }));
        expect(done.message).toBe('');
        // Records and locks are no objects of the stack, and of no kind that is compared.
      });
      const byKustomize = await applied(namespace, () => cluster.kubectl('apply', '--server-side', '-k', directory));
      const byFlux = await applied(namespace, async () => {
        const manifests = await cluster.kubectl('kustomize', directory);
        const output = await piped(program, [cluster.kubeconfig, 'fraud-model', 'flux-system'], manifests);
        expect(output).toMatch(/created Deployment\/team-fraud-dev\/fraud-model/);
      });
      expect(byServing.length).toBeGreaterThanOrEqual(5);
      expect(byKustomize).toEqual(byServing);
      expect(byFlux).toEqual(byServing);
    },
    600_000,
  );

  it.skipIf(!hasGo())(
    'is refused by serving apply once Flux owns it; plan still shows the difference',
    async () => {
      const directory = join(rendered('flux'), 'dev/fraud-model');
      const program = join(tmpdir(), 'cdk8s-serving-flux-apply-0.75.0');
      await cluster.kubectl('create', 'namespace', 'team-fraud-dev');
      const manifests = await cluster.kubectl('kustomize', directory);
      await piped(program, [cluster.kubeconfig, 'fraud-model', 'flux-system'], manifests);
      const changed = mkdtempSync(join(tmpdir(), 'changed-'));
      synth(project, { outdir: changed, environments: ['dev'], stacks: ['fraud-model'], set: ['server.scaling.replicas=2'] });
      const stack = join(changed, 'dev/fraud-model');
      const before = await versions();
      const refused = await course(apply(engine, stack, { ignoreCapacity: true }));
      expect([refused.exitCode, refused.message]).toEqual([
        3,
        expect.stringMatching(/Flux applies it \(Kustomization flux-system\/fraud-model\).*\[OWNED_BY_AGENT\]/),
      ]);
      expect(await versions()).toEqual(before);
      const proposal = await plan(engine, stack, { ignoreCapacity: true, ignoreMissing: true });
      expect(proposal.problems).toEqual([]);
      const deployment = proposal.plan.objects.find(({ key }) => key.includes('Deployment'));
      expect(deployment?.changes.map(({ path }) => path)).toContain('spec.replicas');

      const overview = await status(engine, { release: 'fraud-model', namespace: 'team-fraud-dev' });
      expect(overview.appliedBy).toEqual({ agent: 'Flux', by: 'Kustomization flux-system/fraud-model' });
      expect(overview.objects.map(({ object }) => object)).toContain('Deployment/fraud-model');
      const [line] = printStatus(overview, 'text').split('\n');
      expect(line).toMatch(
        /^fraud-model in team-fraud-dev: \w+, \d+ of \d+ objects ready; applied by Flux, Kustomization flux-system\/fraud-model$/,
      );
      const args = ['parity', '--stack', 'fraud-model', '--live', 'dev', '--output', 'json'];
      const live = await servingIn({ env: { KUBECONFIG: cluster.kubeconfig } }, ...args);
      const { drift } = JSON.parse(live.out) as { readonly drift: readonly { readonly object: string; readonly path: string }[] };
      // The gates are jobs of another name there.
      expect(drift.filter(({ object }) => !/gate|validat/.test(object))).toEqual([]);
    },
    600_000,
  );

  async function versions(): Promise<string> {
    return cluster.kubectl('get', KINDS, '-n', 'team-fraud-dev', '-o', 'jsonpath={.items[*].metadata.generation}');
  }
});

/** A copy without its gates, whose pods run nowhere here. */
function withoutGates(directory: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'stack-'));
  for (const entry of readdirSync(directory, { withFileTypes: true }))
    if (entry.isFile()) copyFileSync(join(directory, entry.name), join(copy, entry.name));
  return copy;
}

/** An object without what differs between two creations, field managers, and labels of agents and of the release. */
function essence({ apiVersion, kind, metadata, ...rest }: KubeObject): unknown {
  const own = ([key]: readonly [string, unknown]) =>
    !/toolkit\.fluxcd\.io|^cdk8s-serving\/release|^deployment\.kubernetes\.io/.test(key);
  const kept = (fields: Readonly<Record<string, string>> = {}) => Object.fromEntries(Object.entries(fields).filter(own));
  const { status: _status, secrets: _secrets, ...spec } = rest as Readonly<Record<string, unknown>>;
  const text = JSON.stringify(spec, (key, value: unknown) =>
    /^(clusterIPs?|nodePort|healthCheckNodePort)$/.test(key) ? undefined : value,
  );
  const { name, namespace } = metadata;
  return {
    apiVersion,
    kind,
    name,
    namespace,
    labels: kept(metadata.labels),
    annotations: kept(metadata.annotations),
    spec: JSON.parse(text),
  };
}

function piped(program: string, args: readonly string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const texts = { out: '', err: '' };
    child.stdout.on('data', (chunk) => (texts.out += chunk));
    child.stderr.on('data', (chunk) => (texts.err += chunk));
    child.on('close', (code) => (code === 0 ? resolve(texts.out) : reject(new Error(texts.err))));
    child.stdin.end(input);
  });
}

function hasGo(): boolean {
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' });
    return readFileSync(join(__dirname, 'flux-apply/go.mod'), 'utf8') !== '';
  } catch {
    console.warn("SKIPPED: Flux's own library, which needs go");
    return false;
  }
}
