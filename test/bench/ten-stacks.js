// Ten stacks, three environments.
exports.project = require('./copies.js').copies(10);
