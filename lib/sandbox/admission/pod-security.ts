import { forbidden } from '../../api-schema/failure';
import { isObj, objAt, objsAt } from '../../api-schema/json';
import { containersOf } from '../../api-schema/rules/pod-defaults';
import { at, type Obj, textOrEmpty } from '../../kube/fields';
import type { World } from '../core/world';

const ENFORCE = 'pod-security.kubernetes.io/enforce';

/** Rejects pods that violate the namespace's Pod Security level. */
export function checkPodSecurity(world: World, pod: Obj): void {
  const namespace = world.store.get(world.registry.builtin('v1', 'Namespace'), '', textOrEmpty(pod, 'metadata', 'namespace'));
  const level = textOrEmpty(namespace, 'metadata', 'labels', ENFORCE);
  if (level !== 'restricted' && level !== 'baseline') return;
  const spec = objAt(pod, 'spec');
  const violations = [...baseline(spec), ...(level === 'restricted' ? restricted(spec) : [])];
  if (violations.length === 0) return;
  const kind = world.registry.builtin('v1', 'Pod');
  throw forbidden(kind, textOrEmpty(pod, 'metadata', 'name'), `violates PodSecurity "${level}:latest": ${violations.join(', ')}`);
}

function names(containers: readonly Obj[]): string {
  const list = containers.map((container) => JSON.stringify(textOrEmpty(container, 'name'))).join(', ');
  return containers.length === 1 ? `container ${list}` : `containers ${list}`;
}

function baseline(spec: Obj): string[] {
  const found: string[] = [];
  const host = ['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => spec[field] === true);
  if (host.length > 0) found.push(`host namespaces (${host.map((field) => `${field}=true`).join(', ')})`);
  const privileged = containersOf(spec).filter((container) => at(container, 'securityContext', 'privileged') === true);
  if (privileged.length > 0) found.push(`privileged (${names(privileged)} must not set securityContext.privileged=true)`);
  const paths = objsAt(spec, 'volumes').filter((volume) => isObj(volume.hostPath));
  if (paths.length > 0) found.push(`hostPath volumes (volume ${paths.map((volume) => JSON.stringify(volume.name)).join(', ')})`);
  return found;
}

function restricted(spec: Obj): string[] {
  const found: string[] = [];
  const containers = containersOf(spec);
  const failing = (test: (security: Obj) => boolean) =>
    containers.filter((container) => !test(objAt(container, 'securityContext')));
  const say = (title: string, bad: readonly Obj[], must: string) => {
    if (bad.length > 0) found.push(`${title} (${names(bad)} must set ${must})`);
  };
  say(
    'allowPrivilegeEscalation != false',
    failing((s) => s.allowPrivilegeEscalation === false),
    'securityContext.allowPrivilegeEscalation=false',
  );
  const dropsAll = (security: Obj) => {
    const drop = at(security, 'capabilities', 'drop');
    return Array.isArray(drop) && drop.includes('ALL');
  };
  say('unrestricted capabilities', failing(dropsAll), 'securityContext.capabilities.drop=["ALL"]');
  const podSecurity = objAt(spec, 'securityContext');
  const nonRoot = failing((s) => (s.runAsNonRoot ?? podSecurity.runAsNonRoot) === true);
  if (nonRoot.length > 0)
    found.push(`runAsNonRoot != true (pod or ${names(nonRoot)} must set securityContext.runAsNonRoot=true)`);
  const profile = (security: Obj) =>
    textOrEmpty(security, 'seccompProfile', 'type') || textOrEmpty(podSecurity, 'seccompProfile', 'type');
  const seccomp = failing((s) => ['RuntimeDefault', 'Localhost'].includes(profile(s)));
  if (seccomp.length > 0) {
    found.push(
      `seccompProfile (pod or ${names(seccomp)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")`,
    );
  }
  return found;
}
