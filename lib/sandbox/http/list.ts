import { badRequest, expired } from '../../api-schema/failure';
import { textsAt } from '../../api-schema/json';
import type { KindSchema } from '../../api-schema/schema';
import { parseFieldSelector, parseLabelSelector } from '../../api-schema/selectors';
import { type Obj, textOrEmpty } from '../../kube/fields';
import type { World } from '../core/world';
import type { ApiRequest } from './request';
import { textOf } from './respond';

/** Filter of a list or a watch. */
export function selection(kind: KindSchema, request: ApiRequest): (object: Obj) => boolean {
  const namespace = request.target?.namespace ?? '';
  const name = request.target?.name ?? '';
  const labels = parseLabelSelector(request.query.get('labelSelector') ?? '');
  const fields = parseFieldSelector(request.query.get('fieldSelector') ?? '', kind);
  return (object) => {
    if (namespace !== '' && textOrEmpty(object, 'metadata', 'namespace') !== namespace) return false;
    if (name !== '' && textOrEmpty(object, 'metadata', 'name') !== name) return false;
    return labels(textsAt(object, 'metadata', 'labels')) && fields(object);
  };
}

/** Selected objects, ordered by key as in etcd. */
export function select(world: World, kind: KindSchema, matches: (object: Obj) => boolean): Obj[] {
  return [...world.store.table(kind)]
    .filter(([, object]) => matches(object))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, object]) => object);
}

/** Response to a LIST, with `limit` and `continue`. Pages after the first show the current state. */
export function listText(world: World, kind: KindSchema, request: ApiRequest): string {
  const all = select(world, kind, selection(kind, request));
  const from = request.query.get('continue') ?? '';
  const start = from === '' ? 0 : continueAt(world, from);
  const limit = Number(request.query.get('limit') ?? '0');
  const end = limit > 0 ? start + limit : all.length;
  const metadata: Obj = { resourceVersion: String(world.store.revision) };
  if (end < all.length) {
    metadata.continue = Buffer.from(JSON.stringify({ v: 'sandbox', rv: world.store.revision, at: end })).toString('base64url');
    metadata.remainingItemCount = all.length - end;
  }
  const items = all.slice(start, end).map((object) => itemText(object));
  return `{"kind":"${kind.kind}List","apiVersion":"${kind.apiVersion}","metadata":${JSON.stringify(metadata)},"items":[${items.join(',')}]}`;
}

/** Items of a list have no kind of their own. */
function itemText(object: Obj): string {
  const text = textOf(object);
  const head = `{"kind":${JSON.stringify(object.kind)},"apiVersion":${JSON.stringify(object.apiVersion)},`;
  return text.startsWith(head) ? `{${text.slice(head.length)}` : text;
}

function continueAt(world: World, token: string): number {
  let at: unknown;
  let revision: unknown;
  try {
    ({ at, rv: revision } = JSON.parse(Buffer.from(token, 'base64url').toString()));
  } catch {
    throw badRequest("invalid continue token: continue key is not valid: invalid character 'Ç' looking for beginning of value");
  }
  if (typeof at !== 'number' || typeof revision !== 'number')
    throw badRequest('invalid continue token: continue key is not valid');
  if (revision < world.store.oldestRevision) {
    throw expired(
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
    );
  }
  return at;
}
