// Fifty stacks, ten environments.
const { environments, ...project } = require('./copies.js').copies(50, 4);
exports.project = { ...project, environments: environments.slice(0, 10) };
