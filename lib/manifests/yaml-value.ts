import { COLLECTION_STYLE, EVENT_ID, type Event, getScalarValue, SCALAR_STYLE, type ScalarEvent } from 'js-yaml';
import { resolveScalar } from './scalar';
import { DEEPEST } from './text';

/** A fault in a document, and its offset in the text. The text itself is not quoted, because it may be a Secret's. */
export interface Fault {
  readonly at: number;
  readonly path: string;
  readonly message: string;
  /** Whether kubectl still reads the document. */
  readonly warning?: true;
}

/** go-yaml also stops here, when most of a document comes from aliases. */
const MOST_ALIASED = 400_000;
const MERGE = '<<';
/** Maximum number of faults, and of warnings, reported for a document. */
const MOST_FAULTS = 100;

/** Stops the evaluation of a document that expands far beyond its text. */
export class TooMuch extends Error {
  readonly at: number;

  constructor(at: number) {
    super();
    this.at = at;
  }
}

/** The values of parsed nodes, as in go-yaml v2. A node is the index of its first event. */
export class Evaluation {
  readonly faults: Fault[] = [];
  private readonly events: readonly Event[];
  private readonly text: string;
  /** The node following each node. */
  private readonly nextOf: readonly number[];
  /** The node that each alias refers to: the last preceding one with that anchor. */
  private readonly targets: ReadonlyMap<number, number>;
  private readonly open = new Set<number>();
  private aliased = 0;
  private brackets = 0;
  private failures = 0;
  private warnings = 0;

  constructor(events: readonly Event[], text: string) {
    [this.events, this.text] = [events, text];
    [this.nextOf, this.targets] = [nodesAfter(events), aliasTargets(events, text)];
  }

  value(node: number, path = '', depth = 0): unknown {
    if (depth > DEEPEST) return this.fail(node, path, 'is nested too deeply');
    this.count(node);
    const event = this.events[node];
    switch (event?.type) {
      case EVENT_ID.MAPPING:
      case EVENT_ID.SEQUENCE:
        return this.collection(node, event.style === COLLECTION_STYLE.FLOW, path, depth);
      case EVENT_ID.ALIAS:
        return this.alias(node, path, (target) => this.value(target, path, depth + 1));
      default:
        return this.scalar(node, path);
    }
  }

  /** Counts nodes from aliases: a few lines of aliases can expand beyond any memory. */
  private count(node: number): void {
    if (this.open.size > 0 && ++this.aliased > MOST_ALIASED) throw new TooMuch(this.position(node));
  }

  /** The position of a node in the text. */
  position(node: number): number {
    const event = this.events[node];
    if (event === undefined || event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) return this.text.length;
    const { anchorStart } = event;
    if (event.type === EVENT_ID.ALIAS) return anchorStart;
    const start = event.type === EVENT_ID.SCALAR ? event.valueStart : event.start;
    return [start, event.tagStart, anchorStart].find((at) => at >= 0) ?? 0;
  }

  private collection(node: number, flow: boolean, path: string, depth: number): unknown {
    if (flow) this.brackets++;
    const isMap = this.events[node]?.type === EVENT_ID.MAPPING;
    const value = isMap
      ? this.mapping(node, path, depth, new Map())
      : this.itemsOf(node).map((item, index) => this.value(item, `${path}[${index}]`, depth + 1));
    if (flow) this.brackets--;
    return value;
  }

  /** The nodes of a sequence. */
  private itemsOf(node: number): readonly number[] {
    const items: number[] = [];
    for (let at = node + 1; this.events[at]?.type !== EVENT_ID.POP; at = this.after(at)) items.push(at);
    return items;
  }

  private scalar(node: number, path: string): unknown {
    const event = this.scalarAt(node);
    if (event === undefined) return null;
    const [text, tag] = [getScalarValue(this.text, event), this.tagOf(event)];
    const plain = event.style === SCALAR_STYLE.PLAIN;
    if (plain && text === '' && tag !== undefined) return this.fail(node, path, 'has a tag without a value');
    // Inside brackets, YAML 1.1 does not allow text to start with a colon.
    if (plain && this.brackets > 0 && text.startsWith(':')) return this.fail(node, path, 'has to be quoted');
    const found = resolveScalar(text, plain, tag);
    if ('value' in found) return found.value;
    return this.fail(node, path, 'unsafe' in found ? 'is an integer beyond 2^53, which would lose digits' : found.invalid);
  }

  private scalarAt(node: number): ScalarEvent | undefined {
    const event = this.events[node];
    return event?.type === EVENT_ID.SCALAR ? event : undefined;
  }

  private tagOf({ tagStart, tagEnd }: ScalarEvent): string | undefined {
    if (tagStart < 0) return undefined;
    const tag = this.text.slice(tagStart, tagEnd);
    return tag.startsWith('!<') ? tag.slice(2, -1) : tag.replace(/^!!/, 'tag:yaml.org,2002:');
  }

