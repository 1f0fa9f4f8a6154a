import { forbidden } from '../../api-schema/failure';
import { objAt, objsAt, textsAt } from '../../api-schema/json';
import type { KindSchema } from '../../api-schema/schema';
import { type Obj, textOrEmpty } from '../../kube/fields';
import { groupOf } from '../../kube/object';
import { canonicalQuantity, quantityOf, quantityValue } from '../../kube/quantity';
import type { World } from '../core/world';

/** Usage of one object, by the resource names of a ResourceQuota. */
function usageOf(kind: KindSchema, object: Obj): Map<string, number> {
  const group = groupOf(kind.apiVersion);
  const usage = new Map<string, number>([[group === '' ? `count/${kind.plural}` : `count/${kind.plural}.${group}`, 1]]);
  const add = (name: string, amount: number) => usage.set(name, (usage.get(name) ?? 0) + amount);
  if (group === '') add(kind.plural, 1);
  if (kind.kind === 'Service' && textOrEmpty(object, 'spec', 'type') === 'LoadBalancer') add('services.loadbalancers', 1);
  if (kind.kind === 'PersistentVolumeClaim')
    add('requests.storage', quantityValue(textsAt(object, 'spec', 'resources', 'requests').storage));
  if (kind.kind !== 'Pod') return usage;
  if (['Succeeded', 'Failed'].includes(textOrEmpty(object, 'status', 'phase'))) return new Map();
  for (const container of objsAt(object, 'spec', 'containers')) {
    for (const list of ['requests', 'limits']) {
      for (const [name, value] of Object.entries(textsAt(container, 'resources', list))) {
        add(`${list}.${name}`, quantityValue(value));
        if (list === 'requests') add(name, quantityValue(value));
      }
    }
  }
  return usage;
}

/** Current usage of a quota. */
export function quotaUsage(world: World, quota: Obj): Map<string, number> {
  const namespace = textOrEmpty(quota, 'metadata', 'namespace');
  const used = new Map<string, number>();
  const hard = Object.keys(objAt(quota, 'spec', 'hard'));
  for (const kind of world.registry.kinds()) {
    if (!kind.namespaced) continue;
    for (const object of world.store.inNamespace(kind, namespace).values()) {
      for (const [name, amount] of usageOf(kind, object)) if (hard.includes(name)) used.set(name, (used.get(name) ?? 0) + amount);
    }
  }
  return used;
}

/** Rejects an object that exceeds a ResourceQuota of its namespace, with the server's wording. */
export function checkQuota(world: World, kind: KindSchema, object: Obj): void {
  const quotas = world.store.table(world.registry.builtin('v1', 'ResourceQuota'));
  if (quotas.size === 0) return;
  const namespace = textOrEmpty(object, 'metadata', 'namespace');
  const name = textOrEmpty(object, 'metadata', 'name');
  for (const quota of quotas.values()) {
    if (textOrEmpty(quota, 'metadata', 'namespace') !== namespace) continue;
    const hard = textsAt(quota, 'spec', 'hard');
    const wanted = usageOf(kind, object);
    const constrained = Object.keys(hard).filter((resource) => wanted.has(resource));
    const quotaName = textOrEmpty(quota, 'metadata', 'name');
    if (kind.kind === 'Pod') mustSay(kind, name, quotaName, Object.keys(hard), wanted);
    if (constrained.length === 0) continue;
    const used = quotaUsage(world, quota);
    const exceeded = constrained.filter(
      (resource) => (used.get(resource) ?? 0) + (wanted.get(resource) ?? 0) > quantityValue(hard[resource]),
    );
    if (exceeded.length === 0) continue;
    const show = (amounts: (resource: string) => string) =>
      exceeded
        .sort()
        .map((resource) => `${resource}=${amounts(resource)}`)
        .join(',');
    const requested = show((resource) => quantityOf(wanted.get(resource) ?? 0));
    const usedText = show((resource) => quantityOf(used.get(resource) ?? 0));
    const limited = show((resource) => canonicalQuantity(hard[resource] ?? '0') ?? '0');
    throw forbidden(kind, name, `exceeded quota: ${quotaName}, requested: ${requested}, used: ${usedText}, limited: ${limited}`);
  }
}

/** A quota on a resource requires every container to specify it. */
function mustSay(
  kind: KindSchema,
  name: string,
  quota: string,
  hard: readonly string[],
  wanted: ReadonlyMap<string, number>,
): void {
  const compute = hard.filter((resource) => /^(limits\.|requests\.)?(cpu|memory)$/.test(resource));
  const missing = compute.filter((resource) => !wanted.has(resource));
  if (missing.length > 0) throw forbidden(kind, name, `failed quota: ${quota}: must specify ${missing.sort().join(',')}`);
}
