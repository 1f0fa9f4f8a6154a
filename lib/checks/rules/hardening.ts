import { at } from '../../kube/fields';
import { rayClusterOf } from '../../kube/pod-spec';
import { itemsAt } from '../inventory/inventory';
import { type Found, type Rule, rule, say } from '../model/rule';

/** An image with files that its process can modify. */
export const writableRoot: Rule = rule(
  'WRITABLE_ROOT',
  'warning',
  'Set readOnlyRootFilesystem: true, and mount an emptyDir where it writes.',
  ({ workloads }) =>
    workloads.flatMap(({ object, containers }) =>
      containers.flatMap(({ fields, path }): readonly Found[] => {
        const got = at(fields, 'securityContext', 'readOnlyRootFilesystem');
        const where = `${path}.securityContext.readOnlyRootFilesystem`;
        return got === true
          ? []
          : [{ object, path: where, message: 'the root file system can be written', got, expected: 'true' }];
      }),
    ),
  'kube-linter:no-read-only-root-fs kube-score:container-security-context-readonlyrootfilesystem',
);

/** An API server token in pods that do not need it. */
export const accountToken: Rule = rule(
  'ACCOUNT_TOKEN',
  'warning',
  'Set automountServiceAccountToken: false.',
  (all) => {
    const bound = new Set(
      ['RoleBinding', 'ClusterRoleBinding'].flatMap((kind) =>
        all.ofKind(kind).flatMap((one) => itemsAt(one, 'subjects').map(({ name }) => name)),
      ),
    );
    return all.workloads.flatMap(({ object, namespace, spec, path, part }): readonly Found[] => {
      const name = String(spec.serviceAccountName ?? 'default');
      const mounted =
        spec.automountServiceAccountToken ?? all.find('ServiceAccount', namespace, name)?.automountServiceAccountToken ?? true;
      // KubeRay binds the ServiceAccount of a head with an autoscaler.
      const scaled = part === 'leader' && rayClusterOf(object).enableInTreeAutoscaling === true;
      if (mounted !== true || bound.has(name) || scaled) return [];
      return say(object, `${path}.automountServiceAccountToken`, 'its pods get a token that no role is bound to', {
        expected: 'false',
      });
    });
  },
  'polaris:automountServiceAccountToken checkov:CKV_K8S_38',
);

/** External access that bypasses the Ingress and its TLS. */
export const exposedService: Rule = rule(
  'EXPOSED_SERVICE',
  'warning',
  'Use ClusterIP behind an Ingress.',
  (all) =>
    all.ofKind('Service').flatMap((object): readonly Found[] => {
      const got = at(object, 'spec', 'type');
      return got === 'NodePort' || got === 'LoadBalancer'
        ? [{ object, path: 'spec.type', message: 'every node opens a port for it', got, expected: 'ClusterIP' }]
        : [];
    }),
  'kube-linter:exposed-services kube-score:service-type',
);

/** Port 22 in a container. */
export const sshPort: Rule = rule(
  'SSH_PORT',
  'error',
  'Use kubectl exec; remove the port.',
  ({ workloads }) =>
    workloads.flatMap(({ object, containers }) =>
      containers.flatMap(({ fields, path }): readonly Found[] =>
        itemsAt(fields, 'ports').some(({ containerPort }) => containerPort === 22)
          ? [{ object, path: `${path}.ports`, message: 'an SSH server in the pod', got: 22 }]
          : [],
      ),
    ),
  'kube-linter:ssh-port',
);
