import { isObj } from '../../api-schema/json';
import type { Type } from '../../api-schema/types';
import type { Value } from '../../kube/fields';
import { printPath } from '../fields/field-set';
import { itemStep, shapeOf } from '../fields/shape';

/** The first error that prevents applying a configuration, in server-side apply's words; empty if there is none. */
export function typedPatchError(value: Value, type: Type, path: readonly string[] = []): string {
  const complain = (what: string) => `${printPath(path)}: ${what}`;
  if (value === null) return '';
  switch (type.kind) {
    case 'any':
      return '';
    case 'scalar':
      return scalarError(value, type.code, complain);
    case 'struct':
    case 'map': {
      if (!isObj(value)) return complain(`expected map, got &{${goValue(value)}}`);
      for (const name of Object.keys(value).sort()) {
        const item = value[name];
        const step = [...path, `f:${name}`];
        const entry = type.kind === 'map' ? type.item : type.fields.get(name)?.type;
        if (entry === undefined && type.kind === 'struct' && type.open !== true)
          return `${printPath(step)}: field not declared in schema`;
        const error = item === undefined || entry === undefined ? '' : typedPatchError(item, entry, step);
        if (error !== '') return error;
      }
      return '';
    }
    case 'list': {
      if (!Array.isArray(value)) return complain(`expected list, got &{${goValue(value)}}`);
      const seen = new Set<string>();
      const keyed = shapeOf(type, value).is === 'items';
      for (const [i, item] of value.entries()) {
        const step = keyed ? itemStep(type, item) : `i:${i}`;
        if (keyed && type.relation === 'map' && step === 'k:{}') {
          return complain(
            `element ${i}: associative list with keys has an element that omits key field "${type.keys[0]}" (and doesn't have default value)`,
          );
        }
        if (seen.has(step)) return complain(`duplicate entries for key ${printPath([step])}`);
        seen.add(step);
        const error = typedPatchError(item, type.item, [...path, step]);
        if (error !== '') return error;
      }
      return '';
    }
  }
}

function scalarError(value: Value, code: string, complain: (what: string) => string): string {
  const got = `&value.valueUnstructured{Value:${goValue(value, true)}}`;
  if (code === 'o' || code === 'q') return '';
  if (code === 'b') return typeof value === 'boolean' ? '' : complain(`expected boolean, got &{${goValue(value)}}`);
  if (['i', 'l', 'n'].includes(code)) {
    const kind = typeof value === 'string' ? 'string' : typeof value === 'boolean' ? 'bool' : goValue(value);
    return typeof value === 'number' ? '' : complain(`expected numeric (int or float), got ${kind}`);
  }
  return typeof value === 'string' ? '' : complain(`expected string, got ${got}`);
}

function goValue(value: Value, typed = false): string {
  if (Array.isArray(value)) return typed ? '[]interface {}{}' : `[${value.map((item) => goValue(item)).join(' ')}]`;
  if (!isObj(value)) return String(value);
  const entries = Object.entries(value).map(([name, item]) =>
    typed ? `${JSON.stringify(name)}:${JSON.stringify(item)}` : `${name}:${goValue(item ?? null)}`,
  );
  return typed ? `map[string]interface {}{${entries.join(', ')}}` : `map[${entries.join(' ')}]`;
}
