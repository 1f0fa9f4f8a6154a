import { setFlagsFromString } from 'node:v8';
import { formatProblem, ServingError } from '../../errors/problem';
import {
  commandSigner,
  connect,
  type Engine,
  type KubeApi,
  loadConnection,
  recordSigner,
  SIGNING_COMMAND,
  SIGNING_KEY,
  signerFrom,
  systemHost,
} from '../../release';
import { oneLine, safeLines } from '../print/safe';
import { type Look, lookOf } from '../print/style';

/** Context of a command on a cluster. */
export interface Cluster {
  readonly engine: Engine;
  /** Namespace from `--namespace`, or from the context. */
  readonly namespace: string;
  /** The context's namespace, for manifests without one. */
  readonly fallbackNamespace: string;
  /** Whether it is a sandbox, which has none of the objects that other teams install. */
  readonly sandbox: boolean;
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  readonly print: (text: string) => void;
  readonly look: Look;
  /**
   * From now on, the command receives messages such as warnings of the API server, and handles the first interrupt
   * itself. Before, warnings go to standard error, and an interrupt ends the process.
   */
  readonly listen: (tell: (text: string) => void) => void;
}

/** With a key, records are signed, and only signed ones are accepted. A command that signs also needs the public key. */
function signing(api: KubeApi): Pick<Engine, 'signer'> {
  const key = signerFrom(process.env[SIGNING_KEY]);
  const command = process.env[SIGNING_COMMAND] ?? '';
  if (command !== '' && key === undefined) {
    const message = `is set, and ${SIGNING_KEY} is not`;
    const remedy = `Set ${SIGNING_KEY} to the public key of the key that the command signs with.`;
    throw new ServingError([{ code: 'SIGNING_KEY', subject: SIGNING_COMMAND, message, remedy }]);
  }
  const signer = key === undefined || command === '' ? key : commandSigner(command, key);
  return signer === undefined ? {} : { signer: recordSigner(signer, api) };
}

const INSECURE = 'warning: insecure-skip-tls-verify is set, so any server can pose as this cluster and read your credentials';

const toStderr = (text: string): void => void process.stderr.write(`${oneLine(text)}\n`);

/**
 * Connects, runs a command and sets its exit code. An interrupt ends a command that only reads. A command that writes handles the
 * first interrupt itself; the second one exits immediately, which is safe: all work in progress is recorded, and the next
 * run recovers it.
 */
export async function withCluster(
  flags: { readonly kubeconfig?: string; readonly context?: string; readonly namespace?: string; readonly qps?: number },
  command: (cluster: Cluster) => Promise<number>,
): Promise<void> {
  // Large releases create short-lived garbage. A fixed young generation costs a tenth more CPU, but saves 4 of 68 MB with 500
  // objects, 12 of 92 MB with 2,000: memory is the scarcest resource of a CI runner.
  for (const flag of ['--optimize-for-size', '--semi-space-growth-factor=1']) setFlagsFromString(flag);
  const interrupt = new AbortController();
  let tell: ((text: string) => void) | undefined;
  const stop = (): void => {
    if (tell === undefined || interrupt.signal.aborted) process.exit(130);
    interrupt.abort();
    tell('Interrupted: rolling back. Interrupt again to exit at once.');
  };
  process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop);
  try {
    const { kubeconfig, context, qps } = flags;
    const connection = loadConnection({
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(context === undefined ? {} : { context }),
    });
    if (connection.insecure === true) toStderr(INSECURE);
    const api = await connect({
      connection,
      onWarning: (text) => (tell ?? toStderr)(`warning: ${text}`),
      ...(qps === undefined ? {} : { qps }),
    });
    const fallbackNamespace = connection.namespace;
    const namespace = flags.namespace ?? fallbackNamespace;
    const print = (text: string) => process.stdout.write(safeLines(text.endsWith('\n') ? text : `${text}\n`));
    try {
      process.exitCode = await command({
        engine: { api, host: systemHost(), ...signing(api) },
        namespace,
        fallbackNamespace,
        sandbox: connection.sandbox === true,
        signal: interrupt.signal,
        print,
        look: lookOf(process.stdout),
        listen: (told) => {
          tell = told;
        },
      });
    } finally {
      await api.close();
    }
  } catch (error) {
    if (!(error instanceof ServingError)) throw error;
    process.stderr.write(`${error.problems.map(formatProblem).map(oneLine).join('\n')}\n`);
    process.exitCode = 1;
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop).off('SIGHUP', stop);
  }
}
