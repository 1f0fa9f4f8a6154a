import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { ServingError } from '../errors/problem';
import type { ExecConfig } from './connection';
import { defined } from './defined';

/** The response of a credential plugin. */
export interface ExecAnswer {
  readonly token?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Milliseconds since the epoch. Absent: valid until the server rejects it. */
  readonly expires?: number;
}

/** An ExecCredential with a certificate is a few KiB. */
const LARGEST_OUTPUT = 2 ** 20;

/** Long enough for a user to log in with a browser. */
const LIMIT_MS = 180_000;

/**
 * Runs a credential plugin once, without a shell or a terminal. When it fails, the error contains its stderr, but never its
 * stdout, which holds the credentials.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
export async function runExecPlugin(config: ExecConfig): Promise<ExecAnswer> {
  const { command, args, env, dir = '.', apiVersion, cluster } = config;
  if (config.interactive)
    throw failed(config, 'it needs a terminal (interactiveMode: Always)', 'Log in beforehand, or use `kubectl proxy`.');
  const info = {
    apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, ...(cluster === undefined ? {} : { cluster }) },
  };
  const file = command.includes('/') ? resolve(dir, command) : command;
  const child = spawn(file, [...args], {
    env: { ...process.env, ...env, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT_MS,
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const kill = () => void child.kill('SIGKILL');
  // A plugin left running could prompt for a login that nothing waits for.
  process.once('exit', kill);
  const ended = await new Promise<string>((settle) => {
    let size = 0;
    const keep = (chunks: Buffer[]) => (chunk: Buffer) => {
      size += chunk.length;
      if (size <= LARGEST_OUTPUT) return void chunks.push(chunk);
      settle(`it printed more than ${LARGEST_OUTPUT / 2 ** 20} MiB`);
      kill();
    };
    child.stdout.on('data', keep(out));
    child.stderr.on('data', keep(err));
    child.on('error', (error) => settle(error.message));
    child.on('close', (code, signal) => settle(code === 0 ? '' : signal === null ? `exit code ${code}` : `ended by ${signal}`));
  }).finally(() => process.off('exit', kill));
  const stderr = Buffer.concat(err).toString('utf8').trim();
  if (ended !== '')
    throw failed(config, `${ended}${stderr === '' ? ', nothing on stderr' : `: ${stderr.slice(0, 2000)}`}`, 'Run it by hand.');
  return parseAnswer(config, Buffer.concat(out).toString('utf8'));
}

function parseAnswer(config: ExecConfig, text: string): ExecAnswer {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw failed(config, `its stdout (${text.length} characters) is not JSON`, 'It has to print an ExecCredential.');
  }
  const credential = fields(answer);
  if (credential.kind !== 'ExecCredential' || credential.apiVersion !== config.apiVersion) {
    throw failed(config, 'it answered another kind or version', `It has to print an ExecCredential of ${config.apiVersion}.`);
  }
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = fields(credential.status);
  const expires = typeof expirationTimestamp === 'string' ? Date.parse(expirationTimestamp) : Number.NaN;
  if (typeof token !== 'string' && (typeof cert !== 'string' || typeof key !== 'string')) {
    throw failed(config, 'its answer has neither a token nor a certificate with key', 'Log in again.');
  }
  return defined({
    token: typeof token === 'string' ? token : undefined,
    ...(typeof cert === 'string' && typeof key === 'string' ? { cert, key } : {}),
    expires: Number.isNaN(expires) ? undefined : expires,
  });
}

function failed({ command, installHint }: ExecConfig, message: string, remedy: string): ServingError {
  const hint = installHint === undefined ? remedy : `${remedy} ${installHint.trim()}`;
  return new ServingError([{ code: 'AUTH_PLUGIN_FAILED', subject: `exec plugin ${command}`, message, remedy: hint }]);
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
