import { GATE_SUPPORT_ANNOTATION } from '../../kube/contract';
import { contentHash, joinName } from '../../kube/names';
import type { KubeObject } from '../../kube/object';
import type { ResolvedDelivery } from '../../project/delivery';
import type { StackPlace } from './argocd';
import { annotated, type GateRole, withCandidateUrl } from './gates';

const KUSTOMIZE = 'kustomize.toolkit.fluxcd.io/v1';
const SOURCE = 'source.toolkit.fluxcd.io/v1';
/** How often Flux checks for a new version, and corrects drift. */
const INTERVAL = { source: '1m', stack: '10m' };

/**
 * Prepares a gate's object for Flux. Flux has no hooks, and a finished Job cannot be changed. The Job's name is therefore derived
 * from the whole stack, so that each change to the stack runs the gate again. The Job stays, because Flux would recreate it.
 */
export function forFlux(object: KubeObject, role: GateRole | undefined, stackHash: string): KubeObject {
  if (role === undefined) return object;
  const name = joinName(role.job.replace(/-[0-9a-f]{10}$/, ''), contentHash([role.job, stackHash]));
  if (!role.isJob) return annotated(object, { [GATE_SUPPORT_ANNOTATION]: name });
  const { spec, ...rest } = role.phase === 'candidate' ? withCandidateUrl(object) : object;
  const { ttlSecondsAfterFinished: _ttl, ...kept } = spec as Readonly<Record<string, unknown>>;
  const { apiVersion, kind, metadata } = object;
  return { ...rest, apiVersion, kind, metadata: { ...metadata, name }, spec: kept };
}

/** Renders the source and Kustomizations of a stack: its gates, the stack, and the gates after it, in dependency order. */
export function fluxObjects(
  place: StackPlace,
  delivery: ResolvedDelivery,
  gates: { readonly before: boolean; readonly after: boolean },
): readonly KubeObject[] {
  const { environment, stack } = place;
  const name = joinName(delivery.name, stack, environment);
  const [first, last] = [joinName(name, 'gates'), joinName(name, 'after')];
  const one = (own: string, path: string, waitFor: string | undefined) => kustomization(own, path, waitFor, place, delivery);
  return [
    ...('oci' in delivery.source ? [ociRepository(name, place, delivery)] : []),
    ...(gates.before ? [one(first, 'gates', undefined)] : []),
    one(name, '', gates.before ? first : undefined),
    ...(gates.after ? [one(last, 'gates/after', name)] : []),
  ];
}

/** Renders the Git repository of all stacks in an environment; undefined if the source is a registry. */
export function gitRepository(environment: string, { source, name, namespace }: ResolvedDelivery): KubeObject | undefined {
  if (!('git' in source)) return undefined;
  const { git, branch = 'main', directory = 'dist' } = source;
  return {
    apiVersion: SOURCE,
    kind: 'GitRepository',
    metadata: { name: joinName(name, environment), namespace },
    spec: {
      interval: INTERVAL.source,
      url: git,
      ref: { branch },
      // Commits outside the environment's directory create no new version of it.
      ignore: `/*\n!/${directory.split('/')[0] ?? directory}\n`,
    },
  };
}

function ociRepository(name: string, { environment, stack }: StackPlace, delivery: ResolvedDelivery): KubeObject {
  const { source, namespace, verifySecret } = delivery;
  const { oci, tag = environment } = 'oci' in source ? source : { oci: '' };
  const verify = verifySecret === undefined ? {} : { verify: { provider: 'cosign', secretRef: { name: verifySecret } } };
  return {
    apiVersion: SOURCE,
    kind: 'OCIRepository',
    metadata: { name, namespace },
    spec: { interval: INTERVAL.source, url: `${oci}/${stack}`, ref: { tag }, ...verify },
  };
}

function kustomization(
  name: string,
  inner: string,
  waitFor: string | undefined,
  { environment, stack }: StackPlace,
  { source, namespace, name: project, serviceAccount }: ResolvedDelivery,
): KubeObject {
  const top = 'git' in source ? `./${source.directory ?? 'dist'}/${environment}/${stack}` : '.';
  const sourceRef =
    'git' in source
      ? { kind: 'GitRepository', name: joinName(project, environment) }
      : { kind: 'OCIRepository', name: joinName(project, stack, environment) };
  return {
    apiVersion: KUSTOMIZE,
    kind: 'Kustomization',
    metadata: { name, namespace },
    spec: {
      interval: INTERVAL.stack,
      sourceRef,
      path: inner === '' ? (top === '.' ? './' : top) : `${top}/${inner}`,
      prune: true,
      // Ready only when every object is, so that dependents wait for the rollout.
      wait: true,
      timeout: '30m',
      ...(waitFor === undefined ? {} : { dependsOn: [{ name: waitFor }] }),
      ...(serviceAccount === undefined ? {} : { serviceAccountName: serviceAccount }),
    },
  };
}
