import { at, type Fields, fieldsAt, textAt } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { parseQuantity } from '../../kube/quantity';
import { itemsAt } from '../inventory/inventory';
import { type Found, type Rule, rule } from '../model/rule';

const MIB = 2 ** 20;
/** No container process starts with less: the container runtime alone needs this much. */
const LEAST_MEMORY = 4 * MIB;
/** More than the largest machines of cloud providers have. */
const MOST_CPU = 2000;
const MOST_MEMORY = 64 * 2 ** 40;

/** Implausible amounts: cores instead of millicores, bytes instead of megabytes. */
export const quantityUnlikely: Rule = rule(
  'QUANTITY_UNLIKELY',
  'error',
  'Write CPU in cores (2) or thousandths (250m), and memory with a unit (512Mi).',
  (all) => [
    ...all.workloads.flatMap(({ object, spec, path, containers }) => [
      ...containers.flatMap(({ fields, path: place }) =>
        (['requests', 'limits'] as const).flatMap((kind) =>
          amounts(object, `${place}.resources.${kind}`, fieldsAt(fields, 'resources', kind), kind),
        ),
      ),
      ...itemsAt(spec, 'volumes').flatMap((volume) => {
        const size = at(volume, 'emptyDir', 'sizeLimit');
        return amount(object, `${path}.volumes[name=${volume.name}].emptyDir.sizeLimit`, 'storage', size);
      }),
    ]),
    ...all.objects.flatMap((object) =>
      claimsIn(object).flatMap(({ path, spec }) =>
        amounts(object, `${path}.resources.requests`, fieldsAt(spec, 'resources', 'requests'), 'requests'),
      ),
    ),
    ...all
      .ofKind('LimitRange')
      .flatMap((object) =>
        itemsAt(object, 'spec', 'limits').flatMap((limit, index) =>
          ['default', 'defaultRequest', 'max', 'min'].flatMap((field) =>
            amounts(
              object,
              `spec.limits[${index}].${field}`,
              fieldsAt(limit, field),
              field === 'default' ? 'limits' : 'requests',
            ),
          ),
        ),
      ),
  ],
);

/** Storage requests of an object: a PVC, or a StatefulSet's claim templates. */
function claimsIn(object: KubeObject): readonly { readonly path: string; readonly spec: Fields }[] {
  if (object.kind === 'PersistentVolumeClaim') return [{ path: 'spec', spec: fieldsAt(object, 'spec') }];
  return itemsAt(object, 'spec', 'volumeClaimTemplates').map((claim) => ({
    path: `spec.volumeClaimTemplates[name=${textAt(claim, 'metadata', 'name')}].spec`,
    spec: fieldsAt(claim, 'spec'),
  }));
}

function amounts(object: KubeObject, path: string, resources: Fields, kind: 'requests' | 'limits'): readonly Found[] {
  return Object.entries(resources).flatMap(([name, value]) => amount(object, `${path}.${name}`, name, value, kind));
}

function amount(
  object: KubeObject,
  path: string,
  name: string,
  value: unknown,
  kind: 'requests' | 'limits' = 'requests',
): readonly Found[] {
  const mistake = mistakeOf(kind, name, String(value));
  if (mistake === undefined) return [];
  const [message, expected] = mistake;
  return [{ object, path, message, got: value, expected }];
}

function mistakeOf(
  kind: 'requests' | 'limits',
  name: string,
  text: string,
): readonly [message: string, expected: string] | undefined {
  const amount = parseQuantity(text);
  if (amount === undefined) return undefined;
  if (name === 'cpu') return cpuMistake(amount, text);
  if (name !== 'memory' && name !== 'ephemeral-storage' && name !== 'storage') return undefined;
  if (amount > 0 && /m$/.test(text)) return ['thousandths of a byte', text.replace(/m$/, 'Mi')];
  if (name === 'storage' && amount > 0 && amount < MIB && /^\d+$/.test(text)) return ['bytes, for want of a unit', `${text}Gi`];
  if (name !== 'storage' && amount > MOST_MEMORY) return ['more than any node has', 'an amount that a node has'];
  if (kind === 'limits' && name === 'memory' && amount > 0 && amount < LEAST_MEMORY)
    return ['no process starts in so little memory', 'at least 4Mi'];
  return undefined;
}

/**
 * Round hundreds of cores are millicores without their unit; TPU hosts have up to 240 cores, the largest machines a few hundred.
 */
function cpuMistake(cores: number, text: string): readonly [message: string, expected: string] | undefined {
  if (cores <= MOST_CPU && (cores < 250 || cores % 50 !== 0)) return undefined;
  return ['hundreds of cores', /^\d+$/.test(text) ? `${text}m, if thousandths are meant` : 'the cores that a node has'];
}
