import type { KubeObject } from '../../lib/kube/object';
import { type Deviation, type Mismatch, mismatches } from '../harness/golden';

const CONTENT_NAMED = ['Job', 'ConfigMap'];

/** The rendered object that a golden one means: the one of its kind whose name is met, or is the name that a deviation allows. */
export function counterpart(
  golden: KubeObject,
  objects: readonly KubeObject[],
  deviations: readonly Deviation[],
): KubeObject | undefined {
  return objects.find((object) => {
    if (object.kind !== golden.kind || object.apiVersion !== golden.apiVersion) return false;
    const head = { ...golden, metadata: { name: golden.metadata.name } } as KubeObject;
    const onlyName: KubeObject = { apiVersion: head.apiVersion, kind: head.kind, metadata: head.metadata };
    return mismatches(onlyName, object, objects, deviations).length === 0;
  });
}

/** Everything in which a rendering falls short of golden objects. */
export function compareAll(
  golden: readonly KubeObject[],
  objects: readonly KubeObject[],
  deviations: readonly Deviation[],
  used = new Set<string>(),
): readonly Mismatch[] {
  return golden.flatMap((wanted) => {
    const object = counterpart(wanted, objects, deviations);
    if (object === undefined) {
      return [
        {
          kind: wanted.kind,
          path: 'metadata.name',
          golden: wanted.metadata.name,
          rendered: CONTENT_NAMED.includes(wanted.kind) ? 'no such name or hash' : 'no such name',
        },
      ];
    }
    return mismatches(wanted, object, objects, deviations, used);
  });
}
