import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Connection, type KubeconfigOptions, loadConnection } from '../../lib/client';
import { ServingError } from '../../lib/errors/problem';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const file = (name: string, content: unknown): string => {
  const path = join(dir, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};
const config = (user: object = {}, cluster: object = {}, context: object = {}) => ({
  'current-context': 'c',
  contexts: [{ name: 'c', context: { cluster: 'k', user: 'u', ...context } }],
  clusters: [{ name: 'k', cluster: { server: 'https://api.example:6443', ...cluster } }],
  users: [{ name: 'u', user }],
});
const load = (content: unknown, options: KubeconfigOptions = {}): Connection =>
  loadConnection({ kubeconfig: file('config', content), env: {}, ...options });
const problem = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error instanceof ServingError ? error.problems[0] : error;
  }
  return undefined;
};
const base64 = (text: string): string => Buffer.from(text).toString('base64');

it('reads the current context, with its defaults', () => {
  expect(load(config())).toEqual({ server: 'https://api.example:6443', namespace: 'default', context: 'c', auth: {} });
  expect(load(config({}, { server: 'https://x/k8s/' }, { namespace: 'fraud' }))).toMatchObject({
    server: 'https://x/k8s',
    namespace: 'fraud',
  });
});

it('reads YAML as kubectl writes it', () => {
  const yaml =
    'apiVersion: v1\ncurrent-context: c\ncontexts:\n- name: c\n  context: {cluster: k}\nclusters:\n- name: k\n  cluster:\n    server: https://y\n';
  expect(load(yaml)).toMatchObject({ server: 'https://y', auth: {} });
});

it('merges the files of KUBECONFIG: the first that has something wins, missing files do not matter', () => {
  const first = file('a/one', {
    contexts: [{ name: 'c', context: { cluster: 'k', user: 'u', namespace: 'one' } }],
    users: [{ name: 'u', user: { tokenFile: 'token' } }],
  });
  const second = file('b/two', config({ token: 'no' }, { 'certificate-authority': 'ca.pem' }, { namespace: 'two' }));
  file('b/ca.pem', 'CA');
  const KUBECONFIG = [join(dir, 'missing'), first, second].join(delimiter);
  expect(loadConnection({ env: { KUBECONFIG } })).toEqual({
    server: 'https://api.example:6443',
    namespace: 'one',
    context: 'c',
    ca: 'CA',
    auth: { tokenFile: join(dir, 'a/token') },
  });
});

it('prefers the file handed in, which has to be there, and the context handed in', () => {
  const other = { ...config(), contexts: [...config().contexts, { name: 'd', context: { cluster: 'k', namespace: 'd' } }] };
  expect(load(other, { context: 'd', env: { KUBECONFIG: join(dir, 'missing') } })).toMatchObject({
    context: 'd',
    namespace: 'd',
    auth: {},
  });
  expect(problem(() => loadConnection({ kubeconfig: join(dir, 'missing'), env: {} }))).toMatchObject({
    code: 'KUBECONFIG_INVALID',
    subject: join(dir, 'missing'),
  });
});

it('reads certificates as data or from files beside the kubeconfig; data wins', () => {
  file('cert.pem', 'CERT');
  file('key.pem', 'KEY');
  expect(load(config({ 'client-certificate': 'cert.pem', 'client-key': 'key.pem' })).auth).toEqual({ cert: 'CERT', key: 'KEY' });
  const both = config({
    'client-certificate': 'cert.pem',
    'client-certificate-data': base64('C2'),
    'client-key-data': base64('K2'),
  });
  expect(load(both).auth).toEqual({ cert: 'C2', key: 'K2' });
});

it('reads tokens, passwords, impersonation and everything about TLS', () => {
  expect(load(config({ token: 't' })).auth).toEqual({ token: 't' });
  expect(load(config({ username: 'u', password: 'p', as: 'other' })).auth).toEqual({
    basic: { username: 'u', password: 'p' },
    impersonate: 'other',
  });
  const cluster = {
    'certificate-authority-data': base64('CA'),
    'tls-server-name': 'n',
    'insecure-skip-tls-verify': true,
    'proxy-url': 'http://p:1',
  };
  expect(load(config({}, cluster))).toMatchObject({ ca: 'CA', serverName: 'n', insecure: true, proxy: 'http://p:1' });
});

