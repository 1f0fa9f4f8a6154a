import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { synth } from '../../lib/synth/synth';
import { ROOT, sampleProject } from '../harness/project';

const project = sampleProject();
let outdir: string;
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), 'dist-'));
});

const files = (folder: string): readonly string[] =>
  (readdirSync(folder, { recursive: true }) as string[]).filter((path) => statSync(join(folder, path)).isFile()).sort();
const contents = (folder: string) =>
  Object.fromEntries(files(folder).map((path) => [path, readFileSync(join(folder, path), 'utf8')]));

describe('synth', () => {
  it('gives the manifests that are committed', () => {
    synth(project, { outdir });
    expect(contents(outdir)).toEqual(contents(join(ROOT, 'dist')));
  });

  it('has the same file names in every environment, only .k8s.yaml, gates apart', () => {
    synth(project, { outdir });
    const [dev, staging, prod] = ['dev', 'staging', 'prod'].map((environment) => files(join(outdir, environment)));
    expect(staging).toEqual(dev);
    expect(prod).toEqual(dev);
    expect(dev?.filter((path) => !path.endsWith('.k8s.yaml'))).toEqual([]);
    expect(dev).toContain('ml-serving-stack/gates/90-pre-upgrade-validate.k8s.yaml');
  });

  it('writes nothing when nothing has changed', () => {
    synth(project, { outdir });
    const old = new Date('2020-01-01');
    for (const path of files(outdir)) utimesSync(join(outdir, path), old, old);
    expect(synth(project, { outdir }).differences).toEqual([]);
    expect(files(outdir).filter((path) => statSync(join(outdir, path)).mtimeMs !== old.getTime())).toEqual([]);
  });

  it('changes only the file of the component that changed, and those that refer to it', () => {
    synth(project, { outdir });
    const changed = synth(project, {
      outdir,
      environments: ['dev'],
      stacks: ['ml-serving-stack'],
      set: ['redis=off'],
    }).differences;
    expect(changed.map(({ path, kind }) => `${kind} ${path.replace('dev/ml-serving-stack/', '')}`).sort()).toEqual([
      'changed 20-feature-store-proxy.k8s.yaml',
      'changed 30-fraud-model.k8s.yaml',
      'changed index.json',
      'stale 10-redis.k8s.yaml',
      // It queues in Redis, so it goes with it.
      'stale 50-result-queue.k8s.yaml',
    ]);
    const back = synth(project, { outdir, environments: ['dev'], stacks: ['ml-serving-stack'] }).differences;
    expect(back.map(({ path }) => path)).toHaveLength(5);
    expect(synth(project, { outdir }).differences).toEqual([]);
  });

  it('adds a component without renaming or touching another file', () => {
    synth(project, { outdir, stacks: ['ml-serving-stack'], environments: ['dev'], set: ['preprocessor=off'] });
    const added = synth(project, { outdir, stacks: ['ml-serving-stack'], environments: ['dev'] }).differences;
    // The model server now has a caller, which its NetworkPolicy says.
    expect(added.map(({ path }) => path.split('/').at(-1)).sort()).toEqual(
      ['30-fraud-model.k8s.yaml', '40-preprocessor.k8s.yaml', 'index.json'].sort(),
    );
  });

  it('removes its own stale files and leaves those of others alone', () => {
    synth(project, { outdir });
    writeFileSync(join(outdir, 'dev/my-model/notes.txt'), 'mine');
    mkdirSync(join(outdir, 'other'));
    writeFileSync(join(outdir, 'other/10-other.k8s.yaml'), 'kind: Other\n');
    const smaller = { ...project, stacks: project.stacks.filter(({ name }) => name === 'fraud-model') };
    synth(smaller, { outdir });
    expect(existsSync(join(outdir, 'dev/ml-serving-stack'))).toBe(false);
    expect(files(join(outdir, 'dev/my-model'))).toEqual(['notes.txt']);
    expect(files(join(outdir, 'other'))).toEqual(['10-other.k8s.yaml']);
  });

  it('renders one environment without forgetting the others', () => {
    synth(project, { outdir });
    const before = contents(outdir);
    synth(project, { outdir, environments: ['prod'] });
    expect(contents(outdir)).toEqual(before);
  });

  it('leaves the folder as it was when anything is wrong, in any environment', () => {
    synth(project, { outdir });
    const before = contents(outdir);
    const broken = sampleProject({
      name: 'qa',
      tier: 'dev',
      stacks: {
        'fraud-model': { namespace: 'qa', model: { version: 'v3.0.0', batchSize: 0 } },
        'ml-serving-stack': 'off',
        'my-model': 'off',
        llm: 'off',
        triton: 'off',
      },
    });
    expect(() => synth(broken, { outdir, set: [] })).toThrow(/batchSize/);
    expect(contents(outdir)).toEqual(before);
    expect(files(outdir).filter((path) => path.endsWith('.new'))).toEqual([]);
  });

  it('--check writes nothing and says what is not current', () => {
    synth(project, { outdir });
    const path = join(outdir, 'prod/fraud-model/30-fraud-model.k8s.yaml');
    writeFileSync(path, readFileSync(path, 'utf8').replace('maxReplicas: 15', 'maxReplicas: 10'));
    const { differences } = synth(project, { outdir, check: true });
    expect(differences.map(({ path: changed, kind }) => [changed, kind])).toEqual([
      ['prod/fraud-model/30-fraud-model.k8s.yaml', 'changed'],
    ]);
    expect(readFileSync(path, 'utf8')).toContain('maxReplicas: 10');
  });

  it('a fourth environment is one more file', () => {
    const qa = {
      name: 'qa',
      tier: 'staging',
      stacks: {
        'fraud-model': { namespace: 'team-fraud-qa' },
        'ml-serving-stack': 'off',
        'my-model': 'off',
        llm: 'off',
        triton: 'off',
      },
    } as const;
    const result = synth(sampleProject(qa), { outdir });
    expect(result.stacks.filter(({ environment }) => environment === 'qa').map(({ stack }) => stack)).toEqual(['fraud-model']);
    expect(files(join(outdir, 'qa/fraud-model'))).toEqual(files(join(outdir, 'dev/fraud-model')));
  });

  it('has an index with digests, images and versions', () => {
    synth(project, { outdir });
    const index = JSON.parse(readFileSync(join(outdir, 'index.json'), 'utf8'));
    expect(Object.keys(index)).toHaveLength(15);
    expect(index['staging/fraud-model']).toMatchObject({
      modelVersion: 'v2.2.0-rc1',
      images: ['registry.company.com/fraud-model:v2.2.0-rc1', 'registry.company.com/ml-validator:v1.2'],
    });
  });
});

