import { isDeepStrictEqual } from 'node:util';
import type { ProblemCode } from '../errors/codes';
import { EXCEPTION_PREFIX } from '../kube/contract';
import type { HealthChecks } from '../kube/probes';
import type { SecurityOptions } from '../kube/security';

/** An exception to a rule for one kind of object of a component: a rule of `serving check`, or of a linter. */
export type Exception = ExceptedObject & (ServingException | LinterException);

interface ExceptedObject {
  /** Kind of the object. */
  readonly kind: string;
  /** Name of a single object. @default - all objects of the kind */
  readonly object?: string;
  /** Why the rule does not apply here, in one sentence. */
  readonly reason: string;
}

interface ServingException {
  readonly tool: 'serving';
  /** Rule ID, as shown in findings. */
  readonly check: RuleId;
  /** Last day on which the exception is valid; after it, checks fail. @default - no expiry */
  readonly until?: `${number}-${number}-${number}`;
}

interface LinterException {
  readonly tool: 'kube-score' | 'checkov';
  /** The linter's own rule ID: `container-image-pull-policy`, `CKV_K8S_43`. */
  readonly check: string;
}

/** Rule ID: its code in lower case, `pod-security`. */
export type RuleId = Kebab<ProblemCode>;

type Kebab<Code extends string> = Code extends `${infer Head}_${infer Tail}`
  ? `${Lowercase<Head>}-${Kebab<Tail>}`
  : Lowercase<Code>;

/** Renders exceptions as the annotations that checks and linters read. */
export function exceptionAnnotations(exceptions: readonly Exception[]): Record<string, string> {
  const score = exceptions.filter(({ tool }) => tool === 'kube-score').map(({ check }) => check);
  const checkov = exceptions.filter(({ tool }) => tool === 'checkov').map(({ check, reason }) => `${check}=${reason}`);
  const own = exceptions.flatMap((exception) => {
    if (exception.tool !== 'serving') return [];
    const { check, reason, until } = exception;
    return [[`${EXCEPTION_PREFIX}${check}`, until === undefined ? reason : `${reason} (until ${until})`]];
  });
  return {
    ...Object.fromEntries(own),
    ...(score.length === 0 ? {} : { 'kube-score/ignore': score.sort().join(',') }),
    ...Object.fromEntries(checkov.sort().map((text, index) => [`checkov.io/skip${index + 1}`, text])),
  };
}

/** Exceptions for linters that object to image tags or to pull policies other than `Always`, with this library's reasons. */
export function imageExceptions(kind: string, images: readonly string[], pullPolicy: string): readonly Exception[] {
  const pulled = 'a tag names one version, and pulling it at each start would make a registry outage a serving outage';
  const tagged = 'the tag names the version that was tested; give a digest where the registry lets tags be overwritten';
  return [
    ...(pullPolicy === 'Always'
      ? []
      : ([
          { tool: 'kube-score', check: 'container-image-pull-policy', kind, reason: pulled },
          { tool: 'checkov', check: 'CKV_K8S_15', kind, reason: pulled },
        ] as const)),
    ...(images.every((image) => image.includes('@'))
      ? []
      : ([{ tool: 'checkov', check: 'CKV_K8S_43', kind, reason: tagged }] as const)),
  ];
}

/** Linters treat user IDs below this as users of the node. */
const FIRST_OWN_USER = 10_000;

/** Exceptions for linters that object to an image with a low user ID. */
function userExceptions(kind: string, security: SecurityOptions): readonly Exception[] {
  const { runAsUser = FIRST_OWN_USER, runAsGroup = FIRST_OWN_USER } = security;
  if (Math.min(runAsUser, runAsGroup) >= FIRST_OWN_USER) return [];
  const reason = 'the image is made for this user, who owns its directories';
  return [
    { tool: 'kube-score', check: 'container-security-context-user-group-id', kind, reason },
    ...(runAsUser >= FIRST_OWN_USER ? [] : ([{ tool: 'checkov', check: 'CKV_K8S_40', kind, reason }] as const)),
  ];
}

/** Exceptions for a writable root filesystem, if a reason is given. */
function writableRootExceptions(kind: string, writable: boolean | { readonly reason: string } | undefined): readonly Exception[] {
  if (typeof writable !== 'object') return [];
  const { reason } = writable;
  return [
    { tool: 'serving', check: 'writable-root', kind, reason },
    { tool: 'kube-score', check: 'container-security-context-readonlyrootfilesystem', kind, reason },
    { tool: 'checkov', check: 'CKV_K8S_22', kind, reason },
  ];
}

/** Exceptions for added capabilities: the restricted level allows none but one. */
function capabilityExceptions(kind: string, capabilities: SecurityOptions['capabilities']): readonly Exception[] {
  if (capabilities === undefined) return [];
  const { reason } = capabilities;
  return [
    { tool: 'serving', check: 'pod-security', kind, reason },
    { tool: 'checkov', check: 'CKV_K8S_25', kind, reason },
  ];
}

/** Exceptions for a server that is asked the same for readiness and liveness. */
export function probeExceptions(kind: string, { ready, live }: HealthChecks): readonly Exception[] {
  if (!isDeepStrictEqual(ready, live)) return [];
  const reason = 'without a health route the open port is all there is to ask';
  return [{ tool: 'kube-score', check: 'pod-probes-identical', kind, reason }];
}

/** Exceptions for what the security options relax with a reason. */
export function relaxedExceptions(kind: string, security: SecurityOptions = {}): readonly Exception[] {
  return [...writableRootExceptions(kind, security.writableRootFilesystem), ...capabilityExceptions(kind, security.capabilities)];
}

/** The same, and those for a low user id. */
export function securityExceptions(kind: string, security: SecurityOptions): readonly Exception[] {
  return [...userExceptions(kind, security), ...relaxedExceptions(kind, security)];
}
