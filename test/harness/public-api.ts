import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from './project';

/** What users import from, and the files that it is. */
export const ENTRIES = {
  'cdk8s-serving': 'lib/index.ts',
  'cdk8s-serving/release': 'lib/release/index.ts',
  'cdk8s-serving/testing': 'lib/testing/index.ts',
  'cdk8s-serving/checks': 'lib/checks/index.ts',
} as const;

/** A field, property or method of a public type, as it was written down. */
export interface Member {
  readonly name: string;
  readonly optional: boolean;
  /** As in the source, on one line. */
  readonly type: string;
  readonly doc: string;
  readonly default: string | undefined;
  /** Written on one line with its whole alternative, `| { type: 'ready'; object: string }`, which leaves no place for a docstring. */
  readonly inline: boolean;
}

/** A public name. */
export interface PublicName {
  readonly name: string;
  readonly kind: 'class' | 'function' | 'type' | 'constant';
  /** The folder of `lib` in which it is declared. */
  readonly folder: string;
  readonly doc: string;
  readonly example: string | undefined;
  /** How it is called, or what it is. */
  readonly signature: string;
  /** The class of ours that a class extends. */
  readonly base: string | undefined;
  readonly members: readonly Member[];
}

const options = {
  strict: true,
  module: ts.ModuleKind.CommonJS,
  target: ts.ScriptTarget.ES2022,
  skipLibCheck: true,
  types: ['node'],
};
const program = ts.createProgram(
  Object.values(ENTRIES).map((file) => join(ROOT, file)),
  options,
);
const checker = program.getTypeChecker();

/** Everything that an entry point exports, in the order of its source. */
export function publicNames(file: string): readonly PublicName[] {
  return exportsOf(file).map(({ name, symbol, declaration }) => ({
    name,
    kind: kindOf(symbol),
    folder: /\/lib\/([^/]+)\//.exec(declaration.getSourceFile().fileName)?.[1] ?? '',
    doc: ts.isSourceFile(declaration) ? headOf(declaration) : docOf(symbol),
    example: tagOf(symbol, 'example'),
    signature: signatureOf(name, symbol, declaration),
    base: baseOf(declaration),
    members: ts.isSourceFile(declaration) ? namespaceMembers(symbol) : membersOf(symbol, declaration),
  }));
}

