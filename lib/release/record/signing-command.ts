import { spawn } from 'node:child_process';
import { ServingError } from '../../errors/problem';
import type { Signer } from './signing';

/** The environment variable with the signing command, for example one that calls a key management service. */
export const SIGNING_COMMAND = 'SERVING_SIGNING_COMMAND';

/** A signature has at most 72 bytes; longer output is from another program. */
const LARGEST = 4_096;
/** A service that has not responded by then will not. The release's lock is renewed in the meantime. */
const LIMIT_MS = 30_000;

/**
 * A signer with an external private key. The command reads the bytes to sign from standard input and prints their signature,
 * ECDSA P-256 with SHA-256 in DER, raw or in base64: for example `openssl dgst -sha256 -sign key.pem`. No shell is involved: the
 * command is split at spaces.
 * @param verifier a signer made from the public key, for verification
 */
export function commandSigner(command: string, verifier: Signer): Signer {
  return {
    verifies: verifier.verifies,
    sign: async (purpose, text) => {
      const output = await outputOf(command, `${purpose}\n${text}`);
      const printed = output.toString('latin1').trim();
      // DER starts with 0x30 and a length, which base64 of a signature never does.
      const signature = output[0] === 0x30 && output[1] === output.length - 2 ? output.toString('base64') : printed;
      if (verifier.verifies(purpose, text, signature)) return signature;
      throw failed(
        command,
        'its signature does not belong to the public key',
        'Give the public key of the key that it signs with.',
      );
    },
  };
}

async function outputOf(command: string, input: string): Promise<Buffer> {
  const [file = '', ...args] = command.split(/\s+/).filter(Boolean);
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], timeout: LIMIT_MS, killSignal: 'SIGKILL' });
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const ended = await new Promise<string>((settle) => {
    let size = 0;
    const keep = (chunks: Buffer[]) => (chunk: Buffer) => {
      size += chunk.length;
      if (size <= LARGEST) return void chunks.push(chunk);
      settle(`it printed more than ${LARGEST} bytes`);
      kill();
    };
    child.stdout.on('data', keep(out));
    child.stderr.on('data', keep(err));
    child.on('error', (error) => settle(error.message));
    child.on('close', (code, signal) => settle(code === 0 ? '' : signal === null ? `exit code ${code}` : `ended by ${signal}`));
    // A command that ends before reading everything reports it with its exit code.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  }).finally(() => process.off('exit', kill));
  if (ended === '') return Buffer.concat(out);
  const said = Buffer.concat(err).toString('utf8').trim().slice(0, 500);
  throw failed(command, said === '' ? ended : `${ended}: ${said}`, 'Run it by hand.');
}

function failed(command: string, message: string, remedy: string): ServingError {
  const [subject = SIGNING_COMMAND] = command.split(/\s+/).filter(Boolean);
  return new ServingError([{ code: 'SIGNING_KEY', subject, message, remedy }]);
}
