import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { ROOT } from './harness/project';

/** The public entry points of the constructs, and of what tests them. */
const ENTRIES = ['lib/index.ts', 'lib/testing/index.ts'];

const program = ts.createProgram(
  ENTRIES.map((file) => join(ROOT, file)),
  { strict: true, module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, skipLibCheck: true, types: ['node'] },
);
const checker = program.getTypeChecker();

const documented = (symbol: ts.Symbol) => symbol.getDocumentationComment(checker).length > 0;
const isOurs = (node: ts.Node) => node.getSourceFile().fileName.startsWith(join(ROOT, 'lib/'));

/** Every property that is written down in a declaration: of interfaces, and of the object types inside type aliases. */
function properties(node: ts.Node): readonly ts.PropertySignature[] {
  const found: ts.PropertySignature[] = [];
  const visit = (child: ts.Node) => {
    if (ts.isPropertySignature(child)) found.push(child);
    else ts.forEachChild(child, visit);
  };
  ts.forEachChild(node, visit);
  return found;
}

function complaints(file: string): readonly string[] {
  const source = program.getSourceFile(join(ROOT, file));
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${file} is no module`);
  return checker.getExportsOfModule(module).flatMap((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    const declarations = (symbol.declarations ?? []).filter((node) => isOurs(node) && !ts.isSourceFile(node));
    const missing = declarations.length === 0 || documented(symbol) ? [] : [`${exported.name}: no docstring`];
    const props = declarations
      .filter(
        (node) => (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) && /Props$|Options$/.test(exported.name),
      )
      .flatMap(properties)
      .flatMap((property) => {
        const name = `${exported.name}.${property.name.getText()}`;
        const never = property.type?.kind === ts.SyntaxKind.NeverKeyword;
        const tags = ts.getJSDocTags(property).map((tag) => tag.tagName.text);
        const text = ts.getJSDocCommentsAndTags(property).length > 0;
        const optional = property.questionToken !== undefined;
        if (never) return [];
        return [
          ...(text ? [] : [`${name}: no docstring`]),
          ...(optional && !tags.includes('default') ? [`${name}: no @default`] : []),
        ];
      });
    return [...missing, ...props];
  });
}

describe('docstrings', () => {
  for (const file of ENTRIES) {
    it(`${file}: everything public says what it is for`, () => expect(complaints(file)).toEqual([]));
  }
});
