import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { nearestName } from '../errors/nearest';
import { ServingError } from '../errors/problem';
import { lineAt } from '../manifests/text';
import { parseYaml } from '../manifests/yaml-document';
import type { AuthConfig, Connection, ExecConfig } from './connection';
import { defined } from './defined';

/** Which cluster to use; absent settings are resolved as in kubectl. */
export interface KubeconfigOptions {
  /** A file, as with `--kubeconfig`. @default - KUBECONFIG, else ~/.kube/config, else the pod's ServiceAccount */
  readonly kubeconfig?: string;
  /** Name of the context. @default - the kubeconfig's current one */
  readonly context?: string;
  /** Environment variables. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where a pod finds its ServiceAccount. @default '/var/run/secrets/kubernetes.io/serviceaccount' */
  readonly serviceAccount?: string;
}

type Fields = Readonly<Record<string, unknown>>;
/** A kubeconfig entry with the directory of its file, for relative paths. */
interface Entry {
  readonly fields: Fields;
  readonly dir: string;
}
interface Config {
  currentContext: string | undefined;
  readonly contexts: Map<string, Entry>;
  readonly clusters: Map<string, Entry>;
  readonly users: Map<string, Entry>;
}

/** Reads the connection that kubectl would use. Throws a `ServingError` that names file and entry. */
export function loadConnection(options: KubeconfigOptions = {}): Connection {
  const env = options.env ?? process.env;
  const listed = env.KUBECONFIG || join(homedir(), '.kube', 'config');
  const files =
    options.kubeconfig === undefined ? listed.split(delimiter).filter((file) => existsSync(file)) : [options.kubeconfig];
  if (files.length === 0 && env.KUBERNETES_SERVICE_HOST !== undefined) {
    return inCluster(env, options.serviceAccount ?? '/var/run/secrets/kubernetes.io/serviceaccount');
  }
  if (files.length === 0) {
    throw problem('KUBECONFIG_MISSING', listed, 'there is no such file', 'Set KUBECONFIG, or hand in --kubeconfig.');
  }
  const config = merge(files.map((path) => ({ path: resolve(path), text: readText(resolve(path)) })));
  const name = options.context ?? config.currentContext;
  if (!name) throw invalid(files.join(delimiter), 'no current-context is set', 'Choose one with --context.');
  return connectionOf(config, name, env);
}

/** The first file that has an entry wins, as in kubectl. */
function merge(files: readonly { readonly path: string; readonly text: string }[]): Config {
  const config: Config = { currentContext: undefined, contexts: new Map(), clusters: new Map(), users: new Map() };
  for (const { path, text } of files) {
    const { values, faults } = parseYaml(text);
    const fault = faults.find(({ warning }) => !warning);
    if (fault !== undefined) throw invalid(path, `not YAML in line ${lineAt(text, fault.at)}`, 'Correct the file.');
    const root = fieldsOf(values[0]);
    config.currentContext ||= textOf(root['current-context']);
    for (const list of ['contexts', 'clusters', 'users'] as const) {
      const entries = root[list];
      for (const entry of Array.isArray(entries) ? entries.map(fieldsOf) : []) {
        const name = textOf(entry.name);
        if (name === undefined || config[list].has(name)) continue;
        config[list].set(name, { fields: fieldsOf(entry[list.slice(0, -1)]), dir: dirname(path) });
      }
    }
  }
  return config;
}

/** Marks the context of a sandbox, as a kubeconfig extension. */
const SANDBOX_EXTENSION = 'cdk8s-serving/sandbox';

const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : []);

function connectionOf(config: Config, context: string, env: Fields): Connection {
  const { fields } = entryOf(config.contexts, 'context', context);
  const cluster = entryOf(config.clusters, 'cluster', textOf(fields.cluster) ?? '');
  const userName = textOf(fields.user);
  const user = userName === undefined ? { fields: {}, dir: '' } : entryOf(config.users, 'user', userName);
  const server = textOf(cluster.fields.server);
  if (server === undefined || !URL.canParse(server)) {
    throw invalid(`cluster ${textOf(fields.cluster)}`, 'its server is not a URL', 'Write it as https://host:port.');
  }
  const ca = pem(cluster, 'certificate-authority');
  const serverName = textOf(cluster.fields['tls-server-name']);
  const proxy = textOf(cluster.fields['proxy-url']) ?? proxyFor(new URL(server), env);
  if (proxy !== undefined && !proxy.startsWith('http://')) {
    throw problem('AUTH_UNSUPPORTED', `proxy of ${server}`, 'only http:// proxies are supported', 'Use one, or `kubectl proxy`.');
  }
  const insecure = cluster.fields['insecure-skip-tls-verify'] === true ? true : undefined;
  const namespace = textOf(fields.namespace) ?? 'default';
  const auth = authOf(user, userName ?? '', { server, ca, insecure, serverName });
  const sandbox = listOf(fields.extensions).some((one) => textOf(one.name) === SANDBOX_EXTENSION) ? true : undefined;
  return defined({ server: server.replace(/\/+$/, ''), namespace, context, ca, insecure, serverName, proxy, auth, sandbox });
}

