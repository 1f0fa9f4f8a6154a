import type { Format } from './format';
import { KIND_FORMATS } from './kinds';
import { POD_FORMATS } from './pods';

/** What the API server takes in a field of a type, beyond its type; nothing where it takes everything. */
export function formatOf(type: string, field: string): Format | undefined {
  const name = `${type}.${field}`;
  return POD_FORMATS[name] ?? KIND_FORMATS[name];
}
