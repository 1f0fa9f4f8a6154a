import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonical } from '../../lib/kube/canonical';
import { readManifests } from '../../lib/manifests';
import { hasCluster, SHARED } from '../harness/cluster';
import { manifestFile } from '../manifests/generated';
import { comparable, nameOf, readByKubectl } from '../manifests/kubectl';

/** How many generated files are compared; `npm run public-corpus` compares ten thousand. */
const FILES = process.env.SUITE === 'public' ? 10_000 : 1500;
const SEED = 14;

/** Why we may refuse what kubectl reads: something would be lost, or YAML 1.1 and 1.2 parse the text differently. */
const REFUSALS = [
  /^is an integer beyond 2\^53|^has an integer beyond 2\^53/,
  /^goes on after its end/,
  /^is a number that JSON cannot express/,
  /^has a key that (is no text|has to be quoted)|^has to be quoted|^has a tag without a value/,
  /^is no YAML: (a block inside brackets|a quote, bracket or comma is missing|something unexpected|a key over several lines)/,
];

/** YAML wants the lines of a quoted text indented further than what it belongs to; go-yaml does not look. */
const INDENTED = { reason: /^is no YAML: .*wrong indentation/, text: /"[^"\n]*\n/ };

describe.skipIf(!hasCluster)('reading manifests as kubectl does', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'manifests-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('finds the same objects in generated files, or refuses them for a listed reason', async () => {
    const files = fc.sample(manifestFile, { numRuns: FILES, seed: SEED });
    const pathOf = (index: number) => join(directory, `${String(index).padStart(6, '0')}.yaml`);
    for (const [index, bytes] of files.entries()) {
      writeFileSync(pathOf(index), bytes);
      // A file between two others tells where the output of one ends.
      const end = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `end-of-${index}` } };
      writeFileSync(pathOf(index).replace('.yaml', 'z.json'), JSON.stringify(end));
    }
    const { objects, refused } = await readByKubectl(directory);
    const theirs: unknown[][] = [[]];
    for (const object of objects) {
      if (nameOf(object).startsWith('end-of-')) theirs.push([]);
      else theirs.at(-1)?.push(object);
    }
    expect(theirs).toHaveLength(FILES + 1);
    const wrong: unknown[] = [];
    const counts = { same: 0, bothRefuse: 0, weRefuse: 0 };
    for (const [index, bytes] of files.entries()) {
      const ours = await readManifests([pathOf(index)]);
      const problems = ours.problems.filter(({ code }) => code !== 'MANIFESTS_MISSING').map(({ message }) => message);
      const refusedByKubectl = refused.has(pathOf(index));
      const reasons = INDENTED.text.test(Buffer.from(bytes).toString()) ? [...REFUSALS, INDENTED.reason] : REFUSALS;
      const listed = problems.some((message) => reasons.some((reason) => reason.test(message)));
      if (problems.length > 0 && refusedByKubectl) counts.bothRefuse++;
      else if (problems.length > 0 && listed) counts.weRefuse++;
      else if (problems.length === 0 && !refusedByKubectl && canonical(ours.objects.map(comparable)) === canonical(theirs[index]))
        counts.same++;
      else
        wrong.push({
          text: Buffer.from(bytes).toString(),
          problems,
          theirs: refused.get(pathOf(index)) ?? theirs[index],
          ours: ours.objects,
        });
    }
    expect(wrong.slice(0, 5)).toEqual([]);
    // The comparison says something only as long as most files are read.
    expect(counts.same).toBeGreaterThan(FILES * 0.35);
    expect(counts.weRefuse).toBeLessThan(FILES * 0.08);
  });

  it('finds the same objects in manifests that others wrote', async () => {
    execFileSync('tar', ['xJf', join(SHARED, 'public/manifests.tar.xz'), '-C', directory]);
    const root = join(directory, 'shown');
    const { objects, refused } = await readByKubectl(root);
    const ours = await readManifests([root], { recursive: true });
    const refusedByUs = new Set(ours.problems.map(({ subject }) => subject.replace(/:\d+$/, '')));
    expect([...refused.keys()].filter((file) => !refusedByUs.has(file))).toEqual([]);
    // `kubectl apply` refuses these too: they have no name.
    const more = ours.problems.filter(({ subject }) => !refused.has(subject.replace(/:\d+$/, '')));
    expect(
      more.filter(
        ({ code, path, message }) =>
          code !== 'MANIFEST_INVALID' || (path === undefined && message !== 'a document is not a Kubernetes object'),
      ),
    ).toEqual([]);
    expect(more.length).toBeLessThan(5);
    // kubectl prints what comes before the document that it refuses.
    const read = ours.objects.filter((object) => !refusedByUs.has(ours.files.get(object) ?? ''));
    const known = new Set(objects.map(canonical));
    expect(read.map(comparable).filter((object) => !known.has(canonical(object)))).toEqual([]);
    expect(read.length).toBeGreaterThan(1500);
    expect(readdirSync(root).length).toBeGreaterThan(200);
  });
});
