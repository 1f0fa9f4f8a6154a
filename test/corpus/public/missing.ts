import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Problem } from '../../../lib/errors/problem';
import { versionOfReferred } from '../../../lib/release/preflight/object-references';
import type { TestCluster } from '../../harness/cluster';

const ABSENT = /^there is no (\w+) (\S+?)(?: in namespace (\S+))?$/;
const NO_KEY = /^(\w+) (\S+?)(?: in namespace (\S+))? has no key (.+)$/;

/** What a kind needs besides its name. The control plane has a provisioner of `kubernetes.io/host-path`. */
const CONTENT: Readonly<Record<string, object>> = {
  StorageClass: { provisioner: 'kubernetes.io/host-path' },
  PriorityClass: { value: 1000 },
  RuntimeClass: { handler: 'simulated' },
  IngressClass: { spec: { controller: 'example.com/simulated' } },
  GatewayClass: { spec: { controllerName: 'example.com/simulated' } },
  Service: { spec: { ports: [{ port: 80 }] } },
  PersistentVolumeClaim: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
  Gateway: { spec: { gatewayClassName: 'simulated', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] } },
  DeviceClass: { spec: {} },
  Secret: {},
  ConfigMap: {},
  ServiceAccount: {},
};

/** Creates what a plan has named as missing, by its words alone, as a user would. Returns what it created, `Secret/password`. */
export async function bringMissing(cluster: TestCluster, problems: readonly Problem[]): Promise<readonly string[]> {
  const keys = new Map<
    string,
    { readonly kind: string; readonly name: string; readonly namespace?: string; data: Set<string> }
  >();
  for (const { code, message } of problems) {
    if (code !== 'REFERENCE_MISSING') continue;
    const [, kind, name, namespace, list = ''] = ABSENT.exec(message) ?? NO_KEY.exec(message) ?? [];
    // What only its controller could fill, a user has to install.
    if (kind === undefined || name === undefined || CONTENT[kind] === undefined) continue;
    const known = keys.get(`${kind}/${namespace}/${name}`) ?? {
      kind,
      name,
      ...(namespace === undefined ? {} : { namespace }),
      data: new Set<string>(),
    };
    for (const key of list.split(', ').filter((one) => one !== '')) known.data.add(key);
    keys.set(`${kind}/${namespace}/${name}`, known);
  }
  if (keys.size === 0) return [];
  const objects = [...keys.values()].map(({ kind, name, namespace, data }) => ({
    apiVersion: versionOfReferred(kind),
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    ...CONTENT[kind],
    ...(kind === 'Secret' ? { stringData: Object.fromEntries([...data].map((key) => [key, 'simulated'])) } : {}),
    ...(kind === 'ConfigMap' ? { data: Object.fromEntries([...data].map((key) => [key, 'simulated'])) } : {}),
  }));
  const file = join(mkdtempSync(join(tmpdir(), 'brought-')), 'all.json');
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
  for (const namespace of new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? [])))
    await cluster.kubectl('create', 'namespace', namespace).catch(() => undefined);
  await cluster.kubectl('apply', '--server-side', '--field-manager=user', '--force-conflicts', '-f', file);
  return [...keys.values()].map(({ kind, name }) => `${kind}/${name}`);
}
