import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../harness/project';

/** An app of somebody else, with the plugin as its docstring says. */
function app(body: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'serving-plugin-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules/cdk8s-serving'));
  for (const name of ['cdk8s', 'constructs']) symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  writeFileSync(
    join(folder, 'cdk8s.yaml'),
    `language: typescript
app: node app.js
output: dist
validations:
  - package: ./node_modules/cdk8s-serving/build/lib/checks
    version: 0.1.0
    class: ServingValidation
    properties: { kubernetesVersion: '1.33' }
`,
  );
  writeFileSync(
    join(folder, 'app.js'),
    `const { App, Chart, ApiObject } = require('cdk8s');
const { Model, ModelServer } = require('cdk8s-serving');
const app = new App();
const chart = new Chart(app, 'theirs', { namespace: 'n' });
${body}
app.synth();
`,
  );
  return folder;
}

function synth(folder: string) {
  const cdk8s = join(ROOT, 'node_modules/cdk8s-cli/bin/cdk8s');
  const { status, stdout, stderr } = spawnSync(process.execPath, [cdk8s, 'synth'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, CDK8S_CHECK_UPGRADE: 'false' },
  });
  return { status, printed: stdout + stderr };
}

const SERVER = `new ModelServer(chart, 'model', {
  model: Model.baked({ image: 'registry.company.com/model', version: 'v1.0.0', path: '/models/model.pt' }),
  resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '1Gi' } },
});`;

it('lets an app through that imports one construct', () => {
  const { status, printed } = synth(app(SERVER));
  expect(printed).toContain('success');
  expect(status).toBe(0);
}, 60_000);

it('stops the synth of any cdk8s app, and names the rule, the object and the remedy', () => {
  const service = `new ApiObject(chart, 'service', {
    apiVersion: 'v1', kind: 'Service', metadata: { name: 'stray' },
    spec: { selector: { app: 'nobody' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  });`;
  const { status, printed } = synth(app(SERVER + service));
  expect(printed).toContain('dangling-service');
  expect(printed).toContain('Service/stray');
  expect(printed).toContain('Select by labels that the pods have.');
  expect(status).not.toBe(0);
}, 60_000);
