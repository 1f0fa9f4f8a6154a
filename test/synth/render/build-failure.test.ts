import { mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { servingIn } from '../../cli/run-serving';
import { ROOT } from '../../harness/project';

/** An app in JavaScript, of which the compiler has seen nothing: the code of one stack reads what is not there, the other runs. */
const APP = `
const { project } = require(${JSON.stringify(join(ROOT, 'build/apps/main.js'))});
const { ServingStack } = require(${JSON.stringify(join(ROOT, 'build/lib/index.js'))});
const [first] = project.stacks;
const build = (scope) => {
  const stack = new ServingStack(scope, 'wrong', { namespace: 'team', imageRegistry: 'registry.example.com' });
  return stack.settings.nodes.length > 1 ? stack : scope;
};
exports.project = { ...project, stacks: [{ ...first, build }, ...project.stacks.slice(1)] };
`;

it('is a problem of the stack, with its place in the app, and a stack trace only with --debug', async () => {
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'build-failure-')));
  writeFileSync(join(cwd, 'app.js'), APP);
  const args = ['synth', '--app', 'app.js', '--env', 'dev', '--out', 'dist'];
  const { code, err } = await servingIn({ cwd }, ...args);
  expect(code).toBe(1);
  expect(err.trim().split('\n')).toEqual([
    expect.stringMatching(
      /^dev\/[\w-]+: app\.js:7: the code of the stack ended with an error \(got "TypeError: .*BUILD_FAILED\]$/,
    ),
  ]);
  expect((await servingIn({ cwd }, ...args, '--debug')).err).toMatch(/\n {4}at build \(/);
});