  private alias<T>(node: number, path: string, use: (target: number) => T): T | null {
    const target = this.targets.get(node);
    if (target === undefined) return this.fail(node, path, 'refers to an anchor that does not exist');
    if (this.open.has(target)) return this.fail(node, path, 'refers to an anchor around itself');
    this.open.add(target);
    const found = use(target);
    this.open.delete(target);
    return found;
  }

  /** Fills a mapping entry by entry: in go-yaml a merge overwrites earlier keys, and later keys overwrite the merge. */
  private mapping(node: number, path: string, depth: number, into: Map<string, unknown>): unknown {
    // Its own keys, once merged keys are among the others.
    let own: Set<string> | undefined = into.size === 0 ? undefined : new Set();
    for (let key = node + 1; this.events[key]?.type !== EVENT_ID.POP; ) {
      const value = this.after(key);
      if (this.isMergeKey(key)) {
        this.count(key);
        own ??= new Set(into.keys());
        this.merge(value, path, depth, into);
      } else {
        const name = this.key(key, path);
        if (name !== undefined) {
          const inner = path === '' ? name : `${path}.${name}`;
          if ((own ?? into).has(name)) this.fail(key, inner, 'is there twice, the last one counts', true);
          own?.add(name);
          into.set(name, this.value(value, inner, depth + 1));
        }
      }
      key = this.after(value);
    }
    return Object.fromEntries(into);
  }

  private after(node: number): number {
    return this.nextOf[node] ?? node + 1;
  }

  private isMergeKey(node: number): boolean {
    const event = this.scalarAt(node);
    if (event === undefined || this.text[event.valueStart] !== MERGE[0]) return false;
    if (getScalarValue(this.text, event) !== MERGE) return false;
    const tag = this.tagOf(event);
    return tag === undefined ? event.style === SCALAR_STYLE.PLAIN : tag === '!' || tag.endsWith(':merge');
  }

  private merge(source: number, path: string, depth: number, into: Map<string, unknown>): void {
    const one = (node: number): unknown => {
      this.count(node);
      const type = this.events[node]?.type;
      if (type === EVENT_ID.ALIAS) return this.alias(node, path, one);
      if (type === EVENT_ID.MAPPING) return this.mapping(node, path, depth + 1, into);
      return this.fail(node, path, 'merges what is not a mapping');
    };
    // Earlier items of a list win.
    for (const node of this.events[source]?.type === EVENT_ID.SEQUENCE ? this.itemsOf(source).toReversed() : [source]) one(node);
  }

  private key(node: number, path: string): string | undefined {
    const isAlias = this.events[node]?.type === EVENT_ID.ALIAS;
    const event = this.scalarAt(node);
    const value = isAlias ? this.alias(node, path, (target) => this.scalar(target, path)) : this.scalar(node, path);
    if (event !== undefined && this.isDoubtfulKey(event)) this.fail(node, path, 'has a key that has to be quoted');
    const real = () => event !== undefined && /^[^xX]*[.eE]/.test(getScalarValue(this.text, event));
    const sound = typeof value === 'string' || typeof value === 'boolean' || (Number.isInteger(value) && !real());
    if (sound && (event !== undefined || isAlias)) return String(value);
    this.fail(node, path, 'has a key that is no text');
    return undefined;
  }

  /** Keys that YAML 1.1 reads differently, or not at all: multi-line, binary, or plain in brackets with no space after `:`. */
  private isDoubtfulKey(event: ScalarEvent): boolean {
    const { valueStart, valueEnd, style } = event;
    const lineEnd = this.text.indexOf('\n', valueStart);
    if ((lineEnd !== -1 && lineEnd < valueEnd) || this.tagOf(event)?.endsWith(':binary') === true) return true;
    return style === SCALAR_STYLE.PLAIN && this.text[valueEnd] === ':' && ',]}'.includes(this.text[valueEnd + 1] ?? ' ');
  }

  private fail(node: number, path: string, message: string, warning?: true): null {
    const told = warning ? ++this.warnings : ++this.failures;
    if (told <= MOST_FAULTS) this.faults.push({ at: this.position(node), path, message, ...(warning ? { warning } : {}) });
    return null;
  }
}

/** The node following each node: for a collection, the one after its end. */
function nodesAfter(events: readonly Event[]): readonly number[] {
  const next: number[] = [];
  const open: number[] = [];
  for (let index = 0; index < events.length; index++) {
    next.push(index + 1);
    const type = events[index]?.type;
    if (type === EVENT_ID.POP) next[open.pop() ?? index] = index + 1;
    else if (type !== EVENT_ID.SCALAR && type !== EVENT_ID.ALIAS) open.push(index);
  }
  return next;
}

function aliasTargets(events: readonly Event[], text: string): ReadonlyMap<number, number> {
  const anchors = new Map<string, number>();
  const targets = new Map<number, number>();
  for (let index = 0; index < events.length; index++) {
    const event = events[index];
    if (event === undefined || event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP || event.anchorStart < 0) continue;
    const name = text.slice(event.anchorStart, event.anchorEnd);
    const target = anchors.get(name);
    if (event.type !== EVENT_ID.ALIAS) anchors.set(name, index);
    else if (target !== undefined) targets.set(index, target);
  }
  return targets;
}