function authOf(user: Entry, name: string, cluster: Fields): AuthConfig {
  const { fields, dir } = user;
  for (const unknown of ['auth-provider', 'as-groups', 'as-uid', 'as-user-extra']) {
    if (fields[unknown] === undefined) continue;
    const remedy = 'Run `kubectl proxy` and use a kubeconfig with its address.';
    throw problem('AUTH_UNSUPPORTED', `user ${name}`, `${unknown} is not supported`, remedy);
  }
  const [cert, key] = [pem(user, 'client-certificate'), pem(user, 'client-key')];
  if ((cert === undefined) !== (key === undefined)) {
    throw invalid(`user ${name}`, 'a client certificate and its key come together', 'Add the other one.');
  }
  const [token, tokenFile, username] = [textOf(fields.token), textOf(fields.tokenFile), textOf(fields.username)];
  return defined({
    cert,
    key,
    token,
    tokenFile: tokenFile === undefined ? undefined : resolve(dir, tokenFile),
    basic: username === undefined ? undefined : { username, password: textOf(fields.password) ?? '' },
    exec: fields.exec ? execOf(fieldsOf(fields.exec), dir, name, cluster) : undefined,
    impersonate: textOf(fields.as),
  });
}

function execOf(exec: Fields, dir: string, user: string, cluster: Fields): ExecConfig {
  const [apiVersion, command] = [textOf(exec.apiVersion), textOf(exec.command)];
  if (apiVersion === undefined || !/^client\.authentication\.k8s\.io\/v1(beta1)?$/.test(apiVersion) || command === undefined) {
    const remedy = 'Use client.authentication.k8s.io/v1 or v1beta1; plugins from 2019 on know it.';
    throw problem('AUTH_UNSUPPORTED', `user ${user}`, 'its exec plugin has no command or an unknown apiVersion', remedy);
  }
  const env = (Array.isArray(exec.env) ? exec.env : []).map(fieldsOf);
  const { server, ca, insecure, serverName } = cluster;
  const info = defined({
    server,
    'certificate-authority-data': typeof ca === 'string' ? Buffer.from(ca).toString('base64') : undefined,
    'insecure-skip-tls-verify': insecure,
    'tls-server-name': serverName,
  });
  return defined({
    apiVersion,
    command,
    args: Array.isArray(exec.args) ? exec.args.map(String) : [],
    env: Object.fromEntries(env.map(({ name, value }): [string, string] => [textOf(name) ?? '', textOf(value) ?? ''])),
    dir,
    interactive: exec.interactiveMode === 'Always',
    installHint: textOf(exec.installHint),
    cluster: exec.provideClusterInfo === true ? info : undefined,
  });
}

function inCluster(env: Fields, folder: string): Connection {
  const host = String(env.KUBERNETES_SERVICE_HOST);
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${env.KUBERNETES_SERVICE_PORT ?? '443'}`,
    namespace: existsSync(`${folder}/namespace`) ? readText(`${folder}/namespace`).trim() : 'default',
    context: 'in-cluster',
    ca: readText(`${folder}/ca.crt`),
    auth: { tokenFile: `${folder}/token` },
  };
}

/** `HTTPS_PROXY`, unless `NO_PROXY` or loopback exempts the host. */
function proxyFor({ protocol, hostname }: URL, env: Fields): string | undefined {
  const proxy = textOf(env.HTTPS_PROXY) ?? textOf(env.https_proxy);
  if (proxy === undefined || protocol !== 'https:' || /^(localhost|127\..*|\[::1\])$/.test(hostname)) return undefined;
  const listed = (textOf(env.NO_PROXY) ?? textOf(env.no_proxy) ?? '').split(',').map((item) => item.trim().replace(/^\./, ''));
  const exempt = listed.some((item) => item === '*' || (item !== '' && `.${hostname}`.endsWith(`.${item}`)));
  return exempt ? undefined : proxy;
}

/** `<name>-data` in base64, or the file named by `<name>`. */
function pem({ fields, dir }: Entry, name: string): string | undefined {
  const [data, path] = [textOf(fields[`${name}-data`]), textOf(fields[name])];
  if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8');
  return path === undefined ? undefined : readText(resolve(dir, path));
}

function entryOf(entries: ReadonlyMap<string, Entry>, what: string, name: string): Entry {
  const entry = entries.get(name);
  if (entry !== undefined) return entry;
  const nearest = nearestName(name, entries.keys());
  throw invalid(`${what} ${name}`, 'the kubeconfig has no such entry', 'Choose one that is there.', {
    expected: [...entries.keys()].join(', ') || 'at least one entry',
    ...(nearest === undefined ? {} : { nearest }),
  });
}

/** Reads a file named in the kubeconfig. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw invalid(path, `the file cannot be read: ${messageOf(error)}`, 'Check the path and its permissions.');
  }
}

type Code = 'KUBECONFIG_MISSING' | 'KUBECONFIG_INVALID' | 'AUTH_UNSUPPORTED';
type More = { readonly expected?: string; readonly nearest?: string };
const problem = (code: Code, subject: string, message: string, remedy: string, more: More = {}) =>
  new ServingError([{ code, subject, message, remedy, ...more }]);
const invalid = (subject: string, message: string, remedy: string, more?: More) =>
  problem('KUBECONFIG_INVALID', subject, message, remedy, more);
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});
