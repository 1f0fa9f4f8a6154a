// Writes the types of the constructs' props as data, so that JavaScript users are told which prop is missing or of a wrong type.
// The one definition is the TypeScript interface; `npm run build` keeps the data current.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import ts from 'typescript';

const OUT = 'lib/stack/prop-types.ts';
const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, '.');
const program = ts.createProgram([resolve('lib/index.ts')], { ...options, noEmit: true });
const checker = program.getTypeChecker();
const has = (type, flags) => (type.flags & flags) !== 0;

/** Value types and object types, each written once; others name them by their number. */
const values = [];
const objects = [];

function numberOf(list, one) {
  const text = JSON.stringify(one);
  const at = list.indexOf(text);
  return at < 0 ? list.push(text) - 1 : at;
}

/**
 * Number of a value's type: `k` its kinds, `b` the props that all its alternatives share, `o` the other props of each, `i` the type of
 * items, `r` of a record's values. A type without kinds accepts everything.
 */
function typeNumber(type, within = []) {
  const found = {
    kinds: new Set(),
    objects: [],
    items: new Set(),
    records: new Set(),
    opaque: within.includes(type),
    open: false,
  };
  for (const part of type.isUnion() ? type.types : [type]) add(found, part);
  if (found.open || found.kinds.size === 0) return numberOf(values, {});
  const inner = [...within, type];
  const [item, record] = [only(found.items), only(found.records)];
  const { opaque } = found;
  return numberOf(values, {
    k: [...found.kinds].sort(),
    ...(opaque ? {} : alternatives(found.objects.map((one) => propsOf(one, inner)))),
    ...(item === undefined ? {} : { i: typeNumber(item, inner) }),
    ...(record === undefined || opaque || found.objects.length > 0 ? {} : { r: typeNumber(record, inner) }),
  });
}

/** The only one of several types; with more, what they hold is not judged. */
const only = (types) => (types.size === 1 ? [...types][0] : undefined);

function alternatives(all) {
  if (all.length === 0) return {};
  const shared = Object.entries(all[0]).filter(([name, value]) => all.every((one) => one[name] === value));
  const rest = all.map((one) => Object.entries(one).filter(([name]) => !shared.some(([other]) => other === name)));
  const o = [...new Set(rest.map((one) => numberOf(objects, object(one))))];
  return { b: numberOf(objects, object(shared)), ...(all.length > 1 ? { o } : {}) };
}

/** An object type: `r` its required props, `o` its optional ones. */
function object(props) {
  const isOptional = ([name]) => name.endsWith('?');
  return {
    r: Object.fromEntries(props.filter((one) => !isOptional(one))),
    o: Object.fromEntries(props.filter(isOptional).map(([name, type]) => [name.slice(0, -1), type])),
  };
}

/** Numbers of the props' types by name; names of optional ones end with `?`. */
function propsOf(type, within) {
  const named = type
    .getProperties()
    .filter(isWrittenHere)
    .map((property) => {
      const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
      return [optional ? `${property.name}?` : property.name, typeNumber(checker.getTypeOfSymbol(property), within)];
    });
  return Object.fromEntries(named);
}

function add(found, type) {
  const { TypeFlags: is } = ts;
  const brand = type.isIntersection() ? type.types.find((one) => has(one, is.StringLike | is.NumberLike)) : undefined;
  if (isForbidden(type) || has(type, is.Undefined | is.Void | is.Never)) return;
  if (brand !== undefined) add(found, brand);
  else if (type.isStringLiteral()) found.kinds.add(`'${type.value}'`);
  else if (type.isNumberLiteral()) found.kinds.add(String(type.value));
  else if (has(type, is.StringLike)) found.kinds.add('text');
  else if (has(type, is.NumberLike)) found.kinds.add('a number');
  else if (has(type, is.BooleanLike)) found.kinds.add('true or false');
  else if (has(type, is.Null)) found.kinds.add('null');
  else if (!has(type, is.Object | is.Intersection)) found.open = true;
  else if (type.getCallSignatures().length > 0) found.kinds.add('a function');
  else if (checker.isArrayType(type) || checker.isTupleType(type)) addList(found, type);
  else addObject(found, type);
}

/** Whether a type exists only for the compiler's messages; see `lib/kube/forbidden.ts`. */
const isForbidden = (type) => type.getProperties().some(({ name }) => name.startsWith('__@FORBIDDEN'));

function addList(found, type) {
  found.kinds.add('a list');
  for (const item of checker.getTypeArguments(type)) found.items.add(item);
}

function addObject(found, type) {
  found.kinds.add('an object');
  const record = type.getStringIndexType();
  if (record !== undefined) found.records.add(record);
  else if (isOurs(type)) found.objects.push(type);
  else found.opaque = true;
}

/** Whether a type is a plain object with props of this library; classes judge themselves, and the API's own fields are skipped. */
function isOurs(type) {
  return !type.isClass() && type.getProperties().some(isWrittenHere);
}

const isWrittenHere = ({ declarations = [] }) => declarations.length > 0 && declarations.every(isHere);

function isHere(declaration) {
  const { fileName } = declaration.getSourceFile();
  return !fileName.includes('node_modules') && !fileName.endsWith('api-types.ts') && !ts.isClassElement(declaration);
}

const index = program.getSourceFile(resolve('lib/index.ts'));
const roots = {};
const isAbstract = ({ modifiers = [] }) => modifiers.some(({ kind }) => kind === ts.SyntaxKind.AbstractKeyword);
for (const symbol of checker.getExportsOfModule(checker.getSymbolAtLocation(index))) {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const declaration = target.valueDeclaration;
  if (declaration === undefined || !ts.isClassDeclaration(declaration) || isAbstract(declaration)) continue;
  const [signature] = checker.getTypeOfSymbol(target).getConstructSignatures();
  const props = signature?.getParameters()[2];
  if (props?.name === 'props') roots[target.name] = typeNumber(checker.getTypeOfSymbol(props));
}
const json = `{"roots":${JSON.stringify(roots)},"values":[${values}],"objects":[${objects}]}`;
const text = `/** Types of all constructs' props as JSON; written by \`lib/prop-types.mjs\`. */
export const PROP_TYPES =
  '${json.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}';
`;
if (!existsSync(OUT) || readFileSync(OUT, 'utf8') !== text) writeFileSync(OUT, text);
