// Starts the container of /test/container.json with its command line, arguments and environment, asks its probes and its metrics at the
// pod's address, and prints what came of it: { problems: string[] }.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

const ADDRESS = '10.1.2.3';
const { argv, env, ports, probes, metrics } = JSON.parse(readFileSync('/test/container.json', 'utf8'));

const child = spawn(process.execPath, ['/test/server.mjs', '/test/documented.json', ...argv], {
  env,
  stdio: ['ignore', 'ignore', 'pipe'],
});
let said = '';
let ended;
child.stderr.on('data', (data) => (said += data));
child.on('exit', (code, signal) => (ended = signal ?? code));

const open = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, ADDRESS, () => resolve(true));
    socket.on('error', () => resolve(false)).on('connect', () => socket.destroy());
  });
const status = async (port, path) => (await fetch(`http://${ADDRESS}:${port}${path}`).catch(() => ({ status: 0 }))).status;

/** Names of ports on which nothing listens, after some patience. */
async function silent() {
  for (let round = 0; ; round++) {
    const names = [];
    for (const [name, port] of Object.entries(ports)) if (!(await open(port))) names.push(name);
    if (names.length === 0 || ended !== undefined || round === 200) return names;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const problems = [];
const closed = await silent();
if (ended !== undefined) problems.push(`ended with ${ended}: ${said.trim()}`);
else {
  for (const name of closed) problems.push(`nothing listens on ${name}, port ${ports[name]}`);
  for (const { name, port, path } of probes) {
    const got = path === undefined ? await open(port) : await status(port, path);
    if (got !== true && got !== 200) problems.push(`${name} of ${path ?? 'the port'} at ${port}: ${got}`);
  }
  if (metrics !== undefined) {
    const got = await status(metrics.port, metrics.path);
    if (got !== 200) problems.push(`no metrics at ${metrics.port}${metrics.path}: ${got}`);
  }
}
process.stdout.write(JSON.stringify({ problems }));
child.kill('SIGKILL');
