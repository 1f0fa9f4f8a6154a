// Finds the Kubernetes version that introduced each field or kind:
// node lib/api-schema/generate-since.mjs <directory of k8s.io/api 0.25> … <0.35>
// (`go mod download -json k8s.io/api@v0.25.0` prints such a directory.) Prints the bodies of since.ts.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const GROUPS = [
  'core/v1',
  'apps/v1',
  'autoscaling/v2',
  'batch/v1',
  'networking/v1',
  'policy/v1',
  'storage/v1',
  'rbac/v1',
  'scheduling/v1',
];

/** `Type.field` of every struct in a version's types.go. */
function fieldsOf(folder) {
  const found = new Set();
  for (const group of GROUPS) {
    const text = readFileSync(join(folder, group, 'types.go'), 'utf8');
    for (const [, type, body] of text.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
      found.add(type);
      for (const [, field] of body.matchAll(/`json:"(\w+)[^`]*`/g)) found.add(`${type}.${field}`);
    }
  }
  return found;
}

const folders = process.argv.slice(2).map((folder) => ({ folder, minor: Number(/v0\.(\d+)\./.exec(folder)?.[1]) }));
let before = fieldsOf(folders[0].folder);
const since = new Map();
for (const { folder, minor } of folders.slice(1)) {
  const now = fieldsOf(folder);
  for (const name of now) {
    if (before.has(name)) continue;
    // An entirely new type is reached only through a new field.
    const [type] = name.split('.');
    if (name.includes('.') && before.has(type) && !/Status$/.test(type)) since.set(name, minor);
  }
  before = new Set([...before, ...now]);
}
for (const [name, minor] of [...since].sort(([a], [b]) => (a < b ? -1 : 1))) process.stdout.write(`  '${name}': ${minor},\n`);

/** Kinds of versions served by default, with the Kubernetes version that introduced them, if after the first directory's. */
function kindsOf(folder) {
  const versions = readdirSync(folder, { withFileTypes: true }).flatMap((group) =>
    !group.isDirectory() || group.name.startsWith('.')
      ? []
      : readdirSync(join(folder, group.name)).flatMap((version) =>
          /^v\d+$/.test(version) ? [join(folder, group.name, version)] : [],
        ),
  );
  return versions.flatMap((version) => {
    const lifecycle = join(version, 'zz_generated.prerelease-lifecycle.go');
    if (!existsSync(lifecycle)) return [];
    const group = /const GroupName = "([^"]*)"/.exec(readFileSync(join(version, 'register.go'), 'utf8'))?.[1];
    const introduced = /func \(in \*(\w+)\) APILifecycleIntroduced\(\) \(major, minor int\) \{\n\treturn \d+, (\d+)/g;
    return [...readFileSync(lifecycle, 'utf8').matchAll(introduced)].flatMap(([, kind, minor]) =>
      kind.endsWith('List') ? [] : [[`${group}/${version.split('/').at(-1)} ${kind}`, Number(minor)]],
    );
  });
}

process.stdout.write('\n');
const newest = folders.at(-1).folder;
for (const [name, minor] of kindsOf(newest).sort(([a], [b]) => (a < b ? -1 : 1)))
  if (minor > folders[0].minor) process.stdout.write(`  '${name}': ${minor},\n`);
