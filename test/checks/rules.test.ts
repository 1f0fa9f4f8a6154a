import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RULES, runChecks } from '../../lib/checks';
import { runRules } from '../../lib/checks/run-rules';
import { CODES } from '../../lib/errors/codes';
import type { KubeObject } from '../../lib/kube/object';
import { objectsOf, WRONG_MANIFESTS } from '../corpus/manifests';
import { ROOT } from '../harness/project';

/** What a model server in a folder of 500 objects looks like. */
const many = (): readonly KubeObject[] =>
  Array.from({ length: 25 }, (_, index) =>
    objectsOf({
      id: 'copy',
      set: { 'Ingress spec.rules[0].host': `model-${index}.example.com`, 'Ingress spec.tls[0].hosts': ['*.example.com'] },
    }).map((object) => ({
      ...object,
      metadata: { ...object.metadata, namespace: `serving-${index}` },
    })),
  ).flat();

describe('rules', () => {
  it('each has an id of its code, a reason, a remedy and a case in the corpus', () => {
    const cases = new Set(WRONG_MANIFESTS.map(({ code }) => code));
    for (const { id, code, reason, remedy } of RULES) {
      expect(id).toBe(code.toLowerCase().replaceAll('_', '-'));
      expect(reason).toBe(CODES[code].why);
      expect(remedy.length).toBeGreaterThan(10);
      expect([code, cases.has(code)]).toEqual([code, true]);
    }
    expect(new Set(RULES.map(({ id }) => id)).size).toBe(RULES.length);
  });

  it('all that a file exports is run', () => {
    const folder = join(ROOT, 'lib/checks/rules');
    const exported = readdirSync(folder).flatMap((file) =>
      [...readFileSync(join(folder, file), 'utf8').matchAll(/(?:rule|dangling|ofKinds)\(\s*'([A-Z_]+)'/g)].map(
        ([, code]) => code,
      ),
    );
    expect(RULES.map(({ code }) => code as string).sort()).toEqual([...exported].sort());
  });

  it('are pure: frozen objects, the same findings twice, in any order of the objects', () => {
    const freeze = <T>(value: T): T => {
      if (typeof value === 'object' && value !== null) for (const child of Object.values(Object.freeze(value))) freeze(child);
      return value;
    };
    for (const one of WRONG_MANIFESTS) {
      const objects = freeze(objectsOf(one));
      // One rule of many is what makes this test affordable; exceptions look at all of them.
      const own = RULES.filter(({ code }) => code === one.code);
      const found = (list: readonly KubeObject[]) =>
        runRules(own.length > 0 ? own : RULES, list, one.context ?? {}).filter(({ code }) => code === one.code).length;
      expect([one.id, found(objects)]).toEqual([one.id, found([...objects])]);
      expect(found([...objects].reverse()), one.id).toBeGreaterThan(0);
    }
  });

  it('an exception takes away what it names, at its object only', () => {
    const image = 'registry.example.com/model:latest';
    const waiver = { 'M metadata.annotations["cdk8s-serving/except.unpinned-image"]': 'the registry has one tag only' };
    const both = { 'C image': image, 'Deployment/features spec.template.spec.containers[0].image': image };
    const found = runChecks(objectsOf({ id: 'excepted', set: { ...both, ...waiver } }));
    expect(found.map(({ code, subject }) => [code, subject])).toEqual([['UNPINNED_IMAGE', 'Deployment/features']]);
  });

  it('never show the value of a secret', () => {
    const secret = 'hunter2hunter2';
    const found = runChecks(objectsOf({ id: 'secret', set: { 'C env[+]': { name: 'DB_PASSWORD', value: secret } } }));
    expect(found.map(({ code }) => code)).toEqual(['PLAIN_SECRET']);
    expect(JSON.stringify(found.map(({ object: _object, ...rest }) => rest))).not.toContain(secret);
  });

  it('finds nothing in 500 objects that are right', () => {
    const objects = many();
    expect(objects.length).toBeGreaterThan(500);
    expect(runChecks(objects)).toEqual([]);
  });
});
