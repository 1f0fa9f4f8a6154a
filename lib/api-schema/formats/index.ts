import type { Format } from './format';
import { KIND_FORMATS } from './kinds';
import { POD_FORMATS } from './pods';

/** The format that the API server requires in a field of a type, beyond its type; undefined where it accepts everything. */
export function formatOf(type: string, field: string): Format | undefined {
  const name = `${type}.${field}`;
  return POD_FORMATS[name] ?? KIND_FORMATS[name];
}
