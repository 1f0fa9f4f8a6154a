import { at, type Fields, fieldsAt, listAt } from '../../kube/fields';
import { type Container, itemsAt, type Workload } from '../inventory/inventory';
import { type Found, rule } from '../model/rule';

const VOLUMES = new Set([
  'name',
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
  'image',
]);
const SYSCTLS =
  /^(kernel\.shm_rmid_forced|net\.ipv4\.(ip_local_port_range|ip_unprivileged_port_start|tcp_syncookies|ping_group_range|ip_local_reserved_ports|tcp_keepalive_\w+|tcp_fin_timeout|tcp_rmem|tcp_wmem))$/;

type Violation = readonly [path: string, got: unknown, expected: string];

/**
 * Checks the restricted Pod Security level and reports each field.
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export const podSecurityRule = rule(
  'POD_SECURITY',
  'style',
  'Harden the pod, or except this object with the reason.',
  ({ workloads }) =>
    workloads.flatMap((workload) =>
      violationsOf(workload).map(([path, got, expected]): Found => {
        return { object: workload.object, path, message: 'the restricted Pod Security level forbids it', got, expected };
      }),
    ),
  'kube-linter:host-ipc kube-linter:host-network kube-linter:host-pid kube-linter:docker-sock kube-linter:sensitive-host-mounts kube-linter:privileged-container kube-linter:privilege-escalation-container kube-linter:run-as-non-root kube-linter:drop-net-raw-capability kube-linter:unsafe-sysctls kube-score:container-security-context-privileged checkov:CKV_K8S_16 checkov:CKV_K8S_20 checkov:CKV_K8S_31',
);

function violationsOf({ spec, path, containers }: Workload): readonly Violation[] {
  const security = fieldsAt(spec, 'securityContext');
  const here = `${path}.securityContext`;
  return [
    ...(['hostNetwork', 'hostPID', 'hostIPC'] as const).flatMap((field): readonly Violation[] =>
      spec[field] === true ? [[`${path}.${field}`, true, 'false']] : [],
    ),
    ...itemsAt(spec, 'volumes').flatMap((volume): readonly Violation[] => {
      const wrong = Object.keys(volume).find((source) => !VOLUMES.has(source));
      return wrong === undefined ? [] : [[`${path}.volumes[name=${volume.name}]`, wrong, 'another kind of volume']];
    }),
    ...itemsAt(security, 'sysctls').flatMap((one): readonly Violation[] =>
      SYSCTLS.test(String(one.name)) ? [] : [[`${here}.sysctls`, one.name, 'a safe sysctl']],
    ),
    ...identity(security, here),
    ...containers.flatMap((container) => ofContainer(container, security)),
  ];
}

/** Settings that both pods and containers have. */
function identity(security: Fields, path: string): readonly Violation[] {
  return [
    ...(security.runAsUser === 0 ? [[`${path}.runAsUser`, 0, 'another user than root'] as const] : []),
    ...(security.runAsNonRoot === false ? [[`${path}.runAsNonRoot`, false, 'true'] as const] : []),
    ...(at(security, 'seccompProfile', 'type') === 'Unconfined'
      ? [[`${path}.seccompProfile.type`, 'Unconfined', 'RuntimeDefault'] as const]
      : []),
    ...(at(security, 'windowsOptions', 'hostProcess') === true
      ? [[`${path}.windowsOptions.hostProcess`, true, 'false'] as const]
      : []),
    ...(at(security, 'seLinuxOptions', 'user') === undefined
      ? []
      : [[`${path}.seLinuxOptions.user`, at(security, 'seLinuxOptions', 'user'), 'nothing'] as const]),
  ];
}

function ofContainer({ fields, path }: Container, pod: Fields): readonly Violation[] {
  const security = fieldsAt(fields, 'securityContext');
  const here = `${path}.securityContext`;
  const dropped = listAt(security, 'capabilities', 'drop');
  const added = listAt(security, 'capabilities', 'add').filter((one) => one !== 'NET_BIND_SERVICE');
  return [
    ...identity(security, here),
    ...(security.privileged === true ? [[`${here}.privileged`, true, 'false'] as const] : []),
    ...(security.allowPrivilegeEscalation === false
      ? []
      : [[`${here}.allowPrivilegeEscalation`, security.allowPrivilegeEscalation ?? 'nothing', 'false'] as const]),
    ...(dropped.includes('ALL') ? [] : [[`${here}.capabilities.drop`, dropped, '[ALL]'] as const]),
    ...(added.length === 0 ? [] : [[`${here}.capabilities.add`, added, 'nothing but NET_BIND_SERVICE'] as const]),
    ...((security.runAsNonRoot ?? pod.runAsNonRoot) === undefined ? [[`${here}.runAsNonRoot`, 'nothing', 'true'] as const] : []),
    ...((security.seccompProfile ?? pod.seccompProfile) === undefined
      ? [[`${here}.seccompProfile.type`, 'nothing', 'RuntimeDefault'] as const]
      : []),
    ...(['Default', undefined].includes(security.procMount as string | undefined)
      ? []
      : [[`${here}.procMount`, security.procMount, 'Default'] as const]),
    ...itemsAt(fields, 'ports').flatMap((port): readonly Violation[] =>
      (port.hostPort ?? 0) === 0 ? [] : [[`${path}.ports`, port.hostPort, 'no hostPort']],
    ),
  ];
}
