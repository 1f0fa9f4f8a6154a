/** What a code says about every problem that carries it; the error pages of the docs are made from this. */
export interface CodeInfo {
  /** What has happened, in a few words. */
  readonly title: string;
  /** Why it is refused. */
  readonly why: string;
}

/** Every code a problem can have. Each area keeps its own block, in the order in which a user meets them. */
export const CODES = {
  // usage
  USAGE: { title: 'The command was not understood', why: 'A flag, a name or an argument is unknown or missing.' },

  // config
  UNKNOWN_PATH: { title: 'A path is not in the config', why: 'A value that nothing reads would be lost in silence.' },
  UNKNOWN_FIELD: { title: 'A field is not in the config', why: 'A misspelt field would be lost in silence.' },
  MISSING_FIELD: {
    title: 'A field is missing',
    why: 'A component that is merely not mentioned is a mistake; `off` says that it is not wanted.',
  },
  PROD_DEMANDS: {
    title: 'Prod lacks what prod needs',
    why: 'Redis without a password and a release without a gate are for other tiers.',
  },
  UNKNOWN_ENVIRONMENT: { title: 'There is no such environment', why: 'Rendering another one instead would be worse.' },
  UNKNOWN_STACK: { title: 'There is no such stack', why: 'Rendering another one instead would be worse.' },
  PROJECT_NOT_FOUND: { title: 'The app cannot be loaded', why: 'cdk8s.yaml names the compiled app, which has to be there.' },
  BUILD_STALE: { title: 'The compiled app is older than its source', why: 'Old values would be rendered.' },

  // constructs
  CONSTRUCT_INVALID: { title: 'A construct reports an error', why: 'A validation that the app or a library added has failed.' },
  INVALID_NAME: { title: 'A name is not one', why: 'Names of objects are also labels and host names, so they are DNS labels.' },
  UNKNOWN_OBJECT: { title: 'The component has no such object', why: 'A patch names a kind that the component does not render.' },
  PATCH_WITHOUT_EFFECT: {
    title: 'A patch changed nothing',
    why: 'What a user writes must be in the manifest; a patch that misses is a mistake.',
  },
  INVALID_VALUE: { title: 'A value is out of range', why: 'The value has the right type and still cannot work.' },
  UNPINNED_IMAGE: { title: 'An image names no version', why: 'What `latest` runs depends on when a node pulled it.' },
  MODEL_FILE_MISSING: {
    title: 'A model file cannot be read',
    why: 'The file is put into a ConfigMap at synth, so it has to be there.',
  },
  MODEL_FILE_TOO_LARGE: {
    title: 'A model file is too large for a ConfigMap',
    why: 'The API server refuses objects of more than 1 MiB.',
  },
  CLAIM_NOT_SHARED: {
    title: 'A claim is used by more pods than can mount it',
    why: 'A ReadWriteOnce volume is mounted on one node; a second pod elsewhere waits forever.',
  },
  NODES_TOO_FEW: {
    title: 'The rollout can never finish on the declared nodes',
    why: 'Strict spreading needs a node for each pod, and one more for each surge pod.',
  },
  GATE_CANNOT_REACH_MODEL: {
    title: 'A gate cannot reach the model it validates',
    why: 'A model baked into an image is in no other image.',
  },
  GATE_WITHOUT_THRESHOLD: { title: 'A gate has no threshold', why: 'A gate that nothing can fail proves nothing.' },
  DATASET_WITHOUT_CREDENTIALS: {
    title: 'A remote data set has no credentials',
    why: 'A gate that cannot read its data set fails every release.',
  },
  RUNTIME_WARNING: {
    title: 'A model server is weak by its kind',
    why: 'The stack asks for warnings of the runtime to be errors.',
  },
  NO_METRICS: { title: 'A component has no metrics', why: 'It cannot be scraped, and nothing can scale on it.' },
  METRIC_NOT_SERVED: { title: 'Nothing serves a metric that an autoscaler uses', why: 'The autoscaler would never act.' },
  ADAPTER_UNUSED: {
    title: 'A metrics adapter serves no autoscaler',
    why: 'It is installed for the whole cluster and does nothing.',
  },
  CLUSTER_SINGLETON: {
    title: 'Two stacks install what exists once per cluster',
    why: 'The second would take the objects of the first.',
  },
  DUPLICATE_OBJECT: { title: 'Two objects have one identity', why: 'The later one would overwrite the earlier.' },
  // client: kubeconfig, credentials, the API server's answers
  KUBECONFIG_MISSING: {
    title: 'No cluster is configured',
    why: 'Without a kubeconfig or a service account there is nobody to talk to.',
  },
  KUBECONFIG_INVALID: {
    title: 'The kubeconfig cannot be used',
    why: 'A file, a context, a cluster or a user in it is missing or malformed.',
  },
  AUTH_UNSUPPORTED: { title: 'The way to log in is not supported', why: 'To leave it out would act as somebody else.' },
  AUTH_PLUGIN_FAILED: {
    title: 'The credential plugin failed',
    why: 'It exited with an error or its answer was no ExecCredential.',
  },
  API_REFUSED: { title: 'The API server refused a request', why: 'Its own words say what is wrong with the object or the user.' },
  API_UNREACHABLE: {
    title: 'No answer from the API server',
    why: 'The connection was refused, broke off, or took longer than its deadline.',
  },
  KIND_NOT_SERVED: {
    title: 'The cluster does not know a kind',
    why: 'Its custom resource definition, or the API version, is not there.',
  },

  // release: manifests, plan, preflight, lock, gates, rollout, record
  MANIFESTS_MISSING: { title: 'There are no manifests', why: 'The folder or file to be released does not exist or is empty.' },
  MANIFEST_INVALID: { title: 'A manifest cannot be read', why: 'What is not a Kubernetes object cannot be applied.' },
  MANIFEST_DUPLICATE: {
    title: 'An object stands in the manifests twice',
    why: 'Which of them is meant would depend on their order.',
  },
  MANIFEST_REFUSED: {
    title: 'The API server refuses an object',
    why: 'It was tried with a dry run before anything was written.',
  },
  RELEASE_UNNAMED: {
    title: 'The release has no name, or several',
    why: 'Record, lock and pruning go by the name of the release.',
  },
  RELEASE_UNKNOWN: { title: 'There is no such release', why: 'Nothing has been recorded under this name in this namespace.' },
  NAMESPACE_AMBIGUOUS: { title: 'The namespace of the release is not clear', why: 'Record and lock live in one namespace.' },
  NAMESPACE_MISSING: { title: 'A namespace does not exist', why: 'It is created only when that is asked for.' },
  NAMESPACE_TERMINATING: { title: 'A namespace is being deleted', why: 'Nothing can be created in it, and all in it will go.' },
  HOOK_UNKNOWN: { title: 'A Helm hook cannot be honoured', why: 'Applied as an ordinary object it would run at the wrong time.' },
  GATE_INVALID: { title: 'A gate is not declared properly', why: 'A gate that is misread would let anything pass.' },
  GATE_REJECTED: { title: 'A gate did not pass', why: 'Nothing goes live without proof.' },
  OWNED_ELSEWHERE: {
    title: 'An object belongs to somebody else',
    why: 'Two owners would overwrite each other, and delete each other’s objects.',
  },
  FIELD_CONFLICT: { title: 'Another manager owns a field', why: 'To overwrite it silently undoes what somebody has decided.' },
  FIELD_IMMUTABLE: {
    title: 'A field cannot be changed',
    why: 'The object has to be deleted and created anew, which interrupts it.',
  },
  PERMISSION_MISSING: { title: 'A permission is missing', why: 'Without it the release, or its undo, would stop half way.' },
  QUOTA_EXCEEDED: { title: 'A quota does not suffice', why: 'Pods beyond it are never created.' },
  ROLLOUT_INFEASIBLE: { title: 'The rollout cannot be placed', why: 'No scheduler could put these pods on the nodes there are.' },
  RELEASE_LOCKED: { title: 'The release is locked', why: 'Somebody else is changing it at this moment.' },
  LOCK_LOST: { title: 'The lock was lost', why: 'Another process has taken the release over, so this one must not write.' },
  PLAN_STALE: { title: 'The cluster has changed since the plan', why: 'What was agreed to is not what would happen now.' },
  PLAN_FILE: { title: 'The plan cannot be saved or read', why: 'A plan file holds all that is applied, and no Secret values.' },
  OBJECT_CHANGED: {
    title: 'An object changed during the release',
    why: 'It is not what the plan has seen, so it is not overwritten.',
  },
  ROLLOUT_FAILED: { title: 'An object does not become ready', why: 'The new version would not serve.' },
  ROLLOUT_TIMEOUT: { title: 'The rollout took too long', why: 'There was no progress within the time it may take.' },
  UNDO_FAILED: { title: 'The undo failed', why: 'What is left is named in the record.' },
  INTERRUPTED: { title: 'The release was interrupted', why: 'Somebody asked for it to stop.' },
  REVISION_UNKNOWN: {
    title: 'There is no such revision to go back to',
    why: 'Only revisions that were deployed have manifests in the record.',
  },
  ROLLBACK_IMPOSSIBLE: { title: 'A revision cannot be restored', why: 'Something it needs is no longer there.' },
  RECORD_DAMAGED: { title: 'The record is not readable', why: 'Part of it was deleted or changed by somebody else.' },
  OBJECT_LEFT: { title: 'An object is still there', why: 'A finalizer keeps it until somebody has done its work.' },
} as const satisfies Record<string, CodeInfo>;

/** The code of a problem. */
export type ProblemCode = keyof typeof CODES;
