import { AUTOSCALER_KINDS, scaleTargetOf } from '../../kube/autoscaler';
import { at, type Fields, fieldsAt, isFields, listAt, textAt } from '../../kube/fields';
import { groupOf, type KubeObject } from '../../kube/object';
import { type PodTemplate, podTemplatesOf } from '../../kube/pod-spec';
import { servicesMadeBy } from '../../kube/providers';
import { append, LabelIndex } from './label-index';

/** A container, with its location in its object. */
export interface Container {
  readonly name: string;
  readonly fields: Fields;
  /** `spec.template.spec.containers[name=model]`. */
  readonly path: string;
  readonly init: boolean;
}

/** An object that creates pods. */
export interface Workload {
  readonly object: KubeObject;
  readonly namespace: string;
  /** Labels of its pods. */
  readonly labels: Fields;
  readonly annotations: Fields;
  readonly spec: Fields;
  /** Path of the pod spec, `spec.template.spec`. */
  readonly path: string;
  readonly containers: readonly Container[];
  /** Whether its pods run until they receive SIGTERM. */
  readonly serves: boolean;
  /** Part of its pods in a group of nodes; otherwise `server`. */
  readonly part: PodTemplate['part'];
  /** Whether it is a hook or a test of a chart: it runs in addition to the release, not as part of it. */
  readonly hook: boolean;
}

/** Label with which the StatefulSet controller identifies each pod. */
const POD_NAME = 'statefulset.kubernetes.io/pod-name';
const BATCH = new Set(['Job', 'CronJob']);

/** Kinds that select pods, with the path of their selector. */
const SELECTORS = {
  Service: (object: KubeObject) => {
    const labels = fieldsAt(object, 'spec', 'selector');
    return Object.keys(labels).length === 0 ? undefined : { matchLabels: labels };
  },
  PodDisruptionBudget: (object: KubeObject) => at(object, 'spec', 'selector'),
  NetworkPolicy: (object: KubeObject) => at(object, 'spec', 'podSelector') ?? {},
};

/** Objects, indexed for the lookups of rules: the cost of a lookup depends on its result, not on the number of objects. */
export class Inventory {
  readonly objects: readonly KubeObject[];
  readonly workloads: readonly Workload[];
  readonly #byKind = new Map<string, KubeObject[]>();
  readonly #byIdentity = new Map<string, KubeObject>();
  readonly #names = new Map<string, string[]>();
  readonly #workloads = new Map<string, Workload>();
  readonly #pods = new LabelIndex<Workload>();
  readonly #custom = new Set<string>();
  readonly #selecting = new Map<keyof typeof SELECTORS, ReadonlyMap<Workload, readonly KubeObject[]>>();
  #autoscalers: ReadonlyMap<Workload, KubeObject> | undefined;
  #services: LabelIndex<KubeObject> | undefined;

