import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type ParsedNode, type YAMLMap, type YAMLSeq } from 'yaml';
import { resolveScalar } from './scalar';

/** What is wrong with a document, and where: an offset into its text. The text itself is not quoted, it may be a Secret's. */
export interface Fault {
  readonly at: number;
  readonly path: string;
  readonly message: string;
  /** Whether kubectl reads the document all the same. */
  readonly warning?: true;
}

/** Deeper than any object of Kubernetes, and far from the end of the stack. */
const DEEPEST = 500;
/** go-yaml ends here too, when most of a document comes from aliases. */
const MOST_ALIASED = 400_000;
const MERGE = '<<';

/** The value of a parsed document, with the meaning that go-yaml v2 gives it. */
export function evaluate({ contents }: Document.Parsed, text: string, faults: Fault[]): unknown {
  return contents === null ? null : new Evaluation(contents, text, faults).value(contents, '', 0);
}

class Evaluation {
  private readonly targets: ReadonlyMap<Node, Node>;
  private readonly text: string;
  private readonly faults: Fault[];
  private readonly open = new Set<Node>();
  private aliased = 0;
  private brackets = 0;

  constructor(root: ParsedNode, text: string, faults: Fault[]) {
    [this.text, this.faults] = [text, faults];
    this.targets = aliasTargets(root);
  }

  value(node: unknown, path: string, depth: number): unknown {
    if (depth > DEEPEST) return this.fail(node, path, 'is nested too deeply');
    if (this.open.size > 0 && ++this.aliased > MOST_ALIASED) return this.fail(node, path, 'has too many aliases');
    if (isMap(node) || isSeq(node)) return this.collection(node, path, depth);
    if (isAlias(node)) return this.alias(node, path, (target) => this.value(target, path, depth + 1));
    return this.scalar(node, path);
  }

  private collection(node: YAMLMap | YAMLSeq, path: string, depth: number): unknown {
    if (node.flow) this.brackets++;
    const value = isMap(node)
      ? this.mapping(node, path, depth, new Map())
      : node.items.map((item, index) => this.value(item, `${path}[${index}]`, depth + 1));
    if (node.flow) this.brackets--;
    return value;
  }

  private scalar(node: unknown, path: string): unknown {
    if (!isScalar(node)) return null;
    const text = node.source ?? String(node.value ?? '');
    const plain = node.type === undefined || node.type === 'PLAIN';
    if (plain && text === '' && node.tag !== undefined) return this.fail(node, path, 'has a tag without a value');
    // Inside brackets, YAML 1.1 does not let a text start with a colon.
    if (plain && this.brackets > 0 && text.startsWith(':')) return this.fail(node, path, 'has to be quoted');
    const found = resolveScalar(text, plain, node.tag);
    if ('value' in found) return found.value;
    return this.fail(node, path, 'unsafe' in found ? 'is an integer beyond 2^53, which would lose digits' : found.invalid);
  }

  private alias<T>(node: Node, path: string, use: (target: Node) => T): T | null {
    const target = this.targets.get(node);
    if (target === undefined) return this.fail(node, path, 'refers to an anchor that does not exist');
    if (this.open.has(target)) return this.fail(node, path, 'refers to an anchor around itself');
    this.open.add(target);
    const found = use(target);
    this.open.delete(target);
    return found;
  }

  /** Fills a mapping entry by entry: go-yaml lets a merge overwrite keys before it, and keys after it overwrite the merge. */
  private mapping(map: YAMLMap, path: string, depth: number, into: Map<string, unknown>): unknown {
    const own = new Set<string>();
    for (const { key, value } of map.items) {
      if (isMergeKey(key)) {
        this.merge(value, path, depth, into);
        continue;
      }
      const name = this.key(key, path);
      if (name === undefined) continue;
      const inner = path === '' ? name : `${path}.${name}`;
      if (own.has(name)) this.fail(key, inner, 'is there twice, the last one counts', true);
      own.add(name);
      into.set(name, this.value(value, inner, depth + 1));
    }
    return Object.fromEntries(into);
  }

  private merge(source: unknown, path: string, depth: number, into: Map<string, unknown>): void {
    const one = (node: unknown): unknown => {
      if (isAlias(node)) return this.alias(node, path, one);
      if (isMap(node)) return this.mapping(node, path, depth + 1, into);
      return this.fail(node, path, 'merges what is no mapping');
    };
    // Earlier ones of a list win.
    for (const node of isSeq(source) ? [...(source as YAMLSeq).items].reverse() : [source]) one(node);
  }

  private key(node: unknown, path: string): string | undefined {
    const value = isAlias(node) ? this.alias(node, path, (target) => this.scalar(target, path)) : this.scalar(node, path);
    if (this.isDoubtfulKey(node)) this.fail(node, path, 'has a key that has to be quoted');
    const whole = Number.isInteger(value) && !(isScalar(node) && /^[^xX]*[.eE]/.test(node.source ?? ''));
    const sound = typeof value === 'string' || typeof value === 'boolean' || whole;
    if (sound && (isScalar(node) || isAlias(node))) return String(value);
    this.fail(node, path, 'has a key that is no text');
    return undefined;
  }

  /** Keys that YAML 1.1 reads otherwise, or not at all: over several lines, binary, or plain inside brackets without a space after the colon. */
  private isDoubtfulKey(node: unknown): boolean {
    if (!isScalar(node)) return false;
    const [start = 0, end = 0] = node.range ?? [];
    if (this.text.slice(start, end).includes('\n') || node.tag?.endsWith(':binary') === true) return true;
    return node.type === 'PLAIN' && /^:[,\]}]/.test(this.text.slice(end, end + 2));
  }

  private fail(node: unknown, path: string, message: string, warning?: true): null {
    const at = (isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range?.[0] : undefined) ?? 0;
    this.faults.push({ at, path, message, ...(warning ? { warning } : {}) });
    return null;
  }
}

function isMergeKey(key: unknown): boolean {
  if (!isScalar(key) || key.source !== MERGE) return false;
  return key.tag === undefined ? key.type === 'PLAIN' : key.tag === '!' || key.tag.endsWith(':merge');
}

/** The node that each alias means: the last one before it with that anchor. */
function aliasTargets(root: Node): ReadonlyMap<Node, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Node, Node>();
  const waiting: unknown[] = [root];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target !== undefined) targets.set(node, target);
      continue;
    }
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) continue;
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    // The last one pushed is visited first, so that the walk follows the text.
    if (isMap(node)) for (const { key, value } of [...node.items].reverse()) waiting.push(value, key);
    if (isSeq(node)) waiting.push(...[...node.items].reverse());
  }
  return targets;
}
