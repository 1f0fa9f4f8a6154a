import { isDeepStrictEqual } from 'node:util';
import type { IConstruct } from 'constructs';
import type { Fields } from '../kube/fields';
import { contentHash } from '../kube/names';
import { Manifest } from './manifest';

/**
 * Hash of an object's content after patches, for its name: an unchanged name would stand for different content.
 * @param id construct id of the object's manifest
 * @param fields fields of the object
 * @param content basis of the name without patches. @default fields
 */
export function patchedHash(owner: IConstruct, id: string, fields: Fields, content: unknown = fields): string {
  const left = Manifest.patched(owner.node.tryFindChild(id), fields);
  return contentHash(isDeepStrictEqual(left, fields) ? content : [content, left]);
}
