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
  COMPONENT_OFF: { title: 'A component depends on one that is off', why: 'It would be pointed at an address that is not there.' },
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
} as const satisfies Record<string, CodeInfo>;

export type ProblemCode = keyof typeof CODES;
