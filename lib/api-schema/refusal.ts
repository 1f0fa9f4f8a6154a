import { type Obj, textOrEmpty, without } from '../kube/fields';
import { isBuiltIn } from '../kube/kinds';
import { type Cause, invalid, required } from './failure';
import { mistakesIn } from './mistakes';
import type { KindSchema } from './schema';

/** Newer than every version: the fields of a server are those of its own types. */
const NEWEST = 99;

/**
 * Rejects an object with a value that the offline check rejects too: both judge fields by the same formats. Messages are not in
 * the server's words; those of `validateObject` are.
 */
export function refuseMistakes(kind: KindSchema, object: Obj): void {
  if (!isBuiltIn(kind)) return;
  const causes = mistakesIn(without(object, 'status'), kind.type, NEWEST).flatMap(
    ({ kind: mistake, path, got, expected, whenApplied }): readonly Cause[] => {
      if (mistake === 'missing') return [required(path)];
      // What only server-side apply refuses, it has refused before.
      if ((mistake !== 'invalid' && mistake !== 'value') || whenApplied === true) return [];
      const shown = got === undefined ? '' : `${JSON.stringify(got)}: `;
      return [{ reason: 'FieldValueInvalid', field: path, message: `Invalid value: ${shown}expected ${expected}` }];
    },
  );
  if (causes.length > 0) throw invalid(kind, textOrEmpty(object, 'metadata', 'name'), causes);
}
