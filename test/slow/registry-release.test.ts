import { createHash, createPublicKey } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servingIn } from '../cli/run-serving';
import { hasCluster, startCluster, type TestCluster } from '../harness/cluster';
import { createSigningKey, missingTools, startRegistry, type TestRegistry } from '../harness/registry';

describe.skipIf(!hasCluster || missingTools.length > 0)('an artifact released to a cluster', () => {
  let cluster: TestCluster;
  let registry: TestRegistry;
  beforeAll(async () => {
    [cluster, registry] = await Promise.all([startCluster(), startRegistry()]);
  }, 180_000);
  afterAll(async () => {
    registry?.stop();
    await cluster?.down();
  });

  const serving = (...args: readonly string[]) =>
    servingIn({ env: { ...registry.login, KUBECONFIG: cluster.kubeconfig } }, ...args, '--ca-file', registry.ca);

  /** A release of one ConfigMap in a namespace of its own. */
  async function stack(name: string, annotations: Readonly<Record<string, string>> = {}) {
    await cluster.kubectl('create', 'namespace', name);
    const reference = `oci://${registry.host}/team/${name}`;
    const directory = (value: string) => {
      const path = join(registry.work, `${name}-${value}`);
      mkdirSync(path);
      const metadata = { name: 'settings', namespace: name, labels: { 'cdk8s-serving/release': name }, annotations };
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { value } };
      writeFileSync(join(path, 'settings.yaml'), JSON.stringify(object));
      return path;
    };
    const push = async (path: string, tag: string, ...more: readonly string[]) =>
      JSON.parse((await serving('push', path, `${reference}:${tag}`, '-o', 'json', ...more)).out).digest as string;
    const live = () =>
      cluster.kubectl('-n', name, 'get', 'configmap', 'settings', '--ignore-not-found', '-o', 'jsonpath={.data.value}');
    return { reference, directory, push, live };
  }

  it('is what its digest says, whatever the tag has come to name, and the history keeps the digest', async () => {
    const { reference, directory, push, live } = await stack('moving');
    const digest = await push(directory('one'), 'prod');
    await push(directory('two'), 'prod');
    const applied = await serving('apply', `${reference}:prod@${digest}`);
    expect([applied.code, await live()]).toEqual([0, 'one']);
    await serving('apply', `${reference}:prod`);
    expect(await live()).toBe('two');
    await serving('apply', `${reference}@${digest}`);
    expect(await live()).toBe('one');
    const { out } = await servingIn(
      { env: { KUBECONFIG: cluster.kubeconfig } },
      'history',
      'moving',
      '-n',
      'moving',
      '-o',
      'json',
    );
    expect(out.match(new RegExp(digest, 'g'))?.length).toBe(2);
  });

  it('has to be signed where its environment says so', async () => {
    const [key, pub] = await createSigningKey(registry.work, 'environment');
    const [strange, strangePub] = await createSigningKey(registry.work, 'elsewhere');
    const der = createPublicKey(readFileSync(pub)).export({ type: 'spki', format: 'der' });
    const fingerprint = `sha256:${createHash('sha256').update(der).digest('hex')}`;
    const { reference, directory, push, live } = await stack('signed', { 'cdk8s-serving/verify-key': fingerprint });
    const [one, two] = [directory('one'), directory('two')];
    await push(one, '1', '--sign-key', key);
    await push(two, '2', '--sign-key', strange);
    const refused = async (...args: readonly string[]) => {
      const { code, out, err } = await serving('apply', ...args);
      expect([args, code, `${out}${err}`]).toEqual([args, 3, expect.stringContaining('[SIGNATURE_REQUIRED]')]);
    };
    await refused(one);
    await refused(`${reference}:1`);
    await refused(`${reference}:2`, '--verify-key', strangePub);
    expect(await live()).toBe('');
    const deployed = await serving('apply', `${reference}:1`, '--verify-key', pub);
    expect([deployed.code, await live()]).toEqual([0, 'one']);

    await push(two, '3', '--sign-key', key);
    const saved = join(registry.work, 'plan.json');
    expect((await serving('plan', `${reference}:3`, '--verify-key', pub, '--save', saved)).code).toBe(2);
    await refused(saved);
    expect((await serving('apply', saved, '--verify-key', pub)).code).toBe(0);
    expect(await live()).toBe('two');
  });
});
