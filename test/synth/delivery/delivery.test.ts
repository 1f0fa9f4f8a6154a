import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { Delivery, DeliveryAgent, Project } from '../../../lib';
import { load } from '../../../lib/manifests/load';
import { systemHost } from '../../../lib/release';
import { ROOT } from '../../harness/project';

// As users load it: what an agent needs is a file of its own in the package, which other commands do not read.
const built = createRequire(join(ROOT, 'build/'));
const { synth } = built('./lib/index.js') as typeof import('../../../lib');
const { project } = built('./apps/main.js') as typeof import('../../../apps/main');

const OCI: Delivery = {
  source: { oci: 'oci://registry.company.com/ml' },
  verifySecret: 'cosign-key',
  serviceAccount: 'deployer',
};

/** Renders the samples into a directory of its own. */
function rendered(agent: DeliveryAgent, changes: Partial<Project> = {}, outdir = mkdtempSync(join(tmpdir(), 'gitops-'))) {
  const result = synth({ ...project, ...changes }, { outdir, delivery: agent });
  const objects = (path: string) =>
    parseAllDocuments(readFileSync(join(outdir, path), 'utf8')).map((document) => document.toJS());
  return { outdir, result, objects };
}

const filesOf = (outdir: string) =>
  readdirSync(outdir, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.ya?ml$|Kustomization$/.test(path))
    .sort();

describe('delivery by Argo CD', () => {
  const { outdir, objects } = rendered('argocd');

  it('makes hooks of gates, their ServiceAccount one wave ahead, and waves of waves', () => {
    const [job, ...support] = objects('prod/fraud-model/gates/90-pre-upgrade-validate.k8s.yaml');
    const hook = { 'argocd.argoproj.io/hook': 'PreSync', 'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation' };
    expect(job.metadata.annotations).toMatchObject({ ...hook, 'argocd.argoproj.io/sync-wave': '0' });
    for (const one of support) expect(one.metadata.annotations).toMatchObject({ ...hook, 'argocd.argoproj.io/sync-wave': '-1' });
    const after = objects('prod/ml-serving-stack/gates/90-pre-upgrade-validate.k8s.yaml')[0];
    expect(after.metadata.annotations['argocd.argoproj.io/hook']).toBe(
      after.metadata.annotations['cdk8s-serving/gate'] === 'before' ? 'PreSync' : 'PostSync',
    );
    for (const path of filesOf(outdir).filter((file) => /^prod\/[^/]+\/\d/.test(file)))
      for (const { metadata } of objects(path))
        expect(metadata.annotations?.['argocd.argoproj.io/sync-wave']).toBe(metadata.annotations?.['cdk8s-serving/wave']);
  });

  it('allows an environment its own sources, namespaces and kinds alone', () => {
    const [appProject] = objects('gitops/prod/00-project.yaml');
    expect(appProject.spec.destinations.map(({ namespace }: { namespace: string }) => namespace)).toEqual([
      'llm-prod',
      'my-model-prod',
      'team-fraud-prod',
      'triton-prod',
    ]);
    expect(appProject.spec.clusterResourceWhitelist).toEqual([]);
    expect(appProject.spec.namespaceResourceWhitelist).toContainEqual({ group: 'apps', kind: 'Deployment' });
    expect(appProject.spec.namespaceResourceWhitelist).not.toContainEqual({ group: '', kind: 'Secret' });
    const [application] = objects('gitops/prod/fraud-model.yaml');
    expect([application.spec.project, application.spec.source.path]).toEqual([appProject.metadata.name, 'dist/prod/fraud-model']);
  });

  it('reads artifacts where the project says so, and clusters by environment', () => {
    const clusters = { prod: 'https://prod.company.com:6443' };
    const other = rendered('argocd', { delivery: { ...OCI, clusters } });
    const [application] = other.objects('gitops/prod/fraud-model.yaml');
    expect(application.spec.source).toMatchObject({
      repoURL: 'oci://registry.company.com/ml/fraud-model',
      targetRevision: 'prod',
      path: '.',
    });
    expect(application.spec.destination.server).toBe('https://prod.company.com:6443');
    expect(other.objects('gitops/dev/fraud-model.yaml')[0].spec.destination.server).toBe('https://kubernetes.default.svc');
  });
});

