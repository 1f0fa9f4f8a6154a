import type { KindSelector } from '../../client/api';
import type { Problem } from '../../errors/problem';
import { listAt, textAt } from '../../kube/fields';
import { displayName, type KubeObject } from '../../kube/object';
import { quantityValue } from '../../kube/quantity';
import type { Run } from '../model/engine';
import type { Plan } from '../model/plan';
import type { Looked, Wanted } from './references';
import { unread } from './unread';

/** A live PVC and its references. */
interface Claimed {
  readonly wanted: Wanted;
  readonly claim: KubeObject;
}

const STATIC = 'kubernetes.io/no-provisioner';

/**
 * PVCs in the cluster that the pods of a plan cannot all mount, or that will never be bound. A PVC that waits for its first pod
 * or for its provisioner is not reported.
 */
export async function claimProblems(run: Run, claimed: readonly Claimed[]): Promise<Looked> {
  const pending = claimed.filter(({ claim }) => textAt(claim, 'status', 'phase') === 'Pending');
  const classes = new Map(
    await Promise.all(
      [...new Set(pending.flatMap(({ claim }) => textAt(claim, 'spec', 'storageClassName') || []))].map(
        async (name) => [name, await classOf(run, name)] as const,
      ),
    ),
  );
  return {
    problems: [...pending.flatMap((one) => unbound(one, classes)), ...claimed.flatMap(exclusive)],
    warnings: claimed.flatMap(shared),
  };
}

async function classOf({ api }: Run, name: string): Promise<KubeObject | undefined | 'unknown'> {
  const found = await api.get({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', name }).catch(unread);
  return typeof found === 'string' ? 'unknown' : found;
}

/**
 * PVCs that an earlier StatefulSet has left, which the pods of a new one will mount although they are smaller than its template
 * requests: the controller creates only missing PVCs, and changes none.
 */
export async function claimsLeft(run: Run, planned: Plan): Promise<readonly Problem[]> {
  const created = planned.objects.flatMap(({ action, manifest }) =>
    manifest?.kind === 'StatefulSet' && (action === 'create' || action === 'replace') ? [manifest] : [],
  );
  const claiming = created.filter((one) => listAt(one, 'spec', 'volumeClaimTemplates').length > 0);
  const namespaces = [...new Set(claiming.map(({ metadata }) => metadata.namespace ?? planned.namespace))];
  const lists = await Promise.all(namespaces.map((namespace) => readable(run, { ...CLAIM, namespace })));
  return claiming.flatMap((object) => {
    const namespace = object.metadata.namespace ?? planned.namespace;
    const live = lists[namespaces.indexOf(namespace)] ?? [];
    return listAt(object, 'spec', 'volumeClaimTemplates').flatMap((template, index) => {
      const start = `${textAt(template, 'metadata', 'name')}-${object.metadata.name}-`;
      const left = live.filter(({ metadata: { name } }) => name.startsWith(start) && /^\d+$/.test(name.slice(start.length)));
      const [wanted, path] = [textAt(template, ...SIZE) ?? '0', `spec.volumeClaimTemplates[${index}].${SIZE.join('.')}`];
      const smaller = left.filter((claim) => quantityValue(sizeOf(claim)) < quantityValue(wanted));
      const [first] = smaller;
      if (first === undefined) return [];
      const names = smaller.map(({ metadata }) => metadata.name).join(', ');
      const message = `its pods mount the existing ${names}, smaller than its template requests`;
      const remedy = 'Enlarge these claims, if their StorageClass allows it, or delete them when their data is not needed.';
      const subject = displayName(object);
      return [{ code: 'CLAIM_KEEPS_SIZE', subject, path, message, got: sizeOf(first), expected: wanted, remedy }];
    });
  });
}

const CLAIM = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' } as const;
const SIZE = ['spec', 'resources', 'requests', 'storage'] as const;

/** The size a PVC has, or will have when it is bound. */
const sizeOf = (claim: KubeObject): string => textAt(claim, 'status', 'capacity', 'storage') ?? textAt(claim, ...SIZE) ?? '0';

async function readable({ api }: Run, place: KindSelector): Promise<readonly KubeObject[]> {
  const listed = await api.list(place).catch(unread);
  return typeof listed === 'string' ? [] : listed.items;
}

function unbound(
  { wanted, claim }: Claimed,
  classes: ReadonlyMap<string, KubeObject | undefined | 'unknown'>,
): readonly Problem[] {
  const name = textAt(claim, 'spec', 'storageClassName') ?? '';
  const storage = classes.get(name);
  if (storage === 'unknown') return [];
  const remedy = 'Create a volume for it, or give it a class that provisions one.';
  const say = (why: string) => [
    { ...problem(wanted, `is not bound to a volume, and ${why}`, 'Pending', remedy), code: 'REFERENCE_MISSING' as const },
  ];
  if (name === '') return say('it has no class that would provision one');
  if (storage === undefined) return say(`there is no StorageClass ${name}`);
  // A manually created volume may still appear, and such a PVC may wait for its pod.
  const waits = textAt(storage, 'volumeBindingMode') === 'WaitForFirstConsumer';
  return textAt(storage, 'provisioner') === STATIC && !waits ? say(`nothing provisions volumes of StorageClass ${name}`) : [];
}

const modesOf = (claim: KubeObject) => listAt(claim, 'spec', 'accessModes').map(String);

/** Several pods with a single-pod PVC. */
function exclusive({ wanted, claim }: Claimed): readonly Problem[] {
  const modes = modesOf(claim);
  if (wanted.pods <= 1 || !modes.includes('ReadWriteOncePod')) return [];
  return [
    problem(wanted, `takes one pod, and there are to be ${wanted.pods}`, 'ReadWriteOncePod', 'Use ReadWriteMany, or one pod.'),
  ];
}

/** Several pods with a single-node PVC: works only while they happen to be on that node. */
function shared({ wanted, claim }: Claimed): readonly Problem[] {
  const modes = modesOf(claim);
  if (wanted.pods <= 1 || modes.length === 0 || !modes.every((mode) => mode === 'ReadWriteOnce')) return [];
  const message = `can be mounted on one node, and ${wanted.pods} pods are to mount it`;
  return [problem(wanted, message, 'ReadWriteOnce', 'Use ReadOnlyMany or ReadWriteMany, or keep the pods on one node.')];
}

function problem({ subject, path, name }: Wanted, what: string, got: string, remedy: string): Problem {
  return { code: 'CLAIM_NOT_SHARED', subject, path, message: `PersistentVolumeClaim ${name} ${what}`, got, remedy };
}
