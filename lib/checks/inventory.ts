import { type Fields, fieldsAt, isFields, listAt, textAt } from '../kube/fields';
import { groupOf, type KubeObject } from '../kube/object';
import { podSpecOf } from '../kube/pod-spec';
import { matchesSelector } from '../kube/selector';

/** A container, and where it stands in its object. */
export interface Container {
  readonly name: string;
  readonly fields: Fields;
  /** `spec.template.spec.containers[name=model]`. */
  readonly path: string;
  readonly init: boolean;
}

/** An object that makes pods. */
export interface Workload {
  readonly object: KubeObject;
  readonly namespace: string;
  /** The labels of its pods. */
  readonly labels: Fields;
  readonly annotations: Fields;
  readonly spec: Fields;
  /** Where the pods' spec stands, `spec.template.spec`. */
  readonly path: string;
  readonly containers: readonly Container[];
  /** Whether its pods run until they are told to stop. */
  readonly serves: boolean;
}

const BATCH = new Set(['Job', 'CronJob']);

/** Objects by what rules ask for. */
export class Inventory {
  readonly objects: readonly KubeObject[];
  readonly workloads: readonly Workload[];
  readonly #byKind = new Map<string, KubeObject[]>();

  constructor(objects: readonly KubeObject[]) {
    this.objects = objects;
    for (const object of objects) {
      const known = this.#byKind.get(object.kind);
      if (known === undefined) this.#byKind.set(object.kind, [object]);
      else known.push(object);
    }
    this.workloads = objects.flatMap((object) => workloadOf(object) ?? []);
  }

  /** All objects of a kind. */
  ofKind(kind: string): readonly KubeObject[] {
    return this.#byKind.get(kind) ?? [];
  }

  /** The object of that identity, or nothing. */
  find(kind: string, namespace: string, name: string): KubeObject | undefined {
    return this.ofKind(kind).find((object) => object.metadata.name === name && namespaceOf(object) === namespace);
  }

  /** Names of a kind in a namespace, to find the nearest among. */
  namesOf(kind: string, namespace: string): readonly string[] {
    return this.ofKind(kind).flatMap((object) => (namespaceOf(object) === namespace ? object.metadata.name : []));
  }

  /** The workloads of a namespace whose pods a selector finds. */
  selected(namespace: string, selector: unknown): readonly Workload[] {
    return this.workloads.filter((one) => one.namespace === namespace && matchesSelector(one.labels, selector));
  }

  /** The workload of that identity, or nothing. */
  workload(kind: string, namespace: string, name: string): Workload | undefined {
    return this.workloads.find(
      ({ object, namespace: own }) => object.kind === kind && object.metadata.name === name && own === namespace,
    );
  }

  /** Whether something here may make pods that nobody but its controller knows: a custom resource. */
  hasCustom(namespace: string): boolean {
    return this.objects.some((object) => {
      const group = groupOf(object.apiVersion);
      const custom = group.includes('.') && !group.endsWith('k8s.io') && group !== 'monitoring.coreos.com';
      return custom && namespaceOf(object) === namespace;
    });
  }
}

const known = new WeakMap<readonly KubeObject[], Inventory>();

/** The inventory of a list of objects; made once per list, because every rule asks. */
export function inventoryOf(objects: readonly KubeObject[]): Inventory {
  const found = known.get(objects) ?? new Inventory(objects);
  known.set(objects, found);
  return found;
}

/** The namespace of an object; empty when it names none. */
export function namespaceOf(object: KubeObject): string {
  return object.metadata.namespace ?? '';
}

/** The fields of a list's items that are objects. */
export function itemsAt(value: unknown, ...path: readonly string[]): readonly Fields[] {
  return listAt(value, ...path).filter(isFields);
}

function workloadOf(object: KubeObject): Workload | undefined {
  const spec = podSpecOf(object);
  if (!isFields(spec) || !Array.isArray(spec.containers)) return undefined;
  const above =
    object.kind === 'Pod' ? [] : object.kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec', 'template'] : ['spec', 'template'];
  const path = [...above, 'spec'].join('.');
  const containers = (field: string, init: boolean) =>
    itemsAt(spec, field).map((fields, index): Container => {
      const name = textAt(fields, 'name') ?? String(index);
      return { name, fields, path: `${path}.${field}[name=${name}]`, init };
    });
  return {
    object,
    namespace: namespaceOf(object),
    labels: fieldsAt(object, ...above, 'metadata', 'labels'),
    annotations: fieldsAt(object, ...above, 'metadata', 'annotations'),
    spec,
    path,
    containers: [...containers('containers', false), ...containers('initContainers', true)],
    serves: !BATCH.has(object.kind),
  };
}
