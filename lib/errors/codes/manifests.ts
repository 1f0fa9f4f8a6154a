import type { CodeInfo } from './code-info';

/** Checks of manifests. */
export const MANIFESTS_CODES = {
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

  // checks of manifests: values
  VARIABLE_UNDEFINED: {
    title: 'A text names a variable that is not defined',
    why: 'The kubelet leaves $(NAME) as it stands, and the program gets these letters.',
  },
  IMAGE_INVALID: {
    title: 'An image reference cannot be read',
    why: 'The kubelet reports InvalidImageName, and the pod never starts.',
  },
  VALUE_UNLIKELY: {
    title: 'A value is what a program prints when it has none',
    why: 'The program reads NaN, undefined or 1e+06 as text, and fails or takes its default.',
  },
  ADDRESS_FORM: {
    title: 'An address has the wrong form',
    why: 'A client that wants a URL does not take a name, and the other way round: it fails at its first request.',
  },
  MODE_DECIMAL: {
    title: 'The mode of a file is in decimal digits',
    why: 'Decimal 400 is the mode 0620: the owner cannot rely on it, and the group may write.',
  },
  COMMAND_INVALID: {
    title: 'A command does not run as it reads',
    why: 'The container runtime starts programs without a shell: it finds no such program, or the program gets other arguments.',
  },
  SCHEDULE_NEVER: { title: 'A schedule never comes', why: 'No Job ever runs, or KEDA never scales, and nothing says so.' },
  RIGHTS_UNKNOWN: {
    title: 'A Role names what the API does not have',
    why: 'The API server takes any text, and the rule gives no rights.',
  },

  // checks of manifests: model servers
  SERVER_MISMATCH: {
    title: 'A model server is asked or started in a way it does not understand',
    why: 'It exits with a usage error, or answers 404 to its probe: the pod is never ready.',
  },
  INFERENCE_INVALID: {
    title: 'A resource of KServe, of KubeRay or of an inference gateway is wrong',
    why: 'Its operator starts no server, or sends it no request, and says so in a status that nobody reads.',
  },

  // checks of manifests: dangling references
  FILE_MISSING: { title: 'A file is not there', why: 'The program ends at its start, or cannot be started at all.' },
  CERTIFICATE_MISMATCH: {
    title: 'A Certificate is not for the Ingress that it is meant for',
    why: "Clients get the controller's default certificate, and refuse the connection.",
  },
  ROUTE_UNATTACHED: { title: 'No listener takes a route', why: 'Every request is answered with 404 or 500.' },
  LISTENER_INVALID: { title: 'A Gateway does not accept a listener', why: 'Nothing listens on its port.' },
  LIMIT_EXCEEDED: {
    title: 'A container is outside the LimitRange',
    why: 'Admission refuses each of its pods, and only the events of the ReplicaSet say so.',
  },
  SCHEDULING_IMPOSSIBLE: { title: 'No node can be what a pod demands', why: 'The pod stays Pending forever.' },
  VOLUME_MEDIUM: {
    title: 'A volume has an unknown medium',
    why: 'The API server takes any text, and the kubelet fails at the mount.',
  },
  CONFIG_NOT_NOTICED: {
    title: 'No pod notices a change of its ConfigMap',
    why: 'The release succeeds, and the old values stay in use until pods happen to be replaced.',
  },
  DANGLING_SERVICE: { title: 'A Service finds no pods', why: 'Every request to it is refused.' },
  SERVICE_PORT: { title: 'A Service leads to a port that its pods do not have', why: 'Every request to that port is refused.' },
  PROBE_PORT: {
    title: 'A probe asks a port that the container does not have',
    why: 'The pod never becomes ready, or is restarted forever.',
  },
  DANGLING_CONFIG_MAP: {
    title: 'A ConfigMap is not there',
    why: 'The pod waits for it forever, in ContainerCreating or CreateContainerConfigError.',
  },
  DANGLING_SECRET: {
    title: 'A Secret is not there',
    why: 'The pod waits for it forever, in ContainerCreating or CreateContainerConfigError.',
  },
  DANGLING_CLAIM: { title: 'A claim is not there', why: 'The pod stays Pending forever.' },
  MISSING_KEY: { title: 'A ConfigMap or Secret has no such key', why: 'The pod waits for the key forever.' },
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
  AUTOSCALER_METRIC: {
    title: 'An autoscaler measures what there is not',
    why: 'It never scales, and only its conditions say so.',
  },
  DANGLING_ENDPOINTS: { title: 'Endpoints belong to no Service', why: 'No request ever reaches these addresses.' },
  SCHEDULING_SELECTOR: {
    title: 'A scheduling rule finds no pods',
    why: 'The pods are spread, or kept apart, as if the rule were not there.',
  },
  INGRESS_TLS: {
    title: 'The hosts of tls and of the rules differ',
    why: "Clients get the controller's default certificate, and refuse the connection.",
  },
  DANGLING_INGRESS: { title: 'An Ingress or a route leads nowhere', why: 'Every request is answered with 500 or 503.' },
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
    title: 'An address leads to a Service that does not exist',
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
  DANGLING_MONITOR: { title: 'A monitor scrapes nothing', why: 'The metrics are silently missing.' },
  SCRAPE_PORT: { title: 'Scrape annotations name a port that the pod does not have', why: 'Prometheus gets no metrics.' },
  SERVICE_LINKS: {
    title: "A Service's variables collide with the program's own",
    why: 'The program reads tcp://10.0.0.1:80 as its port and does not start.',
  },
  DANGLING_SUBJECT: {
    title: 'A binding names a ServiceAccount that does not exist',
    why: 'The intended subject gets no permissions.',
  },
  DANGLING_ROLE: { title: 'A binding is to a Role that is not there', why: 'It gives no rights.' },
  WILDCARD_RIGHTS: { title: 'Permissions for everything', why: 'An attacker in the pod gains them too.' },

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
  WRITABLE_ROOT: { title: 'The root filesystem is writable', why: 'An attacker in the container can change the program.' },
  ACCOUNT_TOKEN: { title: 'Pods have a token they do not need', why: 'An attacker in the pod can call the API server.' },
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
    title: 'A slow start is a restart forever',
    why: 'A fixed delay suits no load time: too short for a large model, too long for a small one.',
  },
  LIVENESS_TOO_EARLY: {
    title: 'A container is restarted before it can be ready',
    why: 'Each restart begins anew, so the pod never becomes ready.',
  },
  STARTUP_TOO_SHORT: {
    title: 'The probes are less patient than the server',
    why: 'The server still loads, is restarted, and loads again.',
  },
  PROBE_MISSING: { title: 'Pods do not say when they are ready', why: 'They get requests before the model is loaded.' },
  PROBES_IDENTICAL: {
    title: 'Liveness and readiness ask the same',
    why: 'A pod that is merely busy is killed instead of spared.',
  },
  LIVENESS_GENERATES: {
    title: 'Liveness has the model generate',
    why: 'The probe waits behind the requests, so a server under load is restarted, and its requests are lost.',
  },
  SERIES_UNKNOWN: {
    title: 'The server has no such series',
    why: 'The query finds nothing: the autoscaler does not act, the alert does not fire.',
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
  QUANTITY_UNLIKELY: {
    title: 'An amount of CPU or memory cannot be meant',
    why: 'A forgotten or misspelt unit asks for a thousand times too much, and no node takes the pod, or for a thousandth, and no process starts.',
  },
  PORT_TAKEN: {
    title: 'One port is given away twice',
    why: 'The second container of a pod finds the port taken and does not start; the second Service is refused.',
  },
  VOLUME_ABOVE_LIMIT: {
    title: 'A scratch volume is larger than what the pod may use',
    why: 'The pod is evicted, or its process killed, before the volume is full.',
  },
  READ_ONLY_CACHE: {
    title: 'A cache is on a file system that cannot be written',
    why: 'The program fails when it starts, or with its first request.',
  },
  WEIGHTS_TOO_LARGE: {
    title: 'The weights do not fit into the GPUs',
    why: 'The server runs out of memory while it loads, every time.',
  },

  // checks of manifests: exceptions
  EXCEPTION_UNUSED: { title: 'An exception is not needed', why: 'It would hide the next mistake.' },
  EXCEPTION_EXPIRED: { title: 'An exception has expired', why: 'What was put off is due.' },
  EXCEPTION_UNREASONED: {
    title: 'An exception has no reason',
    why: 'Without a reason, reviewers cannot tell whether it still applies.',
  },
} as const satisfies Record<string, CodeInfo>;
