// Generates data.ts from a running API server: types, merge keys and kinds from its OpenAPI v3 documents and discovery; defaults
// and retained zero values by querying it (dry runs of the skeletons). Usage, with `kubectl proxy --port 8001` running:
//   node lib/api-schema/generate.mjs http://127.0.0.1:8001
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkedKinds, conditional, extraKinds, skeletons } from './skeletons.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const base = process.argv[2];
const get = async (path) => (await fetch(base + path)).json();
const table = readFileSync(join(here, '../kube/kinds.ts'), 'utf8');
const wanted = [...table.matchAll(/kind\('([^']+)', '([^']+)'/g)].map((m) => [m[1], m[2]]).concat(extraKinds);

const raw = {};
const index = (await get('/openapi/v3')).paths;
const pathOf = (apiVersion) => (apiVersion === 'v1' ? 'api/v1' : `apis/${apiVersion}`);
const kinds = {};
const others = {};
const types = {};
const names = new Map();

// --- kinds: discovery
for (const [path, { serverRelativeURL }] of Object.entries(index)) {
  if (!/^(api\/v1|apis\/[^/]+\/[^/]+)$/.test(path)) continue;
  const apiVersion = path.replace(/^apis?\//, '');
  const { resources = [] } = await get(`/${path}`);
  const mine = wanted.filter(
    ([version]) =>
      version === apiVersion || (version === 'meta.k8s.io/v1' && apiVersion === 'v1') || version === 'autoscaling/v1',
  );
  const document = mine.length > 0 ? await get(serverRelativeURL) : { components: { schemas: {} } };
  Object.assign(raw, document.components.schemas);
  const unmodelled = [];
  for (const resource of resources.filter((r) => !r.name.includes('/'))) {
    if (!wanted.some(([version, kind]) => version === apiVersion && kind === resource.kind)) {
      unmodelled.push(resource.name);
      continue;
    }
    const checked = checkedKinds.includes(`${apiVersion} ${resource.kind}`);
    if (checked) unmodelled.push(resource.name);
    const subresources = resources.filter((r) => r.name.startsWith(`${resource.name}/`)).map((r) => r.name.split('/')[1]);
    kinds[`${apiVersion} ${resource.kind}`] = {
      plural: resource.name,
      singular: resource.singularName,
      namespaced: resource.namespaced,
      ...(checked ? { checked } : {}),
      verbs: resource.verbs.join(),
      ...(resource.shortNames ? { shortNames: resource.shortNames.join() } : {}),
      ...(resource.categories ? { categories: resource.categories.join() } : {}),
      ...(subresources.length > 0 ? { subresources: subresources.join() } : {}),
    };
  }
  if (unmodelled.length > 0) others[apiVersion] = unmodelled.join();
}

// --- types: OpenAPI
for (const [name, schema] of Object.entries(raw)) {
  for (const { group, version, kind } of schema['x-kubernetes-group-version-kind'] ?? []) {
    const apiVersion = group ? `${group}/${version}` : version;
    const options = kind === 'DeleteOptions' && apiVersion === 'v1';
    if (options) kinds['v1 DeleteOptions'] = { type: add(name) };
    else if (wanted.some(([a, k]) => a === apiVersion && k === kind)) {
      kinds[`${apiVersion} ${kind}`] ??= { internal: true };
      kinds[`${apiVersion} ${kind}`].type = add(name);
    }
  }
}

function shortName(name) {
  const last = name.split('.').pop();
  const taken = [...names.values()].includes(last);
  return taken ? name.split('.').slice(-3).join('.') : last;
}

function add(name) {
  const known = names.get(name);
  if (known !== undefined) return known;
  const short = shortName(name);
  names.set(name, short);
  const schema = raw[name];
  const type = {};
  types[short] = type;
  if (schema['x-kubernetes-map-type'] === 'atomic') type.atomic = true;
  if (schema.required) type.required = schema.required.join();
  type.fields = {};
  for (const [field, property] of Object.entries(schema.properties ?? {})) type.fields[field] = encodeField(property);
  return short;
}

function encodeField(property) {
  const field = { t: encodeType(property) };
  const list = property['x-kubernetes-list-type'];
  if (list === 'map') field.k = property['x-kubernetes-list-map-keys'].join();
  if (list === 'set') field.set = true;
  if (property['x-kubernetes-map-type'] === 'atomic') field.atomic = true;
  const strategy = property['x-kubernetes-patch-strategy'] ?? '';
  if (strategy.includes('merge')) field.p = property['x-kubernetes-patch-merge-key'] ?? '';
  if (strategy.includes('replace')) field.r = 1;
  if (property.enum) field.e = property.enum.join();
  if (property.default !== undefined) field.d = property.default;
  if (['{}', '0', '""', 'false'].includes(JSON.stringify(property.default))) field.a = 1; // no omitempty: always present
  return Object.keys(field).length === 1 ? field.t : field;
}

function encodeType(property) {
  const reference = property.$ref ?? property.allOf?.[0]?.$ref;
  if (reference) return encodeReference(reference.split('/').pop());
  if (property.type === 'array') return `[${encodeType(property.items)}`;
  if (property.type === 'object' && property.additionalProperties) return `{${encodeType(property.additionalProperties)}`;
  const formats = {
    'string date-time': 't',
    'string byte': 'y',
    'integer int32': 'i',
    'integer int64': 'l',
    'number double': 'n',
    'string int-or-string': 'o',
  };
  const simple = { string: 's', boolean: 'b', integer: 'l', number: 'n', object: 'x' };
  return formats[`${property.type} ${property.format}`] ?? simple[property.type] ?? 'x';
}

function encodeReference(name) {
  const special = { Quantity: 'q', IntOrString: 'o', Time: 't', MicroTime: 't', RawExtension: 'x', FieldsV1: 'x', JSON: 'x' };
  const last = name.split('.').pop();
  if (special[last]) return special[last];
  if (/^JSONSchemaProps/.test(last)) return 'x'; // schemas of custom resources are kept unchanged
  return `@${add(name)}`;
}

// --- defaults and zero values: measured
const seen = new Map();
const note = (type, field, what, value) => {
  const key = `${type}.${field}`;
  if (what === 'zero' || !conditional.has(key)) (seen.get(key) ?? seen.set(key, []).get(key)).push({ what, value });
};
const fieldOf = (type, name) => {
  const field = types[type]?.fields[name];
  return typeof field === 'string' ? { t: field } : field;
};
const url = ({ apiVersion, kind }) => {
  const info = kinds[`${apiVersion} ${kind}`];
  return `/${pathOf(apiVersion)}/${info.namespaced ? 'namespaces/default/' : ''}${info.plural}?dryRun=All`;
};
const post = async (object) => {
  const answer = await fetch(base + url(object), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(object),
  });
  return { ok: answer.ok, body: await answer.json() };
};

/** Calls visit(type, value in a, value in b, path) for every struct of a. */
function walk(t, a, b, path, visit) {
  if (a === null || typeof a !== 'object') return;
  if (t[0] === '[') for (const [i, item] of a.entries()) walk(t.slice(1), item, b?.[i], [...path, i], visit);
  else if (t[0] === '{') for (const k of Object.keys(a)) walk(t.slice(1), a[k], b?.[k], [...path, k], visit);
  else if (t[0] === '@') {
    const type = t.slice(1);
    if (type === 'ObjectMeta') return;
    visit(type, a, b, path);
    for (const k of Object.keys(a)) if (fieldOf(type, k)) walk(fieldOf(type, k).t, a[k], b?.[k], [...path, k], visit);
  }
}

const done = new Set();
for (const skeleton of skeletons) {
  const root = `@${kinds[`${skeleton.apiVersion} ${skeleton.kind}`].type}`;
  const { ok, body } = await post(skeleton);
  if (!ok) throw new Error(`${skeleton.kind}: ${body.message}`);
  if (body.metadata.generation) kinds[`${skeleton.apiVersion} ${skeleton.kind}`].generation = true;
  const instances = [];
  // A field that the server added to a struct it received: a default. Descends into the response for structs missing below it.
  walk(root, body, skeleton, [], (type, after, before, path) => {
    for (const field of Object.keys(types[type].fields)) {
      if (['apiVersion', 'kind', 'metadata', 'status'].includes(field) && path.length === 0) continue;
      if (skeleton.kind === 'Pod') continue; // admission adds to pods; the templates show the same types without these additions
      if (before?.[field] !== undefined) continue;
      if (after[field] === undefined) note(type, field, 'absent');
      else if (after[field] === null || typeof after[field] !== 'object') note(type, field, 'default', after[field]);
      else if (before !== undefined || JSON.stringify(after[field]) === '{}')
        note(type, field, 'default', Array.isArray(after[field]) ? after[field] : {});
    }
    if (before !== undefined && skeleton.kind !== 'Pod') instances.push([type, path]);
  });
  // Whether a zero value in the request is returned (a pointer in the server's types) or not.
  for (const [type, path] of instances) {
    for (const [name, spec] of Object.entries(types[type].fields)) {
      const { t } = typeof spec === 'string' ? { t: spec } : spec;
      const zero = { s: '', o: 0, y: '', i: 0, l: 0, b: false, q: '0', '@': {}, '[': [], '{': {} }[t[0]];
      if (zero === undefined || done.has(`${type}.${name}`)) continue;
      if (path.length === 0 && ['apiVersion', 'kind', 'metadata', 'status'].includes(name)) continue;
      const copy = structuredClone(skeleton);
      const parent = path.reduce((at, step) => at[step], copy);
      if (parent[name] !== undefined) continue;
      parent[name] = zero;
      const answer = await post(copy);
      const causes = answer.body.details?.causes ?? [];
      // A refusal that names the zero shows that the server read it.
      if (causes.some((cause) => cause.field.endsWith(`.${name}`) && cause.message.includes('Invalid value: 0:')))
        note(type, name, 'zero');
      if (!answer.ok) continue;
      done.add(`${type}.${name}`);
      const after = path.reduce((at, step) => at?.[step], answer.body)?.[name];
      if (
        after !== undefined && typeof zero !== 'object'
          ? after === zero
          : Array.isArray(after) || after === null || (t[0] === '@' && after)
      )
        note(type, name, 'zero');
    }
  }
}

// A creation drops it, so a request cannot determine this.
note('ObjectMeta', 'deletionGracePeriodSeconds', 'zero');

for (const [key, notes] of seen) {
  const at = key.lastIndexOf('.');
  const [type, name] = [key.slice(0, at), key.slice(at + 1)];
  let field = fieldOf(type, name);
  const defaults = [...new Set(notes.filter((n) => n.what === 'default').map((n) => JSON.stringify(n.value)))];
  const absent = notes.some((n) => n.what === 'absent');
  field = { ...field };
  if (defaults.length === 1 && !absent) field.d = JSON.parse(defaults[0]);
  else if (defaults.length > 0)
    process.stdout.write(`${['not the same everywhere:', key, defaults.join(' '), absent ? 'or absent' : ''].join(' ')}\n`);
  else if (absent) delete field.d;
  if (notes.some((n) => n.what === 'zero')) field.z = 1;
  types[type].fields[name] = Object.keys(field).length === 1 ? field.t : field;
}

const version = await get('/version');
const data = { version, kinds, others, types };
const text = JSON.stringify(data).replaceAll('\\', '\\\\').replaceAll("'", "\\'");
writeFileSync(
  join(here, 'data.ts'),
  `// Made by generate.mjs from a Kubernetes ${version.gitVersion} API server.\nexport const DATA = '${text}';\n`,
);
process.stdout.write(
  `${[`${Object.keys(kinds).length} kinds, ${Object.keys(types).length} types, ${text.length} bytes`].join(' ')}\n`,
);