describe('what would lead out of the output directory', () => {
  const escaping = (name: string) => {
    const [first] = project.environments;
    if (first === undefined) throw new Error('no environment');
    return { ...project, environments: [{ ...first, name }] };
  };

  it.each(['../prod', '/etc', 'a/../../b', '..', '', 'a\\b'])('refuses the environment %j, before it writes', (name) => {
    expect(() => synth(escaping(name), { outdir })).toThrow('INVALID_NAME');
    expect(readdirSync(outdir)).toEqual([]);
  });

  it.each(['../../../x', '/x', 'a/../../../x'])('refuses an index that has %s', (file) => {
    const victim = join(outdir, 'x');
    writeFileSync(victim, 'precious');
    const inner = join(outdir, 'deep/er/dist');
    mkdirSync(inner, { recursive: true });
    writeFileSync(join(inner, 'index.json'), JSON.stringify({ 'dev/gone': { images: [], files: { [file]: 'x' } } }));
    expect(() => synth(project, { outdir: inner })).toThrow('INDEX_INVALID');
    expect(readFileSync(victim, 'utf8')).toBe('precious');
  });

  it('says what to do about merge conflict markers in the index', () => {
    writeFileSync(join(outdir, 'index.json'), '{\n<<<<<<< HEAD\n=======\n>>>>>>> main\n}');
    expect(() => synth(project, { outdir })).toThrow(/merge conflict markers.*serving synth/);
  });

  it('follows no link, neither for a file nor for a directory', () => {
    const victim = join(mkdtempSync(join(tmpdir(), 'victim-')), 'precious');
    writeFileSync(victim, 'precious');
    symlinkSync(victim, join(outdir, 'index.json.new'));
    mkdirSync(join(outdir, 'dev'));
    symlinkSync(join(victim, '..'), join(outdir, 'dev/my-model'));
    expect(() => synth(project, { outdir })).toThrow('OUTPUT_PATH');
    expect(readFileSync(victim, 'utf8')).toBe('precious');
    expect(readdirSync(join(victim, '..'))).toEqual(['precious']);
    expect(files(outdir).filter((path) => path.endsWith('.k8s.yaml'))).toEqual([]);
  });
});
