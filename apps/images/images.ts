import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { addFile, addFolder, addService } from './rootfs';
import { trainedModels, validationSet } from './train';
import { csv } from './transactions';

/** Base of an image: Debian packages, or busybox commands if there are none; and Node.js. */
export interface Base {
  readonly packages?: readonly string[];
  readonly node?: true;
}

/** An image of the sample stacks. */
export interface Image {
  /** Name in the manifests. */
  readonly name: string;
  readonly base: Base;
  readonly entrypoint?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Adds the image's own files to a directory that contains the base. */
  fill(root: string): void;
}

const REGISTRY = 'registry.company.com';
const here = (...path: readonly string[]) => join(SOURCES, ...path);
/** The sources, also from the compiled module. */
const SOURCES = join(__dirname.replace(/\/build\/apps\/images$/, '/apps/images'));

const service = (name: string, source: string): Image => ({
  name: `${REGISTRY}/${name}`,
  base: { node: true },
  entrypoint: ['/usr/bin/node', '/app/main.js'],
  fill: (root) => addService(root, here(source, 'main.ts')),
});

/** All images of the sample stacks. Each call trains the models, which takes a few seconds. */
export function sampleImages(): readonly Image[] {
  const servers = trainedModels().map((model): Image => {
    const server = service(`fraud-model:${model.version}`, 'model-server');
    return {
      ...server,
      fill: (root) => {
        server.fill(root);
        addFile(root, `models/fraud/${model.version}/model.pt`, JSON.stringify(model));
      },
    };
  });
  return [
    ...servers,
    service('feature-store-proxy:0.9.0', 'feature-proxy'),
    service('preprocessor:1.0.0', 'preprocessor'),
    service('queue-worker:1.0.0', 'queue-worker'),
    {
      name: `${REGISTRY}/redis:7.4.2-alpine`,
      base: { packages: ['redis-server', 'redis-tools', 'dash', 'grep'] },
      fill: () => undefined,
    },
    {
      name: `${REGISTRY}/ml-validator:v1.2`,
      base: { packages: ['python3-minimal', 'libpython3-stdlib'], node: true },
      fill: fillValidator,
    },
    {
      name: 'your-dockerhub-username/my-model-api:v1.0.0',
      base: { packages: ['python3-minimal', 'python3-flask', 'python3-waitress', 'python3-joblib'] },
      entrypoint: ['/usr/bin/python3', '-B', '/app/app.py'],
      fill: fillFlask,
    },
  ];
}

function fillFlask(root: string): void {
  addFolder(root, 'app', here('flask-service'));
  // Trained with this machine's Python; the model consists of numbers and of one class that the image contains too.
  execFileSync('python3', ['-B', join(root, 'app/train.py'), join(root, 'app/model.pkl')], { stdio: 'pipe' });
}

function fillValidator(root: string): void {
  addFolder(root, 'app', here('validator'));
  addService(root, here('model-server', 'main.ts'), 'app/server.js');
  symlinkSync('python3', join(root, 'usr/bin/python'));
}

/** The dataset, as stored in the object store. */
export function validationFile(): string {
  return csv(validationSet());
}
