import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { pack, run } from '../harness/new-project';
import { ROOT } from '../harness/project';

const own = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly version: string;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
};

/** What a cdk8s user writes: one construct in a plain chart. */
const APP = `
const app = new App();
const chart = new Chart(app, 'serving', { namespace: 'team' });
new ModelServer(chart, 'fraud', {
  model: Model.baked({ image: 'registry.example/fraud', version: 'v1.0.0', path: '/models/fraud.pt' }),
  resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '2Gi' } },
  replicas: 2,
});
app.synth();
`;
const NAMES = ['App', 'Chart'];

describe('the packed package', () => {
  let folder: string;
  let tarball: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'package-'));
    tarball = pack(folder);
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'fresh', private: true }));
    const { cdk8s, constructs, 'cdk8s-plus-28': plus, typescript } = own.devDependencies;
    const packages = [
      tarball,
      `cdk8s@${cdk8s}`,
      `constructs@${constructs}`,
      `cdk8s-plus-28@${plus}`,
      `typescript@${typescript}`,
      '@types/node@20',
    ];
    run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...packages], folder);
  }, 180_000);

  const manifests = (out: string) => readFileSync(join(folder, out, 'serving.k8s.yaml'), 'utf8');

  it('works in a CommonJS app, type-checked', () => {
    const config = {
      compilerOptions: {
        module: 'commonjs',
        moduleResolution: 'node10',
        ignoreDeprecations: '5.0',
        target: 'ES2022',
        strict: true,
        outDir: 'cjs',
        types: ['node'],
      },
      files: ['main.ts'],
    };
    writeFileSync(
      join(folder, 'main.ts'),
      `import { ${NAMES.join(', ')} } from 'cdk8s';\nimport { Model, ModelServer } from 'cdk8s-serving';\n${APP}`,
    );
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    run('npx', ['tsc'], folder);
    run(process.execPath, ['cjs/main.js'], folder);
    expect(manifests('dist')).toMatch(/kind: Deployment[\s\S]*replicas: 2[\s\S]*registry\.example\/fraud:v1\.0\.0/);
    // A user's mistake is one in this form too.
    writeFileSync(
      join(folder, 'main.ts'),
      `import { Model, ModelServer } from 'cdk8s-serving';\nModel.baked({ image: 'a', version: 'latest', path: '/m' });\nvoid ModelServer;`,
    );
    expect(() => run('npx', ['tsc'], folder)).toThrow();
  });

  it('works in an ES module app, type-checked', () => {
    const config = {
      compilerOptions: { module: 'nodenext', target: 'ES2022', strict: true, outDir: 'esm', types: ['node'] },
      files: ['main.mts'],
    };
    writeFileSync(
      join(folder, 'main.mts'),
      `import { ${NAMES.join(', ')} } from 'cdk8s';\nimport { Model, ModelServer } from 'cdk8s-serving';\n${APP}`,
    );
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    run('npx', ['tsc'], folder);
    run(process.execPath, ['esm/main.mjs'], folder);
    expect(manifests('dist')).toContain('app.kubernetes.io/managed-by: cdk8s-serving');
  });

  it('has the licenses of what is bundled into it', () => {
    const text = readFileSync(join(folder, 'node_modules/cdk8s-serving/build/lib/THIRD_PARTY_LICENSES.txt'), 'utf8');
    for (const name of ['commander', 'fflate', 'js-yaml', 'valibot'])
      expect(text).toMatch(new RegExp(`^${name} \\d.* \\((MIT|Apache-2\\.0)\\)$`, 'm'));
    expect(text.match(/Permission is hereby granted/g)?.length).toBeGreaterThan(3);
    // A copy of a peer would have classes of its own.
    for (const peer of Object.keys(own.peerDependencies)) expect(text).not.toMatch(new RegExp(`^${peer} \\d`, 'm'));
  });

  it('has the command line', () => expect(run('npx', ['serving', '--version'], folder).trim()).toBe(own.version));

  it('is clean for publint', () => expect(run('npx', ['publint', '--strict', tarball], ROOT)).toContain('All good'));

  it('has types for every way to import it', () => {
    expect(run('npx', ['attw', tarball, '--no-emoji'], ROOT)).toContain('No problems found');
  });
});
