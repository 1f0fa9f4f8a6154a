// Bundles each entry point into one file, because sixty files load slower than one. What another entry point holds is not bundled
// again: no process has two copies of it, and a command loads only what it needs.
import { cpSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

const PACKAGES = ['cdk8s', 'constructs', 'yaml', 'diff'];
const ENTRIES = [
  { folder: 'lib', files: ['index.ts'] },
  { folder: 'lib/checks', files: ['index.ts'] },
  { folder: 'lib/release', files: ['index.ts'] },
  { folder: 'lib/testing', files: ['index.ts'], others: ['../release'] },
  {
    folder: 'lib/cli',
    files: ['main.ts', 'release-actions.ts', 'rehearse-actions.ts'],
    others: [
      '../index',
      '../checks',
      '../checks/index',
      '../release',
      '../testing',
      './release-actions.js',
      './rehearse-actions.js',
    ],
  },
];

for (const { folder, files, others = [] } of ENTRIES) {
  await build({
    entryPoints: files.map((file) => `${folder}/${file}`),
    outdir: `build/${folder}`,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // Less to read and to parse at each start; names stay, for whoever reads a stack trace.
    minifyWhitespace: true,
    minifySyntax: true,
    external: [...PACKAGES, ...others],
    logLevel: 'warning',
  });
}

// What `serving init` writes: files as they are.
rmSync('build/lib/init/template', { recursive: true, force: true });
cpSync('lib/init/template', 'build/lib/init/template', { recursive: true });
