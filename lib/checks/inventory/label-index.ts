import { type Fields, fieldsAt } from '../../kube/fields';
import { matchesSelector } from '../../kube/selector';

/** Items by namespace and label: a selection visits only the items with the selector's rarest label. */
export class LabelIndex<T> {
  readonly #byNamespace = new Map<string, T[]>();
  readonly #byLabel = new Map<string, Map<string, T[]>>();
  readonly #labels = new Map<T, Fields>();

  /** Adds an item. Selections return items in insertion order. */
  add(namespace: string, labels: Fields, item: T): void {
    this.#labels.set(item, labels);
    append(this.#byNamespace, namespace, item);
    const byLabel = this.#byLabel.get(namespace) ?? new Map<string, T[]>();
    this.#byLabel.set(namespace, byLabel);
    for (const [key, value] of Object.entries(labels)) append(byLabel, `${key}=${value}`, item);
  }

  /** Namespaces with items. */
  get namespaces(): readonly string[] {
    return [...this.#byNamespace.keys()];
  }

  /** All items of a namespace. */
  in(namespace: string): readonly T[] {
    return this.#byNamespace.get(namespace) ?? [];
  }

  /** All `key=value` pairs of a namespace's items, without duplicates. */
  pairs(namespace: string): readonly string[] {
    return [...(this.#byLabel.get(namespace)?.keys() ?? [])];
  }

  /** Items of a namespace with labels that match a selector. An empty selector matches all. */
  select(namespace: string, selector: unknown): readonly T[] {
    let candidates = this.in(namespace);
    for (const [key, value] of Object.entries(fieldsAt(selector, 'matchLabels'))) {
      const having = this.#byLabel.get(namespace)?.get(`${key}=${value}`) ?? [];
      if (having.length < candidates.length) candidates = having;
    }
    return candidates.filter((item) => matchesSelector(this.#labels.get(item) ?? {}, selector));
  }
}

/** Appends a value to the list of a key. */
export function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
