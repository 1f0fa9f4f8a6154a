import { ApiObject } from 'cdk8s';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { defineProject, defineStack } from '../../lib/project/project';
import { ServingStack } from '../../lib/stack/serving-stack';
import { renderProject } from '../../lib/synth/render-project';

/** Two stacks; the second one binds a role that may be in the cluster already. */
const stacks = ['one', 'two'].map((name) =>
  defineStack({
    name,
    schema: v.strictObject({}),
    build: (scope) => {
      const stack = new ServingStack(scope, name, { namespace: name });
      if (name === 'two') {
        new ApiObject(stack, 'binding', {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'RoleBinding',
          metadata: { name: 'b', namespace: name },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'theirs' },
          subjects: [],
        });
      }
      return stack;
    },
  }),
);

it('keeps what the checks doubt with the stack it is about, and lets it through', () => {
  const base = { one: {}, two: {} };
  const project = defineProject({ stacks, base, environments: [{ name: 'dev', tier: 'dev', stacks: { one: {}, two: {} } }] });
  const warnings = renderProject(project).map(({ stack, warnings: all }) => [stack, all.map(({ rule }) => rule)]);
  expect(warnings).toEqual([
    ['one', []],
    ['two', ['dangling-role']],
  ]);
});