describe('delivery by Flux', () => {
  const { outdir, objects } = rendered('flux');

  it('lets the stack wait for its gates, and gates after it for the stack', () => {
    const names = (path: string) =>
      objects(path).map(({ metadata, spec }) => [metadata.name, spec.path, spec.dependsOn?.[0].name, spec.wait]);
    expect(names('gitops/prod/fraud-model.yaml')).toEqual([
      ['serving-stacks-fraud-model-prod-gates', './dist/prod/fraud-model/gates', undefined, true],
      ['serving-stacks-fraud-model-prod', './dist/prod/fraud-model', 'serving-stacks-fraud-model-prod-gates', true],
    ]);
    expect(names('gitops/prod/ml-serving-stack.yaml')).toEqual([
      ['serving-stacks-ml-serving-stack-prod', './dist/prod/ml-serving-stack', undefined, true],
      [
        'serving-stacks-ml-serving-stack-prod-after',
        './dist/prod/ml-serving-stack/gates/after',
        'serving-stacks-ml-serving-stack-prod',
        true,
      ],
    ]);
  });

  it('has no gate among the files of the stack itself', () => {
    for (const path of filesOf(outdir).filter((file) => file.endsWith('Kustomization'))) {
      const [{ resources }] = objects(path) as [{ resources: string[] }];
      const here = readdirSync(join(outdir, path, '..')).filter((file) => file.endsWith('.yaml'));
      expect([path, resources]).toEqual([path, here.sort()]);
    }
  });

  it('runs a gate again for each change of the stack, and leaves its Job', () => {
    const gate = (one: ReturnType<typeof rendered>) => one.objects('prod/fraud-model/gates/90-pre-upgrade-validate.k8s.yaml');
    const changed = synth(project, {
      outdir: mkdtempSync(join(tmpdir(), 'gitops-')),
      delivery: 'flux',
      stacks: ['fraud-model'],
      environments: ['prod'],
      set: ['server.scaling.autoscaling.max=16'],
    });
    const [job, ...support] = gate({ outdir, objects, result: changed });
    const [other] = changed.stacks[0]?.files.find(({ path }) => path.startsWith('gates/9'))?.objects ?? [];
    expect(job.metadata.name).toMatch(/^fraud-model-pre-upgrade-validate-[0-9a-f]{10}$/);
    expect(other?.metadata.name).not.toBe(job.metadata.name);
    expect(job.spec.ttlSecondsAfterFinished).toBeUndefined();
    for (const one of support) expect(one.metadata.annotations['cdk8s-serving/gate-support']).toBe(job.metadata.name);
  });

  it('reads signed artifacts with rights of its own where the project says so', () => {
    const other = rendered('flux', { delivery: OCI });
    const [source, , stack] = other.objects('gitops/prod/fraud-model.yaml');
    expect(source).toMatchObject({
      kind: 'OCIRepository',
      spec: {
        url: 'oci://registry.company.com/ml/fraud-model',
        ref: { tag: 'prod' },
        verify: { provider: 'cosign', secretRef: { name: 'cosign-key' } },
      },
    });
    expect(stack.spec).toMatchObject({ path: './', serviceAccountName: 'deployer', sourceRef: { kind: 'OCIRepository' } });
    expect(existsSync(join(other.outdir, 'gitops/prod/00-source.yaml'))).toBe(false);
  });
});

describe.each(['argocd', 'flux'] as const)('a directory for %s', (agent) => {
  it('is a release of the same objects and gates for `serving apply`', async () => {
    const { outdir } = rendered(agent);
    const plain = rendered('direct');
    for (const stack of ['fraud-model', 'ml-serving-stack', 'my-model']) {
      const [own, direct] = await Promise.all([outdir, plain.outdir].map((top) => load(join(top, 'prod', stack), systemHost())));
      const names = (desired: typeof own) => desired?.objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
      expect(names(own)).toEqual(names(direct));
      expect(own?.gates.map(({ phase, thresholds, support }) => [phase, thresholds, support.length])).toEqual(
        direct?.gates.map(({ phase, thresholds, support }) => [phase, thresholds, support.length]),
      );
      expect(own?.warnings).toEqual([]);
    }
  });

  it('goes away when the project is delivered directly again', () => {
    const { outdir } = rendered(agent);
    expect(existsSync(join(outdir, 'gitops/prod'))).toBe(true);
    expect(rendered('direct', {}, outdir).result.differences.length).toBeGreaterThan(0);
    expect(filesOf(outdir)).toEqual(filesOf(rendered('direct').outdir));
    expect(existsSync(join(outdir, 'gitops'))).toBe(false);
  });

  it('keeps the objects of an environment that is rendered in part', () => {
    const { outdir } = rendered(agent);
    const before = filesOf(outdir);
    const part = synth(project, { outdir, delivery: agent, stacks: ['my-model'] });
    expect([part.differences, filesOf(outdir)]).toEqual([[], before]);
  });
});

describe('a delivery that cannot work is refused', () => {
  it.each([
    [undefined, /delivery\.source: .*defineProject/],
    [{ source: { git: 'https://robot:token@git.test/x' } }, /source\.git: invalid URL/],
    [{ source: { git: 'dist' } }, /source\.git: invalid URL/],
    [{ source: { oci: 'registry.test/x' } }, /source\.oci: invalid URL/],
    [{ source: { oci: 'oci://registry.test/x:tag' } }, /source\.oci: invalid URL/],
    [{ source: { git: 'https://git.test/x' }, name: 'No_Name' }, /name: not a DNS label/],
    [{ source: { git: 'https://git.test/x' }, clusters: { prd: 'https://x' } }, /clusters: unknown environment/],
  ] as const)('%j', (delivery, message) => {
    const { delivery: _own, ...rest } = project;
    const changed: Project = delivery === undefined ? rest : { ...rest, delivery };
    const outdir = mkdtempSync(join(tmpdir(), 'gitops-'));
    expect(() => synth(changed, { outdir, delivery: 'flux' })).toThrow(message);
    expect(readdirSync(outdir)).toEqual([]);
  });
});