/** Exports with the declarations behind them. */
export function exportsOf(file: string) {
  const source = program.getSourceFile(join(ROOT, file));
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${file} is no module`);
  return checker.getExportsOfModule(module).flatMap((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    const declaration = symbol.declarations?.find(isOurs);
    return declaration === undefined ? [] : [{ name: exported.name, symbol, declaration }];
  });
}

export const isOurs = (node: ts.Node) => node.getSourceFile().fileName.startsWith(join(ROOT, 'lib/'));
export const docOf = (symbol: ts.Symbol) => ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();

/** What a file says of itself. */
const headOf = (file: ts.SourceFile) => (/\/\*\*([\s\S]*?)\*\//.exec(file.text)?.[1] ?? '').replaceAll(/^ \* ?/gm, '').trim();

function tagOf(symbol: ts.Symbol, name: string): string | undefined {
  const tag = symbol.getJsDocTags(checker).find((one) => one.name === name);
  return tag === undefined ? undefined : ts.displayPartsToString(tag.text).trim();
}

function kindOf(symbol: ts.Symbol): PublicName['kind'] {
  if (symbol.flags & ts.SymbolFlags.Class) return 'class';
  if (symbol.flags & ts.SymbolFlags.Function) return 'function';
  return symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias) ? 'type' : 'constant';
}

const oneLine = (text: string) =>
  text
    .replaceAll(/\/\*\*[\s\S]*?\*\//g, '')
    .replaceAll('readonly ', '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/([({<]) (?=[^}])|,? (?=[)>])/g, '$1')
    .replace(/^\| /, '')
    .trim();

function signatureOf(name: string, symbol: ts.Symbol, declaration: ts.Declaration): string {
  if (ts.isFunctionDeclaration(declaration)) return oneLine(callOf(name, declaration));
  if (ts.isTypeAliasDeclaration(declaration)) return oneLine(declaration.type.getText());
  if (ts.isClassDeclaration(declaration)) {
    const made = declaration.members.find(ts.isConstructorDeclaration);
    const parameters = made?.parameters.map((parameter) => parameter.getText()).join(', ');
    return parameters === undefined ? '' : oneLine(`new ${name}(${parameters})`);
  }
  if (ts.isVariableDeclaration(declaration))
    return oneLine(declaration.type?.getText() ?? checker.typeToString(checker.getTypeOfSymbol(symbol)));
  return '';
}

function baseOf(declaration: ts.Declaration): string | undefined {
  if (!ts.isClassDeclaration(declaration)) return undefined;
  const [base] = declaration.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types ?? [];
  const type = base === undefined ? undefined : checker.getTypeAtLocation(base.expression).getSymbol();
  return type?.declarations?.some(isOurs) === true ? base?.expression.getText() : undefined;
}

function callOf(name: string, { parameters, type }: ts.SignatureDeclaration): string {
  return `${name}(${parameters.map((parameter) => parameter.getText()).join(', ')})${type === undefined ? '' : `: ${type.getText()}`}`;
}

function namespaceMembers(symbol: ts.Symbol): readonly Member[] {
  return checker.getExportsOfModule(symbol).flatMap((member) => {
    const declaration = member.declarations?.[0];
    if (declaration === undefined || !ts.isVariableDeclaration(declaration)) return [];
    return [{ name: member.name, optional: false, type: '', doc: docOf(member), default: undefined, inline: false }];
  });
}

/** What a type or a class has, of a type what it inherits included; of a union what any alternative has. */
export function membersOf(symbol: ts.Symbol, declaration: ts.Declaration): readonly Member[] {
  if (!ts.isInterfaceDeclaration(declaration) && !ts.isTypeAliasDeclaration(declaration) && !ts.isClassDeclaration(declaration))
    return [];
  const alternatives = alternativesOf(checker.getDeclaredTypeOfSymbol(symbol)).map((type) =>
    checker.getPropertiesOfType(type).flatMap((property) => {
      // A symbol as key is no name; the compiler numbers it anew with every file.
      if (property.name.startsWith('__@')) return [];
      const at = property.declarations?.find(isOurs);
      const shown = at !== undefined && isPublic(at) && !/^(never$|Forbidden<)/.test(typeOf(at));
      // A class is not told again what its base has.
      return shown && (!ts.isClassDeclaration(declaration) || at.parent === declaration) ? [memberOf(property, at)] : [];
    }),
  );
  const names = new Set(alternatives.flatMap((members) => members.map(({ name }) => name)));
  return [...names].map((name) => {
    const all = alternatives.flatMap((members) => members.filter((member) => member.name === name));
    const texts = (of: (member: Member) => string | undefined) => [
      ...new Set(all.map(of).filter((text) => text !== undefined && text !== '')),
    ];
    return {
      name,
      optional: all.length < alternatives.length || all.some(({ optional }) => optional),
      type: texts(({ type }) => type).join(' | '),
      doc: texts(({ doc }) => doc)[0] ?? '',
      default: texts((member) => member.default)[0],
      inline: all.every(({ inline }) => inline),
    };
  });
}

function memberOf(property: ts.Symbol, at: ts.Declaration): Member {
  const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
  const inline = ts.isTypeLiteralNode(at.parent) && !at.parent.getText().includes('\n');
  return { name: property.name, optional, type: typeOf(at), doc: docOf(property), default: tagOf(property, 'default'), inline };
}

function alternativesOf(type: ts.Type): readonly ts.Type[] {
  if (type.isUnion()) return type.types.flatMap(alternativesOf);
  return type.flags & ts.TypeFlags.Object || type.isIntersection() ? [type] : [];
}

function isPublic(node: ts.Declaration): boolean {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  return (
    (ts.getCombinedModifierFlags(node) & hidden) === 0 && !(ts.getNameOfDeclaration(node)?.getText().startsWith('#') ?? true)
  );
}

function typeOf(node: ts.Declaration): string {
  if (ts.isMethodSignature(node) || ts.isMethodDeclaration(node)) return oneLine(callOf('', node));
  const written =
    ts.isPropertySignature(node) || ts.isPropertyDeclaration(node) || ts.isGetAccessor(node) ? node.type : undefined;
  return oneLine(written?.getText() ?? checker.typeToString(checker.getTypeAtLocation(node)));
}
