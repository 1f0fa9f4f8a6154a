// Ten copies of the first article's stack under names of their own, to render in one process.
const { project } = require('../../build/apps/main.js');

const [fraudModel] = project.stacks;
const names = Array.from({ length: 10 }, (_, index) => `fraud-model-${index}`);
const named = (config) => Object.fromEntries(names.map((name) => [name, { ...config[fraudModel.name], release: name }]));

exports.project = {
  stacks: names.map((name) => ({ ...fraudModel, name })),
  base: named(project.base),
  environments: project.environments.map((environment) => ({ ...environment, stacks: named(environment.stacks) })),
};
