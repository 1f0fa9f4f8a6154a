import { isDeepStrictEqual } from 'node:util';
import type { IConstruct } from 'constructs';
import type { Fields } from '../kube/fields';
import { contentHash } from '../kube/names';
import { Manifest } from './manifest';

/**
 * The hash of an object's content for its name, with what patches make of it: a name that stayed would promise content that is not there.
 * @param id construct id of the object's manifest
 * @param fields fields that the object will have
 * @param content what the name follows from without patches. @default fields
 */
export function patchedHash(owner: IConstruct, id: string, fields: Fields, content: unknown = fields): string {
  const left = Manifest.patched(owner.node.tryFindChild(id), fields);
  return contentHash(left === fields || isDeepStrictEqual(left, fields) ? content : [content, left]);
}
