import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Problem, ServingError } from '../errors/problem';
import { fieldsAt, isFields, textAt } from '../kube/fields';

/** Login credentials for a registry. */
export type RegistryCredentials =
  | { readonly username: string; readonly password: string }
  /** A refresh token, exchanged for access tokens. */
  | { readonly identityToken: string };

/** Sources of credentials. */
export interface CredentialSources {
  /** Environment variables. @default - those of the process */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The home directory. @default - the user's */
  readonly home?: string;
}

const DOCKER_HUB = 'https://index.docker.io/v1/';
const HELPER_TIMEOUT_MS = 60_000;

/**
 * Finds the credentials of a repository where podman and docker store them: `REGISTRY_AUTH_FILE`, podman's files, then docker's
 * `config.json`, with their credential helpers. Undefined when there are none: access is then anonymous.
 * @see https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md
 */
export async function findCredentials(
  registry: string,
  repository: string,
  sources: CredentialSources = {},
): Promise<RegistryCredentials | undefined> {
  const { env = process.env, home = homedir() } = sources;
  for (const file of filesOf(env, home)) {
    const config = readConfig(file);
    const found = config === undefined ? undefined : await fromConfig(config, file, registry, repository, env);
    if (found) return found;
  }
  return undefined;
}

function filesOf(env: Readonly<Record<string, string | undefined>>, home: string): readonly string[] {
  const { REGISTRY_AUTH_FILE: only, XDG_RUNTIME_DIR: runtime, XDG_CONFIG_HOME: configHome, DOCKER_CONFIG: docker } = env;
  if (only !== undefined && only !== '') return [only];
  return [
    ...(docker === undefined || docker === '' ? [] : [join(docker, 'config.json')]),
    ...(runtime === undefined || runtime === '' ? [] : [join(runtime, 'containers/auth.json')]),
    join(configHome === undefined || configHome === '' ? join(home, '.config') : configHome, 'containers/auth.json'),
    join(home, '.docker/config.json'),
  ];
}

function readConfig(file: string): unknown {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return JSON.parse(content) as unknown;
  } catch {
    // Without the parser's message, which quotes the file.
    throw failed(file, 'is not JSON', 'Log in again with docker, podman or oras.');
  }
}

async function fromConfig(
  config: unknown,
  file: string,
  registry: string,
  repository: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<RegistryCredentials | undefined> {
  const auths = fieldsAt(config, 'auths');
  const keys = keysOf(registry, repository);
  const helpers = fieldsAt(config, 'credHelpers');
  const helper = keys.map((key) => helpers[key]).find((name) => typeof name === 'string');
  if (typeof helper === 'string') return askHelper(helper, serverOf(registry), file, env);
  const entry = keys.map((key) => auths[key]).find((auth) => isFields(auth) && Object.keys(auth).length > 0);
  if (entry !== undefined) return fromEntry(entry, file);
  const store = textAt(config, 'credsStore');
  return store === undefined || store === '' ? undefined : askHelper(store, serverOf(registry), file, env);
}

/** Keys of a repository in `auths`, most specific first: podman's paths, the host, and docker's old URLs. */
function keysOf(registry: string, repository: string): readonly string[] {
  const steps = repository.split('/');
  const paths = steps.map((_, index) => `${registry}/${steps.slice(0, steps.length - index).join('/')}`);
  const hosts = isDockerHub(registry) ? ['docker.io', 'index.docker.io', 'registry-1.docker.io'] : [registry];
  const urls = hosts.flatMap((host) => [`https://${host}`, `https://${host}/`, `https://${host}/v1/`, `https://${host}/v2/`]);
  return [...paths, ...hosts, ...urls];
}

function isDockerHub(registry: string): boolean {
  return registry === 'docker.io' || registry === 'index.docker.io' || registry === 'registry-1.docker.io';
}

function serverOf(registry: string): string {
  return isDockerHub(registry) ? DOCKER_HUB : registry;
}

function fromEntry(entry: unknown, file: string): RegistryCredentials {
  const identityToken = textAt(entry, 'identitytoken');
  if (identityToken !== undefined && identityToken !== '') return { identityToken };
  const [username, password] = [textAt(entry, 'username'), textAt(entry, 'password')];
  if (username !== undefined && password !== undefined) return { username, password };
  const decoded = Buffer.from(textAt(entry, 'auth') ?? '', 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon < 0) throw failed(file, 'holds an entry without user and password', 'Log in again with docker, podman or oras.');
  // Some versions of docker pad the password with zero bytes.
  return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1).replace(/\0+$/, '') };
}

/**
 * Runs `docker-credential-<name> get`, without a shell.
 * @see https://github.com/docker/docker-credential-helpers
 */
async function askHelper(
  name: string,
  server: string,
  file: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<RegistryCredentials | undefined> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) throw failed(file, 'names an invalid credential helper', 'Correct the file.');
  const program = `docker-credential-${name}`;
  const { output, fault } = await run(program, server, env);
  // The protocol defines this one message for missing credentials.
  if (/credentials not found in native keychain/i.test(output)) return undefined;
  if (fault !== undefined) throw failed(program, fault, 'Run it by hand, or log in again.');
  let answer: unknown;
  try {
    answer = JSON.parse(output) as unknown;
  } catch {
    throw failed(program, 'did not answer with JSON', 'Run it by hand, or log in again.');
  }
  const [username, secret] = [textAt(answer, 'Username'), textAt(answer, 'Secret')];
  if (username === undefined || secret === undefined)
    throw failed(program, 'answered without Username and Secret', 'Run it by hand, or log in again.');
  return username === '<token>' ? { identityToken: secret } : { username, password: secret };
}

async function run(
  program: string,
  input: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly output: string; readonly fault?: string }> {
  const child = spawn(program, ['get'], { env: { ...env }, stdio: ['pipe', 'pipe', 'ignore'], timeout: HELPER_TIMEOUT_MS });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stdin.on('error', () => undefined); // a helper may read nothing
  child.stdin.end(`${input}\n`);
  const fault = await new Promise<string | undefined>((settle) => {
    child.on('error', () => settle('cannot be run'));
    child.on('close', (code, signal) => settle(code === 0 ? undefined : `ended with ${signal ?? `exit code ${code}`}`));
  });
  const output = Buffer.concat(chunks).toString('utf8');
  return fault === undefined ? { output } : { output, fault };
}

function failed(subject: string, message: string, remedy: string): ServingError {
  const problem: Problem = { code: 'REGISTRY_CREDENTIALS', subject, message, remedy };
  return new ServingError([problem]);
}
