// A server that does what the documentation of another one says, and no more: node server.mjs DOCUMENTED.json COMMAND LINE…
// It ends on a flag that is not documented, reads its model, writes where the other one writes, and listens where that one would.
import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer as httpServer } from 'node:http';
import { createServer as tcpServer } from 'node:net';
import { join } from 'node:path';

const [documented, ...argv] = process.argv.slice(2);
const server = JSON.parse(readFileSync(documented, 'utf8'));
const env = process.env;

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

/** The words that start it, its flags, and its other arguments. */
function parse(words) {
  server.program.forEach((word, index) => {
    if (words[index] !== word) fail(`the command line starts with "${words[index]}", not with "${word}"`);
  });
  const flags = {};
  const others = [];
  const rest = words.slice(server.program.length);
  while (rest.length > 0) {
    const word = rest.shift();
    if (!word.startsWith('-')) {
      others.push(word);
      continue;
    }
    const [flag, ...after] = word.split('=');
    const kind = server.flags[flag];
    if (kind === undefined) fail(`unrecognized argument ${flag}`);
    if (kind === 'switch') {
      if (after.length > 0 && after[0] !== 'true') fail(`${flag} takes no value`);
      flags[flag] = 'true';
      continue;
    }
    if (server.values === (after.length > 0 ? 'two words' : 'one word')) fail(`${flag} is followed by the wrong thing`);
    const values = after.length > 0 ? [after.join('=')] : [rest.shift()];
    if (server.several?.includes(flag)) while (rest.length > 0 && !rest[0].startsWith('-')) values.push(rest.shift());
    for (const value of values) {
      if (value === undefined || value.startsWith('--')) fail(`${flag} has no value`);
      if (kind === 'number' && !/^\d+(\.\d+)?$/.test(value)) fail(`${flag} takes a number, not ${value}`);
      if (kind === 'json') JSON.parse(value);
    }
    flags[flag] = values[0];
  }
  return { flags, others };
}

const { flags, others } = parse(argv);
const setting = (name) => (name?.startsWith('--') ? flags[name] : env[name ?? '']);

// A variable of a Service named like the server would have the form of a URL (VLLM_PORT=tcp://…).
for (const [name, value] of Object.entries(env)) if (/^tcp:\/\//.test(value)) fail(`${name} is of a Service`);
if (server.asksForUser && (env.USER ?? env.LOGNAME) === undefined) fail('getpwuid(): uid not found');

// The model has to be there, and readable.
if (server.model !== undefined) {
  const path = server.model === 'argument' ? others[0] : setting(server.model);
  try {
    accessSync(path ?? '', constants.R_OK);
  } catch {
    fail(`no model at ${path}`);
  }
}

/** The first alternative whose variables are set. Without a home directory in /etc/passwd, home is `/`. */
function placeOf(alternatives) {
  for (const one of alternatives.split('|')) {
    const known = { HOME: '/', ...env };
    const names = [...one.matchAll(/\$(-*\w+)/g)].map(([, name]) => name);
    const settingOf = (name) => (name.startsWith('--') ? flags[name] : known[name]);
    if (names.every((name) => settingOf(name) !== undefined)) return one.replace(/\$(-*\w+)/g, (_, name) => settingOf(name));
  }
  return undefined;
}
for (const alternatives of server.writes) {
  const place = placeOf(alternatives);
  if (place === undefined) continue;
  try {
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'written'), 'x');
  } catch (error) {
    fail(`it writes to ${place}: ${error.message}`);
  }
}

/** Number and address of a port; both may be one setting, as in OLLAMA_HOST=0.0.0.0:11434. */
function addressOf({ port, defaultPort, host, defaultHost }) {
  const [both, alone] = [setting(host), setting(port)];
  const named = /^(.*):(\d+)$/.exec(both ?? '');
  if (named !== null && host === port) return { host: named[1], port: Number(named[2]) };
  return { host: both ?? defaultHost, port: Number(alone ?? defaultPort) };
}

const isRoute = (known, path) =>
  known.some((one) => new RegExp(`^${one.replaceAll(/[.]/g, '\\.').replaceAll('*', '[^/]+')}$`).test(path));
for (const [name, listener] of Object.entries(server.ports)) {
  const { host, port } = addressOf(listener);
  if (port === 0 || (listener.when !== undefined && setting(listener.when) === undefined)) continue;
  const routes = (server.routes[name] ?? []).filter(
    (path) => !path.endsWith('/metrics') || server.metricsFlag === undefined || flags[server.metricsFlag] !== undefined,
  );
  const answer = (request, response) => response.writeHead(isRoute(routes, request.url) ? 200 : 404).end();
  const listening = server.routes[name] === undefined ? tcpServer((socket) => socket.end()) : httpServer(answer);
  listening.on('error', (error) => fail(error.message)).listen(port, host);
}
process.on('SIGTERM', () => process.exit(0));
