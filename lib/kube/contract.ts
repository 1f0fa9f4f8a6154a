/**
 * The contract between a directory of manifests and the release module. The two halves of the project share only this file;
 * any tool may write these labels and annotations, and a directory without them can also be released.
 */

/** The value of `app.kubernetes.io/managed-by`, the field manager of server-side apply, and the prefix of all keys below. */
export const TOOL = 'cdk8s-serving';

/** Label on every object: the release it belongs to. The release module lists and prunes by this label. */
export const RELEASE_LABEL = `${TOOL}/release`;

/**
 * Label on objects outside the release's own namespace, including cluster-scoped ones: the namespace of the release. A release is
 * identified by name and namespace; an object without this label belongs to a release in its own namespace. Added on apply.
 */
export const RELEASE_NAMESPACE_LABEL = `${TOOL}/release-namespace`;

/** Annotation on an object: `true` keeps it in the cluster when the manifests no longer have it, and on uninstall. */
export const KEEP_ANNOTATION = `${TOOL}/keep`;

/**
 * Annotation on the objects of a release: SHA-256 of the public key (DER) that must have signed the artifacts of the release,
 * `sha256:…`. The live value decides, so only an artifact signed with that key can name another key.
 */
export const VERIFY_KEY_ANNOTATION: string = `${TOOL}/verify-key`;

/**
 * Label on pods: the object they belong to. NetworkPolicies select pods by it but Services do not, so a candidate pod may call
 * the same peers as its server, but gets no traffic.
 */
export const POD_OF_LABEL = `${TOOL}/pod-of`;

/**
 * Annotation: the wave in which an object is applied, an integer as text; lower waves must be ready first.
 * Default: the order of the object's kind.
 */
export const WAVE_ANNOTATION = `${TOOL}/wave`;

/** Annotation on a Job: makes it a gate, and sets when it runs. */
export const GATE_ANNOTATION = `${TOOL}/gate`;

/**
 * - `before`: before any change of the release, also on install
 * - `candidate`: against one pod of the new version without traffic, before the rollout
 * - `after`: when the new version is ready, while the old state can still be restored
 */
export const GATE_PHASES = ['before', 'candidate', 'after'] as const;
/** When a gate runs: `before` any change, against a `candidate` pod, or `after` the rollout. */
export type GatePhase = (typeof GATE_PHASES)[number];

/** Annotation on an object that exists only for a gate Job (its ServiceAccount, its model file): the Job's name. */
export const GATE_SUPPORT_ANNOTATION = `${TOOL}/gate-support`;

/** Annotation on a gate Job: thresholds as JSON, judged by the release: `{"auc":{"min":0.92},"latencyP99Ms":{"max":150}}`. */
export const THRESHOLDS_ANNOTATION = `${TOOL}/thresholds`;

/** Annotation on a gate Job: the minimum number of samples for its metrics, an integer as text. */
export const MIN_SAMPLES_ANNOTATION = `${TOOL}/min-samples`;

/**
 * Annotation on a gate Job: whether its report must name the nonce of its run. `none` accepts reports of validators without
 * nonce support; then anyone who can change the pod's termination message decides. Default: `required`.
 */
export const NONCE_ANNOTATION = `${TOOL}/gate-nonce`;

/** Environment variable of a gate's containers: the nonce of this run, which its report must name. */
export const NONCE_VARIABLE = 'GATE_NONCE';

/** Annotation on a gate Job: the workload it validates, `Deployment/fraud-model`. */
export const VALIDATES_ANNOTATION = `${TOOL}/validates`;

/** Annotation on a workload: the version of the model it serves, for history and status. */
export const MODEL_VERSION_ANNOTATION = `${TOOL}/model-version`;

/** Annotation on a workload: the GPU memory used by the weights of its model, `140Gi`. */
export const MODEL_MEMORY_ANNOTATION = `${TOOL}/model-memory`;

/** Bounds of one metric, both inclusive. */
export interface Threshold {
  /** Minimum passing value. @default - no lower bound */
  readonly min?: number;
  /** Maximum passing value. @default - no upper bound */
  readonly max?: number;
}

/** Thresholds by metric name. A metric without a bound is recorded and never fails. */
export type Thresholds = Readonly<Record<string, Threshold>>;

/** Report that a gate Job writes to its termination log, at most 4096 bytes of JSON. */
export interface GateReport {
  /** Version of the format. */
  readonly v: 1;
  /** Measurements by name; fractions from 0 to 1, latency in milliseconds. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Number of examples or requests behind the metrics. */
  readonly samples?: number;
  /** Value of `GATE_NONCE`, which shows that the report is from this run. */
  readonly nonce?: string;
}

/** Exit codes of a gate's container; any other code means that the gate itself failed. */
export const GATE_EXIT = { measured: 0, belowThreshold: 10, inconclusive: 20 } as const;

/** Subdirectory of a rendered stack that holds its gates; `kubectl apply -f` and Argo CD do not descend into it. */
export const GATES_FOLDER = 'gates';

/** Annotation on an object: a rule not to apply to it. The value is the reason, with a final `(until 2026-12-31)` to expire. */
export const EXCEPTION_PREFIX: string = `${TOOL}/except.`;

/**
 * Annotation on an object of a kind unknown to the release: when it is ready, as expressions joined by `;`:
 * `status.phase=Running;status.readyReplicas>=spec.replicas`.
 */
export const READY_WHEN_ANNOTATION: string = `${TOOL}/ready-when`;

/** Annotation on such an object: expressions of which any one means that it has failed. */
export const FAILED_WHEN_ANNOTATION: string = `${TOOL}/failed-when`;

/**
 * Annotation on a Deployment: how a release shifts traffic to its new version, as JSON:
 * `{"type":"canary","steps":[10,50,100],"hold":"5m"}`. Default: the Deployment's own rolling update.
 */
export const STRATEGY_ANNOTATION: string = `${TOOL}/strategy`;

/** Label on the pods of a candidate Deployment, and its selector: pods of one workload's new version in one release run. */
export const CANDIDATE_LABEL: string = `${TOOL}/candidate`;

/** Annotation on a candidate Deployment: the workload it is the new version of, `fraud-model`. */
export const CANDIDATE_OF_ANNOTATION: string = `${TOOL}/candidate-of`;

/** Annotation on a candidate Deployment: a user's decision about its steps, one of `CANARY_COMMANDS` and an id. */
export const CANARY_COMMAND_ANNOTATION: string = `${TOOL}/canary-command`;

/**
 * - `promote`: pass this step, whatever its measurements
 * - `pause`: hold this weight until `resume`
 * - `abort`: fail the release, which removes the candidate
 */
export const CANARY_COMMANDS = ['promote', 'pause', 'resume', 'abort'] as const;
/** A user's decision about a canary step. */
export type CanaryCommand = (typeof CANARY_COMMANDS)[number];
