import type { CodeInfo } from './code-info';

/** Usage, configs and constructs. */
export const CONFIG_CODES = {
  // usage
  USAGE: { title: 'The command was not understood', why: 'A flag, a name or an argument is unknown or missing.' },
  FILE_EXISTS: { title: 'A file is there already', why: 'A new project would overwrite it.' },

  // config
  UNKNOWN_PATH: { title: 'A path is not in the config', why: 'A value that nothing reads would be silently lost.' },
  UNKNOWN_FIELD: { title: 'A field is not in the config', why: 'A misspelled field would be silently lost.' },
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
  BUILD_FAILED: {
    title: 'The code of a stack ended with an error',
    why: 'Props of a wrong type, which the compiler refuses, and errors of the app itself leave no manifests.',
  },
  WRONG_TYPE: {
    title: 'A prop is missing or of a wrong type',
    why: 'The compiler refuses it in TypeScript; in plain JavaScript the construct would end with an error of its own.',
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
  SPARE_DEVICES: {
    title: 'A candidate needs spare devices',
    why: 'Without one its pod waits for a device that the old version holds, and the release with it.',
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
} as const satisfies Record<string, CodeInfo>;
