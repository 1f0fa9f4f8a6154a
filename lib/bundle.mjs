// Bundles each entry point into one file, because sixty files load slower than one. What another entry point holds is not bundled
// again: no process has two copies of it, and a command loads only what it needs.
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { build } from 'esbuild';

const { peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
/** A copy of a peer would have classes of its own, which are not those of the user's objects. */
const PACKAGES = ['cdk8s-serving', ...Object.keys(peerDependencies), 'yaml', 'diff', 'typescript'];
const ENTRIES = [
  { entry: 'lib/index.ts', others: ['lib/synth/delivery'] },
  { entry: 'lib/synth/delivery/index.ts' },
  { entry: 'lib/checks/index.ts' },
  { entry: 'lib/release/index.ts' },
  { entry: 'lib/artifact/index.ts' },
  { entry: 'lib/testing/index.ts', others: ['lib/release'] },
  { entry: 'lib/report/index.ts', others: ['lib', 'lib/release'] },
  { entry: 'lib/cli/main.ts', others: ['lib', 'lib/artifact', 'lib/checks', 'lib/release', 'lib/report', 'lib/testing'] },
];

/** Leaves imports of other entry points as they are, relative to where the bundle will be. */
function leaving(entry, others) {
  const outside = new Set(others.map((other) => resolve(other, 'index')));
  return {
    name: 'leaving',
    setup({ onResolve }) {
      onResolve({ filter: /^\.\.?(\/|$)/ }, ({ path, importer, kind }) => {
        if (kind === 'entry-point') return undefined;
        const file = resolve(dirname(importer), path).replace(/\.js$/, '');
        const found = [file, join(file, 'index')].find((candidate) => outside.has(candidate));
        if (found === undefined) return undefined;
        const from = relative(resolve(dirname(entry)), found);
        return { external: true, path: `${from.startsWith('.') ? from : `./${from}`}.js` };
      });
    },
  };
}

/** Directories of the packages that are bundled. */
const bundled = new Set();

for (const { entry, others = [] } of ENTRIES) {
  const { metafile } = await build({
    metafile: true,
    entryPoints: [entry],
    outfile: `build/${entry.replace(/\.ts$/, '.js')}`,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // Less to parse at each start; lines and names stay readable in a stack trace.
    minifySyntax: true,
    sourcemap: 'linked',
    sourcesContent: false,
    external: PACKAGES,
    plugins: [leaving(entry, others)],
    logLevel: 'warning',
  });
  for (const input of Object.keys(metafile.inputs)) {
    const [, directory] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input) ?? [];
    if (directory !== undefined) bundled.add(directory);
  }
}

/** The license of a package as it is published. Nothing may be bundled without one. */
function licenseOf(directory) {
  const { name, version, license } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  const file = readdirSync(directory).find((one) => /^licen[cs]e(\.md|\.txt)?$/i.test(one));
  if (file === undefined) throw new Error(`${name} is bundled, and has no license file`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(directory, file), 'utf8').trim()}\n`;
}

writeFileSync(
  'build/lib/THIRD_PARTY_LICENSES.txt',
  [...bundled]
    .sort()
    .map(licenseOf)
    .join(`\n${'-'.repeat(80)}\n\n`),
);

// What `serving init` writes: files as they are.
rmSync('build/lib/init/template', { recursive: true, force: true });
cpSync('lib/init/template', 'build/lib/init/template', { recursive: true });
