import { badRequest, Failure } from '../../api-schema/failure';
import { copy, isObj, same } from '../../api-schema/json';
import type { Obj, Value } from '../../kube/fields';

/** RFC 7386: fields of the patch replace, null removes. */
export function mergePatch(target: Value | undefined, patch: Value): Value {
  if (!isObj(patch)) return copy(patch);
  const result: Obj = isObj(target) ? { ...target } : {};
  for (const name in patch) {
    const value = patch[name];
    if (value === null || value === undefined) delete result[name];
    else result[name] = mergePatch(result[name], value);
  }
  return result;
}

const rejected = (): Failure => new Failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {});

/** RFC 6902: add, remove, replace, move, copy, test. */
export function jsonPatch(target: Obj, patch: Value): Obj {
  if (!Array.isArray(patch))
    throw badRequest('error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp');
  let result: Value = copy(target);
  for (const operation of patch) {
    if (!isObj(operation)) throw rejected();
    result = step(result, operation);
  }
  return isObj(result) ? result : {};
}

function step(root: Value, operation: Obj): Value {
  const path = pointer(operation.path);
  const value = operation.value;
  switch (operation.op) {
    case 'add':
      return change(root, path, 'add', value ?? null);
    case 'replace':
      return change(root, path, 'replace', value ?? null);
    case 'remove':
      return change(root, path, 'remove', null);
    case 'copy':
      return change(root, path, 'add', copy(read(root, pointer(operation.from))));
    case 'move': {
      const from = pointer(operation.from);
      const moved = read(root, from);
      return change(change(root, from, 'remove', null), path, 'add', moved);
    }
    case 'test':
      if (!same(read(root, path), value ?? null)) throw rejected();
      return root;
    default:
      throw rejected();
  }
}

function pointer(path: Value | undefined): string[] {
  if (typeof path !== 'string' || (path !== '' && !path.startsWith('/'))) throw rejected();
  const steps = path.split('/').slice(1);
  return steps.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function read(root: Value, path: readonly string[]): Value {
  let here: Value | undefined = root;
  for (const part of path) {
    here = Array.isArray(here) ? here[Number(part)] : isObj(here) ? here[part] : undefined;
    if (here === undefined) throw rejected();
  }
  return here;
}

function change(root: Value, path: readonly string[], how: 'add' | 'replace' | 'remove', value: Value): Value {
  const last = path.at(-1);
  if (last === undefined) return value;
  const parent = read(root, path.slice(0, -1));
  if (Array.isArray(parent)) {
    const index = last === '-' ? parent.length : Number(last);
    if (!Number.isInteger(index) || index < 0 || index > parent.length) throw rejected();
    if (how !== 'add' && index === parent.length) throw rejected();
    parent.splice(index, how === 'add' ? 0 : 1, ...(how === 'remove' ? [] : [value]));
  } else if (isObj(parent)) {
    if (how !== 'add' && parent[last] === undefined) throw rejected();
    if (how === 'remove') delete parent[last];
    else parent[last] = value;
  } else {
    throw rejected();
  }
  return root;
}
