import { ApiError } from '../../client/errors';
import type { Problem } from '../../errors/problem';
import { listAt, textAt } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import type { Run } from '../model/engine';
import type { Looked, Wanted } from './references';

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
  try {
    return await api.get({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', name });
  } catch (error) {
    if (error instanceof ApiError && (error.status === 403 || error.status === 401)) return 'unknown';
    throw error;
  }
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
