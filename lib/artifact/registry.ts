import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { ServingError } from '../errors/problem';
import { RegistryConnection } from './connection';
import { type CredentialSources, findCredentials } from './credentials';
import { type Exchange, networkExchange } from './exchange';
import type { Reference } from './reference';
import { Repository } from './repository';

/** Options for reaching registries. */
export interface RegistryOptions extends CredentialSources {
  /** PEM file of additional certificate authorities. @default - those of docker's and podman's `certs.d` */
  readonly caFile?: string;
  /** Sends requests. @default - the network */
  readonly exchange?: Exchange;
  /** Source of time. @default - the system clock */
  readonly clock?: { now(): number; sleep(ms: number): Promise<void> };
}

/** Opens a repository, and closes its connections afterwards. */
export async function withRepository<T>(
  reference: Reference,
  access: 'pull' | 'pull,push',
  options: RegistryOptions,
  work: (repository: Repository) => Promise<T>,
): Promise<T> {
  const { exchange, close } =
    options.exchange === undefined
      ? networkExchange(authoritiesOf(reference.registry, options))
      : { exchange: options.exchange, close: () => undefined };
  const { registry, repository } = reference;
  const { clock } = options;
  try {
    return await work(
      new Repository(
        new RegistryConnection(reference, {
          exchange,
          access,
          credentials: () => findCredentials(registry, repository, options),
          ...(clock === undefined ? {} : { clock }),
        }),
      ),
    );
  } finally {
    close();
  }
}

/** Certificate authorities in addition to the public ones; undefined when there are none. */
function authoritiesOf(registry: string, { caFile, home = homedir() }: RegistryOptions): readonly string[] | undefined {
  const own = caFile === undefined ? certsOf(registry, home) : [readCa(caFile)];
  return own.length === 0 ? undefined : [...rootCertificates, ...own];
}

/** @see https://docs.docker.com/engine/security/certificates/ and containers-certs.d(5) */
function certsOf(registry: string, home: string): readonly string[] {
  const folders = [join(home, '.config/containers/certs.d'), '/etc/containers/certs.d', '/etc/docker/certs.d'];
  return folders.flatMap((folder) => {
    const directory = join(folder, registry);
    try {
      const files = readdirSync(directory).filter((file) => file.endsWith('.crt'));
      return files.sort().map((file) => readFileSync(join(directory, file), 'utf8'));
    } catch {
      return [];
    }
  });
}

function readCa(file: string): string {
  try {
    const pem = readFileSync(file, 'utf8');
    if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem;
  } catch {
    // Reported below.
  }
  const message = 'cannot be read as certificates';
  throw new ServingError([{ code: 'USAGE', subject: file, message, remedy: 'Give a PEM file with --ca-file.' }]);
}