it('reads exec plugins, with the cluster when they want it', () => {
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: './plugin',
    args: ['a', 1],
    env: [{ name: 'X', value: 'y' }],
    provideClusterInfo: true,
    interactiveMode: 'IfAvailable',
    installHint: 'install it',
  };
  expect(load(config({ exec }, { 'certificate-authority-data': base64('CA') })).auth.exec).toEqual({
    apiVersion: 'client.authentication.k8s.io/v1',
    command: './plugin',
    args: ['a', '1'],
    env: { X: 'y' },
    dir,
    interactive: false,
    installHint: 'install it',
    cluster: { server: 'https://api.example:6443', 'certificate-authority-data': base64('CA') },
  });
});

it.each([
  [{}, undefined],
  [{ HTTPS_PROXY: 'http://p:1' }, 'http://p:1'],
  [{ https_proxy: 'http://p:1', NO_PROXY: 'other.example' }, 'http://p:1'],
  [{ HTTPS_PROXY: 'http://p:1', NO_PROXY: 'a, .example' }, undefined],
  [{ HTTPS_PROXY: 'http://p:1', NO_PROXY: 'api.example' }, undefined],
  [{ HTTPS_PROXY: 'http://p:1', no_proxy: '*' }, undefined],
])('takes the proxy from the environment: %j → %s', (env, expected) => {
  expect(load(config(), { env }).proxy).toBe(expected);
});

it('never sends loopback through a proxy', () => {
  expect(load(config({}, { server: 'https://127.0.0.1:1' }), { env: { HTTPS_PROXY: 'http://p:1' } }).proxy).toBeUndefined();
});

it('uses the service account inside a pod, only without a kubeconfig', () => {
  file('account/token', 'T');
  file('account/ca.crt', 'CA');
  file('account/namespace', 'fraud\n');
  const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443', KUBECONFIG: join(dir, 'missing') };
  expect(loadConnection({ env, serviceAccount: join(dir, 'account') })).toEqual({
    server: 'https://[fd00::1]:6443',
    namespace: 'fraud',
    context: 'in-cluster',
    ca: 'CA',
    auth: { tokenFile: join(dir, 'account/token') },
  });
  expect(load(config(), { env }).context).toBe('c');
});

it.each<[string, unknown, KubeconfigOptions, object]>([
  [
    'a context that is not there',
    config(),
    { context: 'cc' },
    { code: 'KUBECONFIG_INVALID', subject: 'context cc', expected: 'c', nearest: 'c' },
  ],
  ['no context at all', { ...config(), 'current-context': '' }, {}, { code: 'KUBECONFIG_INVALID' }],
  ['a cluster that is not there', { ...config(), clusters: [] }, {}, { code: 'KUBECONFIG_INVALID', subject: 'cluster k' }],
  ['a user that is not there', { ...config(), users: [] }, {}, { code: 'KUBECONFIG_INVALID', subject: 'user u' }],
  ['a server that is no URL', config({}, { server: 'api' }), {}, { code: 'KUBECONFIG_INVALID', subject: 'cluster k' }],
  ['a file that is not there', config({ 'client-certificate': 'none.pem' }), {}, { code: 'KUBECONFIG_INVALID' }],
  ['a proxy that is not HTTP', config({}, { 'proxy-url': 'socks5://p:1' }), {}, { code: 'AUTH_UNSUPPORTED' }],
  ['an auth-provider', config({ 'auth-provider': { name: 'gcp' } }), {}, { code: 'AUTH_UNSUPPORTED', subject: 'user u' }],
  ['groups to act as', config({ as: 'x', 'as-groups': ['y'] }), {}, { code: 'AUTH_UNSUPPORTED' }],
  [
    'an old plugin',
    config({ exec: { apiVersion: 'client.authentication.k8s.io/v1alpha1', command: 'x' } }),
    {},
    { code: 'AUTH_UNSUPPORTED' },
  ],
  [
    'a certificate without its key',
    config({ 'client-certificate-data': base64('C') }),
    {},
    { code: 'KUBECONFIG_INVALID', subject: 'user u' },
  ],
])('refuses %s', (_, content, options, expected) => {
  expect(problem(() => load(content, options))).toMatchObject(expected);
});

it('says where a file is not YAML, without quoting it', () => {
  const error = problem(() => load('users:\n- name: u\n  user: {token: s3cr3t\n'));
  expect(error).toMatchObject({ code: 'KUBECONFIG_INVALID', subject: join(dir, 'config') });
  expect(JSON.stringify(error)).not.toContain('s3cr3t');
});

it('says that nothing is configured', () => {
  expect(problem(() => loadConnection({ env: { KUBECONFIG: join(dir, 'missing') } }))).toMatchObject({
    code: 'KUBECONFIG_MISSING',
  });
});
