import { type Problem, ServingError } from '../../errors/problem';
import { named, uidOf } from '../../kube/address';
import type { KubeObject } from '../../kube/object';
import type { Engine } from '../model/engine';
import { type HelmRevision, helmRevisionFrom } from './helm-revision';

/** What happens to Helm's record once its release is adopted. */
export type HelmRecordEnd = 'park' | 'delete' | 'keep';

/** The label that Helm finds its records by, and the value that hides them from it. */
const OWNER = 'owner';
const PARKED = 'helm-parked';

/** A Helm release: its live revision, and the Secrets of all revisions. */
export interface HelmRelease {
  readonly deployed: HelmRevision;
  readonly secrets: readonly KubeObject[];
}

/** Names that label selectors, and Helm, accept. */
const NAME = /^[a-z0-9]([-a-z0-9.]{0,51}[a-z0-9])?$/;

/**
 * Reads Helm's record of a release. Returns undefined when there is none.
 * @throws ServingError with HELM_RECORD when the record is damaged, or another helm is at work.
 */
export async function readHelmRelease({ api }: Engine, name: string, namespace: string): Promise<HelmRelease | undefined> {
  if (!NAME.test(name)) return undefined;
  const { items } = await api.list({
    apiVersion: 'v1',
    kind: 'Secret',
    namespace,
    labelSelector: `${OWNER}=helm,name=${name}`,
  });
  if (items.length === 0) return undefined;
  const newest = newestOf(items);
  const last = readable(newest, name, namespace);
  if (last.status.startsWith('pending-') || last.status === 'uninstalling')
    throw recordProblem(
      `${namespace}/${name}`,
      `revision ${last.revision} is ${last.status}: another helm is at work, or was killed`,
      `Wait for it, or end it with \`helm rollback ${name} -n ${namespace}\`.`,
    );
  const live = items.filter(({ metadata }) => metadata.labels?.status === 'deployed');
  const current = live.length === 0 ? newest : newestOf(live);
  return { deployed: current === newest ? last : readable(current, name, namespace), secrets: items };
}

/** Hides Helm's records from Helm, or deletes them. Reports the result. */
export async function endHelmRecords({ api }: Engine, { deployed, secrets }: HelmRelease, end: HelmRecordEnd): Promise<Problem> {
  const { name, namespace } = deployed;
  const told = (message: string, remedy: string): Problem => ({
    code: 'HELM_RECORD_ENDED',
    subject: `${namespace}/${name}`,
    message,
    remedy,
  });
  if (end === 'keep')
    return told(
      'the record of Helm is still there, so that `helm uninstall` would delete the objects of this release',
      'Park it: run `serving adopt` again with --helm-record park.',
    );
  for (const secret of secrets) {
    const { uid } = secret.metadata;
    if (end === 'delete') await api.remove(named(secret), uidOf(secret));
    else await api.merge(named(secret), { metadata: { uid, labels: { [OWNER]: PARKED } } });
  }
  if (end === 'delete')
    return told('the record of Helm is deleted', 'Use `serving rollback` and `serving uninstall` from now on.');
  return told(
    'the record of Helm is parked: helm does not find the release any more',
    `\`kubectl label secret -n ${namespace} -l owner=${PARKED},name=${name} owner=helm --overwrite\` gives it back.`,
  );
}

function readable(secret: KubeObject, name: string, namespace: string): HelmRevision {
  const found = helmRevisionFrom(secret);
  if (found !== undefined && found.name === name && found.namespace === namespace) return found;
  const message = found === undefined ? 'cannot be read' : `is the record of ${found.namespace}/${found.name}`;
  throw recordProblem(
    `Secret/${secret.metadata.name}`,
    message,
    'Adopt the objects without the record of Helm: `serving apply --adopt`.',
  );
}

function newestOf(secrets: readonly KubeObject[]): KubeObject {
  return secrets.reduce((one, other) => (versionOf(other) > versionOf(one) ? other : one));
}

function versionOf({ metadata }: KubeObject): number {
  const version = Number(metadata.labels?.version ?? metadata.name.replace(/^.*\.v/, ''));
  return Number.isSafeInteger(version) ? version : 0;
}

function recordProblem(subject: string, message: string, remedy: string): ServingError {
  return new ServingError([{ code: 'HELM_RECORD', subject, message, remedy }]);
}
