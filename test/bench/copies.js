// Copies of the fraud model's stack under names of their own, to render many in one process.
const { project } = require('../../build/apps/main.js');

/** A project of so many stacks, in so many copies of each environment. */
exports.copies = (count, copiesOfEach = 1) => {
  const [fraudModel] = project.stacks;
  const names = Array.from({ length: count }, (_, index) => `fraud-model-${index}`);
  const named = (config) => Object.fromEntries(names.map((name) => [name, { ...config[fraudModel.name], release: name }]));
  const environments = project.environments.flatMap((environment) =>
    Array.from({ length: copiesOfEach }, (_, index) => ({
      ...environment,
      name: index === 0 ? environment.name : `${environment.name}-${index}`,
      stacks: named(environment.stacks),
    })),
  );
  return { stacks: names.map((name) => ({ ...fraudModel, name })), base: named(project.base), environments };
};
