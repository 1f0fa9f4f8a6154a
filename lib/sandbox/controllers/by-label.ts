import { objsAt, textsAt } from '../../api-schema/json';
import { matchSelector } from '../../api-schema/selectors';
import { at, type Obj, textOrEmpty, type Value } from '../../kube/fields';
import { keyOf } from '../core/store';

type Labels = Readonly<Record<string, string>>;

const NO_OBJECTS: ReadonlyMap<string, Obj> = new Map();
const NO_SELECTORS: ReadonlyMap<string, Value | undefined> = new Map();

/** Objects of a kind by label: the cost of a selection depends on the number of objects with the selector's rarest label. */
export class ByLabel {
  private readonly buckets = new Map<string, Map<string, Obj>>();

  put(object: Obj, previous?: Obj): void {
    if (previous !== undefined) this.drop(previous);
    for (const bucket of bucketsOf(object)) {
      const there = this.buckets.get(bucket) ?? new Map<string, Obj>();
      this.buckets.set(bucket, there.set(keyOf(object), object));
    }
  }

  drop(object: Obj): void {
    for (const bucket of bucketsOf(object)) {
      const there = this.buckets.get(bucket);
      there?.delete(keyOf(object));
      if (there?.size === 0) this.buckets.delete(bucket);
    }
  }

  /** Objects of a namespace that match a selector, sorted by name. */
  matching(namespace: string, selector: Value | undefined): Obj[] {
    const wanted = pairsOf(selector).map((pair) => this.buckets.get(`${namespace} ${pair}`) ?? NO_OBJECTS);
    const fewest = [this.buckets.get(namespace) ?? NO_OBJECTS, ...wanted].reduce((best, one) =>
      one.size < best.size ? one : best,
    );
    const matches = matchSelector(selector);
    return [...fewest.values()].filter((object) => matches(textsAt(object, 'metadata', 'labels')));
  }
}

/** Keys of objects by their selector: finds the selectors that match an object's labels without checking all of them. */
export class BySelector {
  private readonly buckets = new Map<string, Map<string, Value | undefined>>();

  put(key: string, namespace: string, selector: Value | undefined): void {
    const bucket = selectorBucket(namespace, selector);
    const there = this.buckets.get(bucket) ?? new Map<string, Value | undefined>();
    this.buckets.set(bucket, there.set(key, selector));
  }

  drop(key: string, namespace: string, selector: Value | undefined): void {
    const bucket = selectorBucket(namespace, selector);
    const there = this.buckets.get(bucket);
    there?.delete(key);
    if (there?.size === 0) this.buckets.delete(bucket);
  }

  /** Keys with selectors that match these labels. */
  matching(namespace: string, labels: Labels): string[] {
    const buckets = [namespace, ...Object.entries(labels).map(([name, value]) => `${namespace} ${name}=${value}`)];
    return buckets.flatMap((bucket) =>
      [...(this.buckets.get(bucket) ?? NO_SELECTORS)].flatMap(([key, selector]) =>
        matchSelector(selector)(labels) ? [key] : [],
      ),
    );
  }
}

function bucketsOf(object: Obj): string[] {
  const namespace = textOrEmpty(object, 'metadata', 'namespace');
  const labels = Object.entries(textsAt(object, 'metadata', 'labels'));
  return [namespace, ...labels.map(([name, value]) => `${namespace} ${name}=${value}`)];
}

function selectorBucket(namespace: string, selector: Value | undefined): string {
  const [pair] = pairsOf(selector);
  return pair === undefined ? namespace : `${namespace} ${pair}`;
}

/** Labels that an object must have to match a selector. */
function pairsOf(selector: Value | undefined): string[] {
  const labels = Object.entries(textsAt(selector, 'matchLabels')).map(([name, value]) => `${name}=${value}`);
  const single = objsAt(selector, 'matchExpressions').flatMap((expression) => {
    const values = at(expression, 'values');
    const [value] = Array.isArray(values) && values.length === 1 ? values : [];
    return expression.operator === 'In' && typeof value === 'string' ? [`${textOrEmpty(expression, 'key')}=${value}`] : [];
  });
  return [...labels, ...single];
}
