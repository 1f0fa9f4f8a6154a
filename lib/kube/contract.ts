/**
 * What the folder of manifests tells the release module. Both halves of the project know each other only by this page;
 * any tool may write these labels and annotations, and a folder without them can be released just as well.
 */

/** The value of `app.kubernetes.io/managed-by`, the field manager of server-side apply, and the prefix of all keys below. */
export const TOOL = 'cdk8s-serving';

/** Label on every object: the release it belongs to. The release module lists and prunes by it. */
export const RELEASE_LABEL = `${TOOL}/release`;

/**
 * Label on objects outside the release's own namespace, cluster-scoped ones included: the namespace of the release. A release is its
 * name and its namespace; an object without this label belongs to the release of its own namespace. Added when it is applied.
 */
export const RELEASE_NAMESPACE_LABEL = `${TOOL}/release-namespace`;

/** Annotation on an object: `true` keeps it in the cluster when it leaves the manifests, and when the release is uninstalled. */
export const KEEP_ANNOTATION = `${TOOL}/keep`;

/**
 * Annotation on the objects of a release: SHA-256 of the public key (DER) that has to have signed the artifacts it is released from,
 * `sha256:…`. What is live decides, so that only an artifact of that key can name another one.
 */
export const VERIFY_KEY_ANNOTATION: string = `${TOOL}/verify-key`;

/**
 * Label on pods: the object that they are pods of. NetworkPolicies find pods by it and Services do not, so that a candidate pod may
 * call what its server may call, and gets no traffic.
 */
export const POD_OF_LABEL = `${TOOL}/pod-of`;

/**
 * Annotation: the wave in which an object is applied, a whole number written as text; lower ones have to be ready first.
 * Default: the order of the object's kind.
 */
export const WAVE_ANNOTATION = `${TOOL}/wave`;

/** Annotation on a Job: it is a gate, and when it runs. */
export const GATE_ANNOTATION = `${TOOL}/gate`;

/**
 * - `before`: before anything of the release is changed, on install too
 * - `candidate`: against one pod of the new version that gets no traffic, before the rollout
 * - `after`: once the new version is ready, with the old state still restorable
 */
export const GATE_PHASES = ['before', 'candidate', 'after'] as const;
/** When a gate runs: `before` anything is changed, against a `candidate` pod, or `after` the rollout. */
export type GatePhase = (typeof GATE_PHASES)[number];

/** Annotation on an object that exists only for a gate Job (its account, its model file): the Job's name. */
export const GATE_SUPPORT_ANNOTATION = `${TOOL}/gate-support`;

/** Annotation on a gate Job: its thresholds as JSON, `{"auc":{"min":0.92},"latencyP99Ms":{"max":150}}`. Judged by the release module. */
export const THRESHOLDS_ANNOTATION = `${TOOL}/thresholds`;

/** Annotation on a gate Job: the fewest samples that its metrics have to rest on, a whole number written as text. */
export const MIN_SAMPLES_ANNOTATION = `${TOOL}/min-samples`;

/**
 * Annotation on a gate Job: whether its report has to name the nonce of its run. `none` accepts reports of validators that do not know
 * of it; anyone who can change the pod's termination message then decides. Default: `required`.
 */
export const NONCE_ANNOTATION = `${TOOL}/gate-nonce`;

/** Environment variable of a gate's containers: the nonce of this run, which its report has to name. */
export const NONCE_VARIABLE = 'GATE_NONCE';

/** Annotation on a gate Job: the workload it validates, `Deployment/fraud-model`. */
export const VALIDATES_ANNOTATION = `${TOOL}/validates`;

/** Annotation on a workload: the version of the model it serves, for history and status. */
export const MODEL_VERSION_ANNOTATION = `${TOOL}/model-version`;

/** Annotation on a workload: the memory that the weights of its model take on the GPUs, `140Gi`. */
export const MODEL_MEMORY_ANNOTATION = `${TOOL}/model-memory`;

/** Bounds of one metric, both ends included. */
export interface Threshold {
  /** Lowest value that passes. @default - no lower bound */
  readonly min?: number;
  /** Highest value that passes. @default - no upper bound */
  readonly max?: number;
}

/** Thresholds by metric name. A metric without a bound is recorded and never fails. */
export type Thresholds = Readonly<Record<string, Threshold>>;

/** What a gate Job writes to its termination log, at most 4096 bytes of JSON. */
export interface GateReport {
  /** Version of the format. */
  readonly v: 1;
  /** What was measured, by name; shares from 0 to 1, latency in milliseconds. */
  readonly metrics: Readonly<Record<string, number>>;
  /** How many examples or requests the metrics rest on. */
  readonly samples?: number;
  /** What `GATE_NONCE` held, which shows that the report is of this run. */
  readonly nonce?: string;
}

/** Exit codes of a gate's container; every other code means that the gate itself is broken. */
export const GATE_EXIT = { measured: 0, belowThreshold: 10, inconclusive: 20 } as const;

/** Sub-folder of a rendered stack that holds its gates; `kubectl apply -f` and Argo CD do not descend into it. */
export const GATES_FOLDER = 'gates';

/** Annotation on an object: a rule that is wrong for it. The value is the reason, with `(until 2026-12-31)` at its end where it expires. */
export const EXCEPTION_PREFIX: string = `${TOOL}/except.`;

/**
 * Annotation on an object of a kind that the release does not know: when it is ready, as expressions joined by `;`:
 * `status.phase=Running;status.readyReplicas>=spec.replicas`.
 */
export const READY_WHEN_ANNOTATION: string = `${TOOL}/ready-when`;

/** Annotation on such an object: expressions of which one is enough to say that it has failed. */
export const FAILED_WHEN_ANNOTATION: string = `${TOOL}/failed-when`;

/**
 * Annotation on a Deployment: how a release shifts traffic to its new version, as JSON:
 * `{"type":"canary","steps":[10,50,100],"hold":"5m"}`. Default: the Deployment's own rolling update.
 */
export const STRATEGY_ANNOTATION: string = `${TOOL}/strategy`;

/** Label on the pods of a candidate Deployment, and its selector: pods of one workload's new version in one run of a release. */
export const CANDIDATE_LABEL: string = `${TOOL}/candidate`;

/** Annotation on a candidate Deployment: the workload that it is the new version of, `fraud-model`. */
export const CANDIDATE_OF_ANNOTATION: string = `${TOOL}/candidate-of`;

/** Annotation on a candidate Deployment: what a person has decided about its steps, one of `CANARY_COMMANDS` and a number. */
export const CANARY_COMMAND_ANNOTATION: string = `${TOOL}/canary-command`;

/**
 * - `promote`: take this step as passed, whatever its measurements
 * - `pause`: stay at this weight until `resume`
 * - `abort`: fail the release, which takes the candidate back
 */
export const CANARY_COMMANDS = ['promote', 'pause', 'resume', 'abort'] as const;
/** What a person decides about the step of a canary. */
export type CanaryCommand = (typeof CANARY_COMMANDS)[number];
