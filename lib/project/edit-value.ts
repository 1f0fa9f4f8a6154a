import type * as TypeScript from 'typescript';
import { isFields } from '../kube/fields';

type TS = typeof TypeScript;
type Path = readonly string[];

/** A module with one value changed, or the reason why that is not possible, with the line (from 1) of the obstacle. */
export type Edited = { readonly source: string } | { readonly refused: string; readonly line: number };

/** Replacement text for a source range. */
interface Change {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

class Refusal extends Error {
  readonly node: TypeScript.Node;

  constructor(message: string, node: TypeScript.Node) {
    super(message);
    this.node = node;
  }
}

/**
 * Sets one value in the object that a module exports by default, and changes nothing else: all other bytes stay the same. A
 * constant shared by several values is not changed but overridden for this one. Pure: the compiler only reads.
 * @param ts the project's compiler
 * @param now the module's current export, to resolve constants from other modules
 */
export function editValue(ts: TS, source: string, now: unknown, path: Path, value: unknown): Edited {
  const file = ts.createSourceFile('environment.ts', source, ts.ScriptTarget.Latest, true);
  try {
    const change = new Editor(ts, file).set(now, path, value);
    return { source: source.slice(0, change.start) + change.text + source.slice(change.end) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { refused: error.message, line: file.getLineAndCharacterOfPosition(error.node.getStart(file)).line + 1 };
  }
}

class Editor {
  private readonly ts: TS;
  private readonly file: TypeScript.SourceFile;
  private readonly constants = new Map<string, TypeScript.VariableDeclaration>();
  private readonly quote: string;

  constructor(ts: TS, file: TypeScript.SourceFile) {
    [this.ts, this.file] = [ts, file];
    for (const statement of file.statements) {
      if (!ts.isVariableStatement(statement) || !(statement.declarationList.flags & ts.NodeFlags.Const)) continue;
      for (const one of statement.declarationList.declarations)
        if (ts.isIdentifier(one.name)) this.constants.set(one.name.text, one);
    }
    const { text } = file;
    this.quote = text.split('"').length > text.split("'").length ? '"' : "'";
  }

  set(now: unknown, path: Path, value: unknown): Change {
    return this.at(this.exported(), now, path, value);
  }

  /** The default export. */
  private exported(): TypeScript.Expression {
    for (const statement of this.file.statements) if (this.ts.isExportAssignment(statement)) return statement.expression;
    throw new Refusal('the module has no `export default` of an object', this.file);
  }

  /** Returns the change that sets a value at a path inside an expression. */
  private at(outer: TypeScript.Expression, now: unknown, path: Path, value: unknown): Change {
    const { ts } = this;
    const node = this.bare(outer);
    if (ts.isIdentifier(node)) {
      const constant = this.constants.get(node.text);
      const initializer = constant?.initializer;
      if (initializer !== undefined && !this.isShared(node.text)) return this.at(initializer, now, path, value);
      if (path.length > 0 && isFields(now)) return this.replace(outer, this.override(node.text, now, path, value));
      if (initializer === undefined && this.references(node.text) < 2)
        throw new Refusal(`\`${node.text}\` is not written in this file: change it where it is`, node);
      return this.replace(outer, this.text(nested(path, value)));
    }
    if (path.length > 0 && ts.isObjectLiteralExpression(node)) return this.inObject(node, now, path, value);
    if (path.length > 0 && this.isReference(node) && isFields(now))
      return this.replace(outer, this.override(node.getText(this.file), now, path, value));
    if (!this.isLiteral(node)) throw new Refusal(`the value is computed: \`${shorten(node.getText(this.file))}\``, node);
    return this.replace(node, this.text(nested(path, value), node));
  }

  private inObject(node: TypeScript.ObjectLiteralExpression, now: unknown, path: Path, value: unknown): Change {
    const { ts } = this;
    const [key = '', ...rest] = path;
    const inside = isFields(now) ? now[key] : undefined;
    for (const property of [...node.properties].reverse()) {
      if (ts.isSpreadAssignment(property)) {
        const spread = this.bare(property.expression);
        const provider = this.objectOf(spread);
        if (provider !== undefined && !this.mayHave(provider, key)) continue;
        if (inside === undefined) continue;
        if (provider !== undefined && ts.isIdentifier(spread) && !this.isShared(spread.text))
          return this.inObject(provider, now, path, value);
        if (rest.length === 0 || !isFields(inside)) return this.insert(node, key, nested(rest, value));
        if (!this.isReference(spread)) throw new Refusal(`\`${key}\` comes from a computed value`, property);
        return this.insertText(node, key, this.override(member(spread.getText(this.file), key), inside, rest, value));
      }
      if (this.nameOf(property) !== key) continue;
      if (ts.isPropertyAssignment(property)) return this.at(property.initializer, inside, rest, value);
      if (!ts.isShorthandPropertyAssignment(property)) throw new Refusal(`\`${key}\` is computed by a function`, property);
      const { text } = property.name;
      const initializer = this.constants.get(text)?.initializer;
      if (initializer !== undefined && !this.isShared(text)) return this.at(initializer, inside, rest, value);
      if (rest.length === 0 && initializer === undefined && this.references(text) < 2)
        throw new Refusal(`\`${text}\` is not written in this file: change it where it is`, property);
      const override = rest.length > 0 && isFields(inside);
      return this.replace(
        property,
        `${text}: ${override ? this.override(text, inside, rest, value) : this.text(nested(rest, value))}`,
      );
    }
    return this.insert(node, key, nested(rest, value));
  }

  /** Returns an object that spreads another one and overrides one value in it. */
  private override(base: string, now: Readonly<Record<string, unknown>>, [key = '', ...rest]: Path, value: unknown): string {
    const inside = now[key];
    const below = rest.length > 0 && isFields(inside) ? this.override(member(base, key), inside, rest, value) : undefined;
    return `{ ...${base}, ${this.key(key)}: ${below ?? this.text(nested(rest, value))} }`;
  }

  private insert(node: TypeScript.ObjectLiteralExpression, key: string, value: unknown): Change {
    return this.insertText(node, key, this.text(value));
  }

  /** Returns a new property for the end of an object, in the style of the existing ones. */
  private insertText(node: TypeScript.ObjectLiteralExpression, key: string, value: string): Change {
    const { text } = this.file;
    const property = `${this.key(key)}: ${value}`;
    const last = node.properties.at(-1);
    if (last === undefined) {
      // The object may contain a comment.
      const at = node.getEnd() - 1;
      const empty = text.slice(node.getStart(this.file) + 1, at).trim() === '';
      return empty
        ? { start: node.getStart(this.file), end: node.getEnd(), text: `{ ${property} }` }
        : { start: at, end: at, text: `${property} ` };
    }
    const end = last.getEnd();
    const comma = node.properties.hasTrailingComma ? text.indexOf(',', this.behindComments(end)) + 1 : 0;
    const start = last.getStart(this.file);
    const lineStart = text.lastIndexOf('\n', start - 1) + 1;
    const indent = /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? '';
    const alone = lineStart + indent.length === start && lineStart > node.getStart(this.file);
    if (!alone) {
      return comma > 0 ? at(comma, ` ${property},`) : at(end, `, ${property}`);
    }
    const newline = text.includes('\r\n') ? '\r\n' : '\n';
    // After a comment on the same line, which belongs to the previous property.
    const from = comma > 0 ? comma : end;
    const remark = this.ts.getTrailingCommentRanges(text, from)?.at(-1)?.end ?? from;
    const added = `${newline}${indent}${property}${comma > 0 ? ',' : ''}`;
    return comma > 0 ? at(remark, added) : { start: end, end: remark, text: `,${text.slice(end, remark)}${added}` };
  }

  /** Position after the comments that follow a node, where its comma is. */
  private behindComments(position: number): number {
    const { text } = this.file;
    const comments = [
      ...(this.ts.getTrailingCommentRanges(text, position) ?? []),
      ...(this.ts.getLeadingCommentRanges(text, position) ?? []),
    ];
    return Math.max(position, ...comments.map(({ end }) => end));
  }

  private replace(node: TypeScript.Node, text: string): Change {
    return { start: node.getStart(this.file), end: node.getEnd(), text };
  }

  /** An expression without compiler-only syntax: `as const`, `satisfies`, parentheses. */
  private bare(node: TypeScript.Expression): TypeScript.Expression {
    const { ts } = this;
    const around =
      ts.isParenthesizedExpression(node) ||
      ts.isAsExpression(node) ||
      ts.isSatisfiesExpression(node) ||
      ts.isTypeAssertionExpression(node) ||
      ts.isNonNullExpression(node);
    return around ? this.bare(node.expression) : node;
  }

  private objectOf(node: TypeScript.Expression): TypeScript.ObjectLiteralExpression | undefined {
    const { ts } = this;
    if (ts.isObjectLiteralExpression(node)) return node;
    const initializer = ts.isIdentifier(node) ? this.constants.get(node.text)?.initializer : undefined;
    return initializer === undefined ? undefined : this.objectOf(this.bare(initializer));
  }

  private mayHave(node: TypeScript.ObjectLiteralExpression, key: string): boolean {
    return node.properties.some((property) => {
      if (!this.ts.isSpreadAssignment(property)) return this.nameOf(property) === key;
      const inner = this.objectOf(this.bare(property.expression));
      return inner === undefined || this.mayHave(inner, key);
    });
  }

  private nameOf({ name }: TypeScript.ObjectLiteralElementLike): string | undefined {
    const { ts } = this;
    if (name === undefined) return undefined;
    if (ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isNumericLiteral(name)) return name.text;
    if (ts.isComputedPropertyName(name) && ts.isStringLiteralLike(name.expression)) return name.expression.text;
    if (ts.isComputedPropertyName(name)) throw new Refusal('a name of a field is computed', name);
    return undefined;
  }

  /** Whether a constant is used in more than one place. */
  private isShared(name: string): boolean {
    const declaration = this.constants.get(name);
    const statement = declaration?.parent.parent;
    const exported =
      statement !== undefined &&
      this.ts.isVariableStatement(statement) &&
      statement.modifiers?.some(({ kind }) => kind === this.ts.SyntaxKind.ExportKeyword) === true;
    return exported || this.references(name) > 1;
  }

  private references(name: string): number {
    const { ts } = this;
    let found = 0;
    const look = (node: TypeScript.Node): void => {
      if (ts.isIdentifier(node) && node.text === name) {
        const { parent } = node;
        const isName =
          (ts.isVariableDeclaration(parent) && parent.name === node) ||
          (ts.isPropertyAssignment(parent) && parent.name === node) ||
          (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
          ts.isImportSpecifier(parent) ||
          ts.isImportClause(parent);
        if (!isName) found++;
      }
      ts.forEachChild(node, look);
    };
    look(this.file);
    return found;
  }

  /** Whether an expression has the same meaning anywhere: `common`, `common.server`. */
  private isReference(node: TypeScript.Expression): boolean {
    const { ts } = this;
    return ts.isIdentifier(node) || (ts.isPropertyAccessExpression(node) && this.isReference(node.expression));
  }

  private isLiteral(node: TypeScript.Expression): boolean {
    const { ts } = this;
    if (ts.isObjectLiteralExpression(node))
      return node.properties.every((one) => ts.isPropertyAssignment(one) && this.isLiteral(this.bare(one.initializer)));
    if (ts.isArrayLiteralExpression(node)) return node.elements.every((one) => this.isLiteral(this.bare(one)));
    if (ts.isPrefixUnaryExpression(node)) return ts.isNumericLiteral(node.operand);
    const { TrueKeyword, FalseKeyword, NullKeyword } = ts.SyntaxKind;
    return (
      ts.isStringLiteralLike(node) || ts.isNumericLiteral(node) || [TrueKeyword, FalseKeyword, NullKeyword].includes(node.kind)
    );
  }

  private key(name: string): string {
    return /^[A-Za-z_$][\w$]*$/.test(name) ? name : this.text(name);
  }

  /** Renders a plain value as source text, with the quotes of the replaced value, or of the file. */
  private text(value: unknown, replaced?: TypeScript.Node): string {
    if (isFields(value)) {
      return `{ ${Object.entries(value)
        .map(([key, inside]) => `${this.key(key)}: ${this.text(inside)}`)
        .join(', ')} }`;
    }
    if (typeof value !== 'string') return JSON.stringify(value);
    const before = replaced && this.ts.isStringLiteralLike(replaced) ? this.file.text.charAt(replaced.getStart(this.file)) : '';
    const quote = before === '' ? this.quote : before;
    const inside = JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"');
    return `${quote}${inside.replaceAll(quote, `\\${quote}`).replaceAll(quote === '`' ? '${' : '\u0000', '\\${')}${quote}`;
  }
}

const at = (position: number, text: string): Change => ({ start: position, end: position, text });

/** `{ a: { b: value } }` for the path `a`, `b`; the value itself for an empty path. */
function nested(path: Path, value: unknown): unknown {
  return path.reduceRight<unknown>((inside, key) => ({ [key]: inside }), value);
}

function member(base: string, key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `${base}.${key}` : `${base}[${JSON.stringify(key)}]`;
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
