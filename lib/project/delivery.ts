import { type Problem, ServingError } from '../errors/problem';
import { isDnsLabel } from '../kube/names';
import type { AnyEnvironment } from './environment';

/** Agents that apply the manifests: `serving apply`, or an agent in the cluster. */
export const DELIVERY_AGENTS = ['direct', 'argocd', 'flux'] as const;
/** `direct`: `serving apply`. `argocd` and `flux`: an agent that pulls from Git or a registry. */
export type DeliveryAgent = (typeof DELIVERY_AGENTS)[number];

/** Rendered manifests in a Git repository. */
export interface GitSource {
  /** URL that the agent clones, `https://git.company.com/ml/serving`. */
  readonly git: string;
  /** Branch that the agent follows. @default 'main' */
  readonly branch?: string;
  /** Output directory of `synth` in the repository. @default 'dist' */
  readonly directory?: string;
}

/** Rendered manifests in an OCI registry, one repository per stack, as pushed by `serving push`. */
export interface OciSource {
  /** Registry and path prefix of the stacks, `oci://registry.company.com/ml`. */
  readonly oci: string;
  /** Tag that the agent follows. @default - the name of the environment */
  readonly tag?: string;
}

/** How rendered manifests reach the clusters. */
export interface Delivery {
  /** Agent that applies the manifests. @default 'direct' */
  readonly agent?: DeliveryAgent;
  /** Source that the agent reads. */
  readonly source: GitSource | OciSource;
  /** Name prefix of the agent's objects. @default - the last part of the source */
  readonly name?: string;
  /** Namespace of the agent's objects. @default 'argocd' or 'flux-system' */
  readonly namespace?: string;
  /** ServiceAccount that Flux impersonates in the stack's namespace. @default - Flux's own */
  readonly serviceAccount?: string;
  /** Secret with the public key that must have signed the artifacts; only for Flux with a registry. @default - not verified */
  readonly verifySecret?: string;
  /** API servers by environment, as known to Argo CD. @default - the cluster of Argo CD */
  readonly clusters?: Readonly<Record<string, string>>;
}

/** A delivery with all defaults filled in. */
export interface ResolvedDelivery extends Delivery {
  readonly agent: DeliveryAgent;
  readonly name: string;
  readonly namespace: string;
}

/** Resolves the delivery of a project; the command line may set the agent. Throws all problems together. */
export function resolveDelivery(
  delivery: Delivery | undefined,
  override: DeliveryAgent | undefined,
  environments: readonly AnyEnvironment[],
): ResolvedDelivery | undefined {
  const agent = override ?? delivery?.agent ?? 'direct';
  if (agent === 'direct') return undefined;
  if (delivery === undefined) {
    const expected = "delivery: { source: { git: 'https://…' } } or { oci: 'oci://…' }";
    const message = `${agent} needs to know where the manifests are`;
    const remedy = 'Add it to defineProject.';
    throw new ServingError([{ code: 'DELIVERY_INVALID', subject: 'delivery.source', message, expected, remedy }]);
  }
  const { source } = delivery;
  const url = 'git' in source ? source.git : source.oci;
  const name = delivery.name ?? nameOf(url);
  const problems = [...sourceProblems(url, 'git' in source), ...nameProblems(name, delivery, environments)];
  if (problems.length > 0) throw new ServingError(problems);
  return { ...delivery, agent, name, namespace: delivery.namespace ?? (agent === 'argocd' ? 'argocd' : 'flux-system') };
}

function nameOf(url: string): string {
  const last = url.replace(/\/+$/, '').split(/[/:]/).at(-1) ?? '';
  return last
    .replace(/\.git$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-');
}

function sourceProblems(url: string, git: boolean): readonly Problem[] {
  // The URL appears in manifests, so a password in it would too.
  const valid = git ? /^(https?|ssh):\/\/(?:[A-Za-z0-9._-]+@)?[^\s@/]+\/\S+$/ : /^oci:\/\/[^\s@/]+\/[^\s@:]+$/;
  if (valid.test(url) && !/^https?:\/\/[^/]*@/.test(url)) return [];
  const expected = git ? 'https:// or ssh:// without credentials' : 'oci://registry/path without tag';
  const path = git ? 'source.git' : 'source.oci';
  return [{ code: 'DELIVERY_INVALID', subject: 'delivery', path, message: 'invalid URL', expected, remedy: 'Correct the URL.' }];
}

function nameProblems(name: string, { clusters = {} }: Delivery, environments: readonly AnyEnvironment[]): readonly Problem[] {
  const known = environments.map((one) => one.name);
  const subject = 'delivery';
  const code = 'DELIVERY_INVALID';
  return [
    ...(isDnsLabel(name)
      ? []
      : [{ code, subject, path: 'name', message: 'not a DNS label', got: name, remedy: 'Set delivery.name.' } as const]),
    ...Object.keys(clusters)
      .filter((one) => !known.includes(one))
      .map((one): Problem => {
        const expected = known.join(', ');
        return {
          code,
          subject,
          path: 'clusters',
          message: 'unknown environment',
          got: one,
          expected,
          remedy: 'Correct the name.',
        };
      }),
    ...(known.includes('gitops')
      ? [{ code, subject, message: 'an environment has the name of the output directory gitops', remedy: 'Rename it.' } as const]
      : []),
  ];
}
