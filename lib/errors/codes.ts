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
  FILE_EXISTS: { title: 'A file is there already', why: 'A new project would overwrite it.' },

  // config
  UNKNOWN_PATH: { title: 'A path is not in the config', why: 'A value that nothing reads would be lost in silence.' },
  UNKNOWN_FIELD: { title: 'A field is not in the config', why: 'A misspelt field would be lost in silence.' },
  MISSING_FIELD: {
    title: 'A field is missing',
    why: 'A component that is merely not mentioned is a mistake; `off` says that it is not wanted.',
  },
  PROD_REQUIREMENT: {
    title: 'Prod lacks what prod needs',
    why: 'Redis without a password and a release without a gate are for other tiers.',
  },
  UNKNOWN_ENVIRONMENT: { title: 'There is no such environment', why: 'Rendering another one instead would be worse.' },
  UNKNOWN_STACK: { title: 'There is no such stack', why: 'Rendering another one instead would be worse.' },
  PROJECT_NOT_FOUND: { title: 'The app cannot be loaded', why: 'cdk8s.yaml names the compiled app, which has to be there.' },
  CANNOT_EDIT: {
    title: 'A value cannot be changed in its file',
    why: 'What is computed, or shared with others, cannot be set without changing something else.',
  },
  DELIVERY_INVALID: {
    title: 'The delivery of the project is incomplete',
    why: 'An agent in the cluster would look for the manifests in the wrong place.',
  },
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
  GATE_CANNOT_REACH_MODEL: {
    title: 'A gate cannot reach the model it validates',
    why: 'A model baked into an image is in no other image.',
  },
  GATE_WITHOUT_THRESHOLD: { title: 'A gate has no threshold', why: 'A gate that nothing can fail proves nothing.' },
  DATASET_WITHOUT_CREDENTIALS: {
    title: 'A remote data set has no credentials',
    why: 'A gate that cannot read its data set fails every release.',
  },
  CLUSTER_TOO_OLD: {
    title: 'The cluster may be too old',
    why: 'The API server would refuse the object, or drop the field.',
  },
  UNKNOWN_FLAG: {
    title: 'A server has no such flag in its version',
    why: 'It would exit at once, on every start.',
  },
  DUPLICATE_FLAG: {
    title: 'An argument repeats an option',
    why: 'Which of the two holds depends on the server.',
  },
  REVISION_NOT_PINNED: {
    title: 'The revision of a model is not pinned',
    why: 'A branch or tag can change: two pods of one version would serve different models.',
  },
  MODEL_SOURCE_INCOMPLETE: {
    title: 'A model source lacks what it needs',
    why: 'The pods could not fetch the model.',
  },
  DEVICES_MISMATCH: {
    title: 'Parallelism and devices do not match',
    why: 'The server waits for devices that it does not have, or leaves some idle.',
  },
  SHARED_MEMORY: {
    title: 'Shared memory does not fit',
    why: 'It counts against the memory limit: the server is killed when it fills it, or cannot start without it.',
  },
  GPU_MEMORY: {
    title: 'A model does not fit into the memory of its GPUs',
    why: 'The server runs out of memory while it loads, every time.',
  },
  SHARED_DEVICE: {
    title: 'A GPU is shared without isolation',
    why: 'A pod that takes too much memory breaks the other pods on the device.',
  },
  METRIC_UNKNOWN: {
    title: 'A runtime has no such metric',
    why: 'An autoscaler, alert or dashboard would never see a value.',
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
  // checks of manifests: names
  MANIFEST_UNREADABLE: {
    title: 'A file holds no manifest',
    why: 'What cannot be read cannot be checked, and not be released either.',
  },
  NAME_TOO_LONG: {
    title: 'A name is too long',
    why: 'Controllers make labels and host names of names, and those have at most 63 characters.',
  },
  SELECTOR_OVERLAP: {
    title: 'Two workloads claim the same pods',
    why: 'Each counts the pods of the other as its own and deletes what is too many.',
  },
  INGRESS_COLLISION: {
    title: 'Two Ingresses answer for one address',
    why: 'Which of them gets a request is up to the controller.',
  },
  DUPLICATE_ENV: { title: 'A variable is set twice', why: 'Only the last one holds, and server-side apply refuses the object.' },

  // checks of manifests: references that lead nowhere
  DANGLING_SERVICE: { title: 'A Service finds no pods', why: 'Every request to it is refused.' },
  SERVICE_PORT: { title: 'A Service leads to a port that its pods do not have', why: 'Every request to that port is refused.' },
  PROBE_PORT: {
    title: 'A probe asks a port that the container does not have',
    why: 'The pod never becomes ready, or is restarted for ever.',
  },
  DANGLING_CONFIG_MAP: {
    title: 'A ConfigMap is not there',
    why: 'The pod waits for it for ever, in ContainerCreating or CreateContainerConfigError.',
  },
  DANGLING_SECRET: {
    title: 'A Secret is not there',
    why: 'The pod waits for it for ever, in ContainerCreating or CreateContainerConfigError.',
  },
  DANGLING_CLAIM: { title: 'A claim is not there', why: 'The pod stays Pending for ever.' },
  MISSING_KEY: { title: 'A ConfigMap or Secret has no such key', why: 'The pod waits for the key for ever.' },
  DANGLING_ACCOUNT: {
    title: 'A ServiceAccount is not there',
    why: 'No pod is created, and only the events of the ReplicaSet say why.',
  },
  UNUSED_ACCOUNT: { title: 'No pod runs as an account', why: 'Either the pods run as another one, or it is not needed.' },
  DANGLING_AUTOSCALER: {
    title: 'An autoscaler scales nothing',
    why: 'Its target is not there, and nothing says so but its status.',
  },
  REPLICAS_WITH_AUTOSCALER: {
    title: 'A count is fixed and scaled',
    why: 'Each apply sets the running count back to the fixed one, under load too.',
  },
  AUTOSCALER_COLLISION: { title: 'Two autoscalers scale one workload', why: 'Each undoes what the other has decided.' },
  AUTOSCALER_WITHOUT_REQUESTS: {
    title: 'An autoscaler has nothing to measure against',
    why: 'Utilization is a share of the request; without a request the autoscaler does nothing.',
  },
  DANGLING_INGRESS: { title: 'An Ingress leads nowhere', why: 'Every request answers 503.' },
  INGRESS_WITHOUT_PATH: { title: 'An Ingress rule has no path', why: 'The API server refuses it, or nothing is served.' },
  DANGLING_BUDGET: { title: 'A disruption budget protects no pod', why: 'A drained node may take all pods at once.' },
  BUDGET_BLOCKS_DRAIN: {
    title: 'A disruption budget never lets a pod go',
    why: 'Nodes cannot be drained, so cluster upgrades stop.',
  },
  BUDGET_COLLISION: {
    title: 'Two disruption budgets cover one pod',
    why: 'The eviction API answers with an error, so drains stop.',
  },
  BUDGET_MISSING: { title: 'No disruption budget covers several pods', why: 'A drained node may take all of them at once.' },
  DANGLING_ADDRESS: {
    title: 'An address leads to a Service that nobody made',
    why: 'The name does not resolve, and the component fails at its first request.',
  },
  ADDRESS_PORT: { title: 'An address has a port that the Service does not have', why: 'Every connection is refused.' },
  DANGLING_POLICY: { title: 'A NetworkPolicy covers no pod', why: 'What it was to protect is open.' },
  POLICY_BLOCKS: {
    title: 'A NetworkPolicy forbids a connection that is configured',
    why: 'Every request times out, and no log says why.',
  },
  POLICY_WITHOUT_DNS: { title: 'Pods may not ask for addresses', why: 'No host name resolves, so every connection fails.' },
  POLICY_MISSING: {
    title: 'No NetworkPolicy covers a workload',
    why: 'Every pod of the cluster may call it, and it may call everybody.',
  },
  STATEFUL_SERVICE: { title: 'The Service of a StatefulSet is not there', why: 'Its pods have no names to be reached by.' },
  DANGLING_MONITOR: { title: 'A monitor scrapes nothing', why: 'Nobody is told that there are no metrics.' },
  SCRAPE_PORT: { title: 'Scrape annotations name a port that the pod does not have', why: 'Prometheus gets no metrics.' },
  SERVICE_LINKS: {
    title: "A Service's variables collide with the program's own",
    why: 'The program reads tcp://10.0.0.1:80 as its port and does not start.',
  },
  DANGLING_SUBJECT: { title: 'A binding is for an account that is not there', why: 'Whoever was meant may do nothing.' },
  DANGLING_ROLE: { title: 'A binding is to a Role that is not there', why: 'It gives no rights.' },
  WILDCARD_RIGHTS: { title: 'Rights to everything', why: 'Whoever breaks into the pod has them too.' },

  // checks of manifests: the API
  API_UNKNOWN_FIELD: {
    title: 'The API has no such field',
    why: 'It is dropped, or the object is refused; either way what was meant is lost.',
  },
  API_WRONG_TYPE: { title: 'A value has the wrong type', why: 'The API server refuses the object.' },
  API_NEWER_FIELD: { title: 'A field is newer than the cluster', why: 'An older API server drops it without a word.' },
  API_REMOVED: {
    title: 'The API has no such kind',
    why: 'The version is gone, or has never been there; the object cannot be created.',
  },
  API_INVALID: { title: 'The API server will refuse it', why: 'Its own rules, known beforehand.' },

  // checks of manifests: hardening
  POD_SECURITY: {
    title: 'A pod is above the restricted level',
    why: 'A namespace that enforces the level takes no such pod, and only the events of the ReplicaSet say so.',
  },
  WRITABLE_ROOT: { title: 'The root file system can be written', why: 'Whoever breaks in can change the program.' },
  ACCOUNT_TOKEN: { title: 'Pods have a token they do not need', why: 'Whoever breaks in can talk to the API server.' },
  EXPOSED_SERVICE: { title: 'A Service is open to the outside', why: 'It is reached past the Ingress and its TLS.' },
  SSH_PORT: { title: 'A shell server in a pod', why: 'It is one more way in.' },
  PLAIN_SECRET: { title: 'A secret in plain text', why: 'Everybody who reads manifests, logs or release records has it.' },
  SECRET_IN_MANIFEST: {
    title: "A Secret's values are in the manifests",
    why: 'Base64 is no encryption: git, build logs and release records have it.',
  },
  RESOURCES_MISSING: {
    title: 'A container does not say what it needs',
    why: 'The scheduler puts too much on a node, and the kubelet kills whom it likes.',
  },

  // checks of manifests: time
  LIVENESS_WITHOUT_STARTUP: {
    title: 'A slow start is a restart for ever',
    why: 'A fixed delay suits no load time: too short for a large model, too long for a small one.',
  },
  PROBE_MISSING: { title: 'Pods do not say when they are ready', why: 'They get requests before the model is loaded.' },
  PROBES_IDENTICAL: {
    title: 'Liveness and readiness ask the same',
    why: 'A pod that is merely busy is killed instead of spared.',
  },
  GRACE_TOO_SHORT: { title: 'The grace period ends before the drain', why: 'Requests under way are cut off at every rollout.' },
  DRAIN_MISSING: { title: 'Pods stop at once', why: 'The Ingress still sends requests for some seconds.' },
  PROGRESS_DEADLINE: {
    title: 'The rollout fails before a pod has started',
    why: 'A slow start counts as a failure, and is rolled back.',
  },
  RELEASE_TIMEOUT: {
    title: 'The release has too little time',
    why: 'Even if every pod starts as fast as its probes let it, time is up before the last one.',
  },
  JOB_NOT_CLEANED_UP: { title: 'A finished Job stays', why: 'The next one of its name cannot be created.' },
  HOOK_STAYS: { title: 'A failed hook stays', why: 'Its name is taken, so every later upgrade fails.' },
  GATE_RETRIES: { title: 'A gate is tried again', why: 'The answer will be the same, later.' },
  TEMPLATE_LEFT: { title: 'A template was not rendered', why: 'The text goes to the cluster as it stands.' },
  DATA_TOO_LARGE: { title: 'An object is too large', why: 'etcd takes no more than about 1 MiB.' },
  SPREADING_MISSING: { title: 'All pods may be on one node', why: 'Its failure is an outage.' },

  // checks of manifests: feasibility
  WEIGHTS_TOO_LARGE: {
    title: 'The weights do not fit into the GPUs',
    why: 'The server runs out of memory while it loads, every time.',
  },

  // checks of manifests: exceptions
  EXCEPTION_UNUSED: { title: 'An exception is not needed', why: 'It would hide the next mistake.' },
  EXCEPTION_EXPIRED: { title: 'An exception has expired', why: 'What was put off is due.' },
  EXCEPTION_UNREASONED: { title: 'An exception has no reason', why: 'Nobody could tell later whether it is still right.' },

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
  MANIFEST_KEY_TWICE: {
    title: 'A mapping has a key twice',
    why: 'The last one counts, as for kubectl; the first one is lost.',
  },
  DIRECTORY_NOT_READ: {
    title: 'Subdirectories were not read',
    why: 'Like `kubectl apply -f`, a directory is read without its subdirectories.',
  },
  NAMESPACE_IGNORED: { title: 'A namespace was ignored', why: 'The kind exists once per cluster; kubectl ignores it too.' },
  DATA_NEEDS_CONSENT: {
    title: 'Data would be deleted',
    why: 'With a claim, a definition or a namespace goes everything in it, and nothing brings it back.',
  },
  DATA_IN_USE: {
    title: 'An object that is deleted is still needed',
    why: 'Its deletion would take objects with it that the manifests still have.',
  },
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
  HOOK_LEFT_OUT: { title: 'A hook was left out', why: 'Hooks for tests are no part of a release.' },
  HOOK_UNKNOWN: { title: 'A hook cannot be honored', why: 'Applied as an ordinary object it would run at the wrong time.' },
  GATE_INVALID: { title: 'A gate is not declared properly', why: 'A gate that is misread would let anything pass.' },
  GATE_REJECTED: { title: 'A gate did not pass', why: 'Nothing goes live without proof.' },
  STRATEGY_INVALID: {
    title: 'A release strategy is not declared properly',
    why: 'A strategy that is misread would shift all traffic at once, or judge it by nothing.',
  },
  STRATEGY_IMPOSSIBLE: {
    title: 'A release strategy cannot be carried out',
    why: 'Traffic can only be shifted where a Service selects the pods of the workload.',
  },
  CANARY_FAILED: {
    title: 'A new version did worse under traffic',
    why: 'The stable version still serves; more requests would only have met the same.',
  },
  CANARY_INCONCLUSIVE: {
    title: 'Too little was measured to promote a new version',
    why: 'A few requests without errors prove nothing; a promotion needs evidence.',
  },
  CANARY_NOT_RUNNING: {
    title: 'No canary is under way',
    why: 'A decision about a step needs a release that holds one.',
  },
  CANARY_ABORTED: { title: 'A person has aborted a canary', why: 'The stable version takes all requests again.' },
  METRICS_UNAVAILABLE: {
    title: 'Prometheus gave no usable response',
    why: 'Without measurements a step of a canary is inconclusive, never passed.',
  },
  OWNED_ELSEWHERE: {
    title: 'An object belongs to somebody else',
    why: 'Two owners would overwrite each other, and delete each other’s objects.',
  },
  OWNED_BY_AGENT: {
    title: 'A GitOps agent owns the stack',
    why: 'Its next sync would undo the release, and both would go on undoing each other.',
  },
  FIELD_CONFLICT: { title: 'Another manager owns a field', why: 'To overwrite it silently undoes what somebody has decided.' },
  FIELD_IMMUTABLE: {
    title: 'A field cannot be changed',
    why: 'The object has to be deleted and created anew, which interrupts it.',
  },
  PERMISSION_MISSING: { title: 'A permission is missing', why: 'Without it the release, or its undo, would stop half way.' },
  REFERENCE_MISSING: {
    title: 'Something that an object refers to is not in the cluster',
    why: 'Pods wait for it, and the rollout never ends.',
  },
  POD_REFUSED: {
    title: 'The API server refuses the pods of a workload',
    why: 'It accepts the workload, and only the events of its controller show that no pod is created.',
  },
  POD_UNTRIED: { title: 'Pods could not be tried', why: 'A refusal would be known only during the rollout.' },
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
  ROLLBACK_FAILED: { title: 'The undo failed', why: 'What is left is named in the record.' },
  INTERRUPTED: { title: 'The release was interrupted', why: 'Somebody asked for it to stop.' },
  REVISION_UNKNOWN: {
    title: 'There is no such revision to go back to',
    why: 'Only revisions that were deployed have manifests in the record.',
  },
  ROLLBACK_IMPOSSIBLE: { title: 'A revision cannot be restored', why: 'Something it needs is no longer there.' },
  RECORD_UNSIGNED: {
    title: 'The record is not signed with your key',
    why: 'Anybody who may write Secrets in the namespace could have written it.',
  },
  RECORD_LOST: { title: 'The record was lost', why: 'Without it, history starts again with what is live.' },
  RECOVERY_CONSENT: {
    title: 'The record asks for more than it can prove',
    why: 'A record is a Secret, so whoever may write Secrets in its namespace could use the rights of the next release.',
  },
  RECORD_DAMAGED: { title: 'The record is not readable', why: 'Part of it was deleted or changed by somebody else.' },
  DELETE_REFUSED: { title: 'A deletion was refused', why: 'A policy or a missing permission keeps the object.' },
  HELM_RECORD: {
    title: 'The record of a Helm release cannot be used',
    why: 'Objects of a Helm release are adopted together with its record, or `helm uninstall` would go on deleting them.',
  },
  HELM_RECORD_ENDED: {
    title: 'What has become of the record of Helm',
    why: 'While Helm finds its record, `helm uninstall` and `helm upgrade` act on objects that belong to this release.',
  },
  HELM_UNLISTED: {
    title: 'A Helm release has objects that the manifests do not have',
    why: 'Neither deleting nor forgetting them is a safe default.',
  },
  OBJECT_KEPT: { title: 'An object stays', why: 'It is annotated to be kept, or holds data, which goes only with consent.' },
  OBJECT_NOT_DELETED: { title: 'An object is still there', why: 'A finalizer keeps it until somebody has done its work.' },

  // artifacts in registries
  REFERENCE_INVALID: { title: 'A reference to an artifact is invalid', why: 'It has to name one artifact of one registry.' },
  REGISTRY_UNREACHABLE: {
    title: 'A registry cannot be reached',
    why: 'Only a trusted TLS connection is used; HTTP is accepted on this machine alone.',
  },
  REGISTRY_UNAVAILABLE: { title: 'A registry fails or limits requests', why: 'Several attempts with growing delays failed.' },
  REGISTRY_DENIED: { title: 'A registry denies access', why: 'The credentials are missing, wrong, or not allowed to do this.' },
  REGISTRY_REFUSED: { title: 'A registry refuses a request', why: 'The registry reports what it does not accept.' },
  REGISTRY_CREDENTIALS: {
    title: 'Registry credentials cannot be read',
    why: 'Ignoring them would access the registry as another user.',
  },
  ARTIFACT_MISSING: { title: 'There is no such artifact', why: 'The registry has no manifest for the tag or digest.' },
  ARTIFACT_INVALID: {
    title: 'An artifact is not acceptable',
    why: 'Its bytes do not match its digest, or its archive could write outside its directory.',
  },
  SIGNATURE_MISSING: {
    title: 'An artifact is not signed',
    why: 'A verification key was given, so only signed artifacts are accepted.',
  },
  SIGNATURE_INVALID: {
    title: 'No signature matches the key',
    why: 'Another key signed the artifact, or it was changed afterwards.',
  },
  SIGNING_KEY: {
    title: 'A signing or verification key is unusable',
    why: 'Signatures are ECDSA on P-256, as cosign makes them.',
  },
  OUTPUT_PATH: {
    title: 'A path leads out of the output directory',
    why: 'Files that are not rendered ones would be overwritten.',
  },
  INDEX_INVALID: { title: 'The index of the output directory is unusable', why: 'It decides which files synth may delete.' },
  OUTPUT_EXISTS: { title: 'The output directory is not empty', why: 'Pulled files would mix with other files.' },
} as const satisfies Record<string, CodeInfo>;

/** The code of a problem. */
export type ProblemCode = keyof typeof CODES;
