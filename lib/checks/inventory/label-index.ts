import { type Fields, fieldsAt } from '../../kube/fields';
import { matchesSelector } from '../../kube/selector';

/** Items by namespace and label: a selector visits only the items that have its rarest label. */
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

  /** The namespaces that have items. */
  get namespaces(): readonly string[] {
    return [...this.#byNamespace.keys()];
  }

  /** All items of a namespace. */
  in(namespace: string): readonly T[] {
    return this.#byNamespace.get(namespace) ?? [];
  }

  /** Every `key=value` that an item of the namespace has, each once. */
  pairs(namespace: string): readonly string[] {
    return [...(this.#byLabel.get(namespace)?.keys() ?? [])];
  }

  /** The items of a namespace whose labels match a selector. An empty selector matches all of them. */
  select(namespace: string, selector: unknown): readonly T[] {
    let candidates = this.in(namespace);
    for (const [key, value] of Object.entries(fieldsAt(selector, 'matchLabels'))) {
      const having = this.#byLabel.get(namespace)?.get(`${key}=${value}`) ?? [];
      if (having.length < candidates.length) candidates = having;
    }
    return candidates.filter((item) => matchesSelector(this.#labels.get(item) ?? {}, selector));
  }
}

/** Adds a value to the list of a key. */
export function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