  constructor(objects: readonly KubeObject[]) {
    this.objects = objects;
    for (const object of objects) {
      const [namespace, { kind }] = [namespaceOf(object), object];
      append(this.#byKind, kind, object);
      for (const one of [object, ...servicesMadeBy(object)]) this.#identify(one, namespace);
      if (isCustom(object)) this.#custom.add(namespace);
    }
    this.workloads = objects.flatMap(workloadsOf);
    for (const workload of this.workloads) {
      const { object, namespace, labels } = workload;
      const key = identity(object.kind, namespace, object.metadata.name);
      if (!this.#workloads.has(key)) this.#workloads.set(key, workload);
      this.#pods.add(namespace, labels, workload);
    }
  }

  /** Registers an object as a target of references. */
  #identify(object: KubeObject, namespace: string): void {
    const { kind, metadata } = object;
    const key = identity(kind, namespace, metadata.name);
    append(this.#names, `${kind} ${namespace}`, metadata.name);
    if (!this.#byIdentity.has(key)) this.#byIdentity.set(key, object);
  }

  /** All objects of a kind. */
  ofKind(kind: string): readonly KubeObject[] {
    return this.#byKind.get(kind) ?? [];
  }

  /** Finds an object by identity. */
  find(kind: string, namespace: string, name: string): KubeObject | undefined {
    return this.#byIdentity.get(identity(kind, namespace, name));
  }

  /** Whether an object with this identity exists. */
  has(kind: string, namespace: string, name: string): boolean {
    return this.#byIdentity.has(identity(kind, namespace, name));
  }

  /** Names of a kind's objects in a namespace, for suggestions. */
  namesOf(kind: string, namespace: string): readonly string[] {
    return this.#names.get(`${kind} ${namespace}`) ?? [];
  }

  /** Namespaces with workloads. */
  get namespaces(): readonly string[] {
    return this.#pods.namespaces;
  }

  /** The workloads of a namespace. */
  workloadsIn(namespace: string): readonly Workload[] {
    return this.#pods.in(namespace);
  }

  /** Workloads in a namespace with pods that match a selector, including labels that controllers add. */
  selected(namespace: string, selector: unknown): readonly Workload[] {
    const pod = textAt(selector, 'matchLabels', POD_NAME);
    if (pod === undefined) return this.#pods.select(namespace, selector);
    const { [POD_NAME]: _, ...matchLabels } = fieldsAt(selector, 'matchLabels');
    const owner = pod.replace(/-\d+$/, '');
    return this.#pods
      .select(namespace, { ...fieldsAt({ selector }, 'selector'), matchLabels })
      .filter(({ object }) => object.kind === 'StatefulSet' && object.metadata.name === owner);
  }

  /** Workloads that a Service sends requests to, without hooks and tests of charts, which are temporary. */
  backendsOf(service: KubeObject): readonly Workload[] {
    const selector = SELECTORS.Service(service);
    if (selector === undefined) return [];
    return this.selected(namespaceOf(service), selector).filter(({ hook }) => !hook);
  }

  /** All pod labels of a namespace, `key=value`, for suggestions. */
  podLabels(namespace: string): readonly string[] {
    return this.#pods.pairs(namespace);
  }

  /** Objects of a kind that select a workload's pods. */
  selecting(kind: keyof typeof SELECTORS, workload: Workload): readonly KubeObject[] {
    const index = this.#selecting.get(kind) ?? this.#indexSelectors(kind);
    this.#selecting.set(kind, index);
    return index.get(workload) ?? [];
  }

  #indexSelectors(kind: keyof typeof SELECTORS): ReadonlyMap<Workload, readonly KubeObject[]> {
    const index = new Map<Workload, KubeObject[]>();
    for (const object of this.ofKind(kind)) {
      const selector = SELECTORS[kind](object);
      if (selector === undefined) continue;
      const selected = kind === 'Service' ? this.backendsOf(object) : this.selected(namespaceOf(object), selector);
      for (const workload of selected) append(index, workload, object);
    }
    return index;
  }

  /** Finds a workload by identity. */
  workload(kind: string, namespace: string, name: string): Workload | undefined {
    return this.#workloads.get(identity(kind, namespace, name));
  }

  /** All objects that set a workload's replicas: HorizontalPodAutoscalers and KEDA ScaledObjects. */
  get autoscalers(): readonly KubeObject[] {
    return AUTOSCALER_KINDS.flatMap((kind) => this.ofKind(kind)).filter((object) => scaleTargetOf(object) !== undefined);
  }

  /** The workload that an autoscaler scales, if it is among the objects. */
  scaledBy(autoscaler: KubeObject): Workload | undefined {
    const target = scaleTargetOf(autoscaler);
    return target && this.workload(target.kind, namespaceOf(autoscaler), target.name);
  }

  /** The autoscaler of a workload, if there is one. */
  autoscalerOf(workload: Workload): KubeObject | undefined {
    if (this.#autoscalers === undefined) {
      const index = new Map<Workload, KubeObject>();
      for (const object of this.autoscalers) {
        const target = this.scaledBy(object);
        if (target !== undefined && !index.has(target)) index.set(target, object);
      }
      this.#autoscalers = index;
    }
    return this.#autoscalers.get(workload);
  }

  /** Services in a namespace with labels that match a selector, as for a ServiceMonitor. */
  servicesLabeled(namespace: string, selector: unknown): readonly KubeObject[] {
    if (this.#services === undefined) {
      this.#services = new LabelIndex();
      for (const one of this.ofKind('Service')) this.#services.add(namespaceOf(one), fieldsAt(one, 'metadata', 'labels'), one);
    }
    return this.#services.select(namespace, selector);
  }

  /** Whether a custom resource in the namespace may create pods that only its controller knows. */
  hasCustom(namespace: string): boolean {
    return this.#custom.has(namespace);
  }
}

const identity = (kind: string, namespace: string, name: string) => `${kind} ${namespace} ${name}`;

/** Custom kinds that configure scraping and create no pods. */
const NO_PODS = new Set(['ServiceMonitor', 'PodMonitor', 'Probe', 'PrometheusRule', 'ScrapeConfig', 'AlertmanagerConfig']);

function isCustom({ apiVersion, kind }: KubeObject): boolean {
  const group = groupOf(apiVersion);
  return group.includes('.') && !group.endsWith('.k8s.io') && !NO_PODS.has(kind);
}

const known = new WeakMap<readonly KubeObject[], Inventory>();

/** The inventory of a list of objects, created once per list, because every rule uses it. */
export function inventoryOf(objects: readonly KubeObject[]): Inventory {
  const found = known.get(objects) ?? new Inventory(objects);
  known.set(objects, found);
  return found;
}

/** Namespace of an object; empty if it has none. */
export function namespaceOf(object: KubeObject): string {
  return object.metadata.namespace ?? '';
}

/** List items that are objects. */
export function itemsAt(value: unknown, ...path: readonly string[]): readonly Fields[] {
  return listAt(value, ...path).filter(isFields);
}

/** One workload per pod template: a group of nodes has one for its leaders and one for its workers. */
function workloadsOf(object: KubeObject): readonly Workload[] {
  return podTemplatesOf(object).map(({ path: template, labels, annotations, spec, part }) => {
    const path = template === '' ? 'spec' : `${template}.spec`;
    const containers = (field: string, init: boolean) =>
      itemsAt(spec, field).map((fields, index): Container => {
        const name = textAt(fields, 'name') ?? String(index);
        return { name, fields, path: `${path}.${field}[name=${name}]`, init };
      });
    return {
      object,
      namespace: namespaceOf(object),
      labels,
      annotations,
      spec,
      path,
      containers: [...containers('containers', false), ...containers('initContainers', true)],
      serves: !BATCH.has(object.kind),
      part,
      hook: object.metadata.annotations?.['helm.sh/hook'] !== undefined,
    };
  });
}
