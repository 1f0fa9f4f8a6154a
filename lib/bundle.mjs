// Bundles each entry point into one file, because sixty files load slower than one. What another entry point holds is not bundled
// again: no process has two copies of it, and a command loads only what it needs.
import { cpSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { build } from 'esbuild';

const PACKAGES = ['cdk8s', 'constructs', 'yaml', 'diff', 'typescript'];
// What one command needs and the others do not.
const FILES = [
  'main',
  'program',
  'commands/check',
  'commands/completion',
  'examples',
  'commands/explain',
  'commands/graph',
  'commands/init',
  'commands/parity',
  'commands/pull',
  'commands/push',
  'commands/set',
]
  .concat('release-actions', 'rehearse-actions')
  .map((name) => `${name}.ts`);
const ENTRIES = [
  { folder: 'lib', files: ['index.ts'], others: ['lib/synth/delivery'] },
  { folder: 'lib/synth/delivery', files: ['index.ts'] },
  { folder: 'lib/checks', files: ['index.ts'] },
  { folder: 'lib/release', files: ['index.ts'] },
  { folder: 'lib/artifact', files: ['index.ts'] },
  { folder: 'lib/testing', files: ['index.ts'], others: ['lib/release'] },
  { folder: 'lib/report', files: ['index.ts'], others: ['lib', 'lib/release'] },
  {
    folder: 'lib/cli',
    files: FILES,
    others: ['lib', 'lib/artifact', 'lib/checks', 'lib/release', 'lib/report', 'lib/testing'],
  },
];

/** Leaves imports of other entry points as they are, relative to where the bundle will be. */
function leaving(folder, entry, others, files) {
  const here = resolve(folder, dirname(entry));
  const outside = new Set([
    ...others.map((other) => resolve(other, 'index')),
    ...files.map((file) => resolve(folder, file.replace(/\.ts$/, ''))),
  ]);
  return {
    name: 'leaving',
    setup({ onResolve }) {
      onResolve({ filter: /^\.\.?(\/|$)/ }, ({ path, importer, kind }) => {
        if (kind === 'entry-point') return undefined;
        const file = resolve(dirname(importer), path).replace(/\.js$/, '');
        const found = [file, join(file, 'index')].find((candidate) => outside.has(candidate));
        if (found === undefined) return undefined;
        const from = relative(here, found);
        return { external: true, path: `${from.startsWith('.') ? from : `./${from}`}.js` };
      });
    },
  };
}

const builds = ENTRIES.flatMap(({ folder, files, others = [] }) => files.map((file) => ({ folder, file, files, others })));
for (const { folder, file, files, others } of builds) {
  await build({
    entryPoints: [`${folder}/${file}`],
    outfile: `build/${folder}/${file.replace(/\.ts$/, '.js')}`,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // Less to read and to parse at each start; names stay, for whoever reads a stack trace.
    minifyWhitespace: true,
    minifySyntax: true,
    external: PACKAGES,
    plugins: [leaving(folder, file, others, files)],
    logLevel: 'warning',
  });
}

// What `serving init` writes: files as they are.
rmSync('build/lib/init/template', { recursive: true, force: true });
cpSync('lib/init/template', 'build/lib/init/template', { recursive: true });
