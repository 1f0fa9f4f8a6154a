import type { CodeInfo } from './code-info';

/** The client and releases. */
export const RELEASE_CODES = {
  // client: kubeconfig, credentials, the API server's responses
  KUBECONFIG_MISSING: {
    title: 'No cluster is configured',
    why: 'Without a kubeconfig or a ServiceAccount there is no cluster to connect to.',
  },
  KUBECONFIG_INVALID: {
    title: 'The kubeconfig cannot be used',
    why: 'A file, a context, a cluster or a user in it is missing or malformed.',
  },
  AUTH_UNSUPPORTED: { title: 'The authentication method is not supported', why: 'Ignoring it would authenticate another user.' },
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
    why: 'With a claim, a definition, a namespace or the owner of a claim goes everything in it, and nothing brings it back.',
  },
  DATA_IN_USE: {
    title: 'An object that is deleted is still needed',
    why: 'Its deletion would take objects with it that the manifests still have.',
  },
  MANIFEST_DUPLICATE: {
    title: 'An object appears in the manifests twice',
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
  GATE_NOT_RUN: {
    title: 'A changed gate does not run',
    why: 'Gates judge changes; what is deployed has passed the gates that it had.',
  },
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
    why: 'Without measurements a step of a canary is inconclusive, never passed, and an autoscaler keeps its fallback.',
  },
  OWNED_ELSEWHERE: {
    title: 'An object belongs to another owner',
    why: 'Two owners would overwrite each other, and delete each other’s objects.',
  },
  OWNED_BY_AGENT: {
    title: 'A GitOps agent owns the stack',
    why: 'Its next sync would undo the release, and both would go on undoing each other.',
  },
  FIELD_CONFLICT: { title: 'Another manager owns a field', why: "Overwriting it would silently revert another client's change." },
  FIELD_IMMUTABLE: {
    title: 'A field cannot be changed',
    why: 'The object has to be deleted and recreated, which interrupts it.',
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
  PODS_NOT_RESTARTED: {
    title: 'Pods keep their previous settings',
    why: 'They read environment variables and files mounted by subPath only when they start, and nothing in their template changes.',
  },
  QUOTA_EXCEEDED: { title: 'A quota does not suffice', why: 'Pods beyond it are never created.' },
  ROLLOUT_INFEASIBLE: { title: 'The rollout cannot be placed', why: 'No scheduler could put these pods on the nodes there are.' },
  RELEASE_LOCKED: { title: 'The release is locked', why: 'Another process is releasing it right now.' },
  LOCK_LOST: { title: 'The lock was lost', why: 'Another process has taken the release over, so this one must not write.' },
  PLAN_STALE: { title: 'The cluster has changed since the plan', why: 'What was agreed to is not what would happen now.' },
  PLAN_FILE: { title: 'The plan cannot be saved or read', why: 'A plan file holds all that is applied, and no secret values.' },
  OBJECT_CHANGED: {
    title: 'An object changed during the release',
    why: 'It is not what the plan has seen, so it is not overwritten.',
  },
  ROLLOUT_FAILED: { title: 'An object does not become ready', why: 'The new version would not serve.' },
  ROLLOUT_TIMEOUT: { title: 'The rollout took too long', why: 'There was no progress within the time it may take.' },
  ROLLBACK_FAILED: { title: 'The undo failed', why: 'What is left is named in the record.' },
  INTERRUPTED: { title: 'The release was interrupted', why: 'The user asked it to stop.' },
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
    why: 'A record is a Secret, so a user who may write Secrets in its namespace could use the permissions of the next release.',
  },
  RECORD_DAMAGED: { title: 'The record is not readable', why: 'Another client deleted or changed part of it.' },
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
  CLAIM_KEEPS_SIZE: {
    title: 'A claim keeps its size',
    why: 'It has grown since this manifest was released, and the API server shrinks no claim.',
  },
  RESTORED_OTHERWISE: {
    title: 'An object is back, and not as it was',
    why: 'What the cluster had allocated for it belongs to another object by now, or others had set or made what it no longer has.',
  },
  OTHERS_DELETED: {
    title: 'Other objects are deleted too',
    why: 'The cluster deletes the objects of a deleted definition, everything in a deleted namespace, and what has the object as owner.',
  },
  OBJECT_NOT_DELETED: { title: 'An object is still there', why: 'A finalizer keeps it until its controller has finished.' },
} as const satisfies Record<string, CodeInfo>;
