import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { addFile, addFolder, addService } from './rootfs';
import { trainedModels, validationSet } from './train';
import { csv } from './transactions';

/** What an image is filled on: Debian packages, or the commands of busybox without any; and Node.js. */
export interface Base {
  readonly packages?: readonly string[];
  readonly node?: true;
}

/** An image of the sample stacks. */
export interface Image {
  /** As the manifests name it. */
  readonly name: string;
  readonly base: Base;
  readonly entrypoint?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Adds what is its own to a folder that holds the base. */
  fill(root: string): void;
}

const REGISTRY = 'registry.company.com';
const here = (...path: readonly string[]) => join(SOURCES, ...path);
/** The sources, also for the compiled module. */
const SOURCES = join(__dirname.replace(/\/build\/apps\/images$/, '/apps/images'));

const service = (name: string, source: string): Image => ({
  name: `${REGISTRY}/${name}`,
  base: { node: true },
  entrypoint: ['/usr/bin/node', '/app/main.js'],
  fill: (root) => addService(root, here(source, 'main.ts')),
});

/** All images of the sample stacks. The models are trained when this is called; it takes some seconds. */
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
  // Trained with the Python of this machine; the model is made of numbers and of one class that the image has as well.
  execFileSync('python3', ['-B', join(root, 'app/train.py'), join(root, 'app/model.pkl')], { stdio: 'pipe' });
}

function fillValidator(root: string): void {
  addFolder(root, 'app', here('validator'));
  addService(root, here('model-server', 'main.ts'), 'app/server.js');
  symlinkSync('python3', join(root, 'usr/bin/python'));
}

/** The data set as the object store holds it. */
export function validationFile(): string {
  return csv(validationSet());
}
