import { loadSchema } from '../../api-schema/schema';
import { nearestName } from '../../errors/nearest';
import { listAt } from '../../kube/fields';
import { KINDS } from '../../kube/kinds';
import { groupOf } from '../../kube/object';
import { itemsAt } from '../inventory/inventory';
import { type Found, type Rule, rule } from '../model/rule';

const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
/** What people write for them. */
const ALIASES: Readonly<Record<string, string>> = {
  read: 'get',
  write: 'update',
  edit: 'update',
  view: 'get',
  put: 'update',
  post: 'create',
  add: 'create',
  remove: 'delete',
  modify: 'patch',
  apply: 'patch',
};

interface Resources {
  /** API groups by plural. */
  readonly groups: ReadonlyMap<string, ReadonlySet<string>>;
  /** Plurals by what people write instead: the kind, the singular. */
  readonly instead: ReadonlyMap<string, string>;
}

let known: Resources | undefined;

/** The resources of built-in kinds. */
function resources(): Resources {
  if (known !== undefined) return known;
  const groups = new Map<string, Set<string>>();
  const instead = new Map<string, string>();
  const add = (apiVersion: string, kind: string, plural: string) => {
    groups.set(plural, (groups.get(plural) ?? new Set()).add(groupOf(apiVersion)));
    instead.set(kind.toLowerCase(), plural);
  };
  for (const { apiVersion, kind, plural } of KINDS) add(apiVersion, kind, plural);
  for (const { apiVersion, kind, plural } of loadSchema().checked.values()) add(apiVersion, kind, plural);
  for (const [apiVersion, plurals] of loadSchema().unmodelled)
    for (const plural of plurals) groups.set(plural, (groups.get(plural) ?? new Set()).add(groupOf(apiVersion)));
  known = { groups, instead };
  return known;
}

/** A rule of a Role that names a verb, a resource or a group that does not exist: it gives no rights. */
export const rightsUnknown: Rule = rule(
  'RIGHTS_UNKNOWN',
  'error',
  'Name resources in the plural, with the group of their API and its verbs.',
  (all) =>
    ['Role', 'ClusterRole'].flatMap((kind) =>
      all.ofKind(kind).flatMap((object) =>
        itemsAt(object, 'rules').flatMap((one, index) => {
          const texts = (field: string) => listAt(one, field).map(String);
          const [groups, names, verbs] = [texts('apiGroups'), texts('resources'), texts('verbs')];
          const at = (field: string) => `rules[${index}].${field}`;
          return [
            ...verbs.flatMap((verb) => wrongVerb(object, at('verbs'), verb)),
            ...groups.flatMap((group) => wrongGroup(object, at('apiGroups'), group)),
            ...names.flatMap((name) => wrongResource(object, at('resources'), name, groups)),
          ];
        }),
      ),
    ),
);

function wrongVerb(object: Found['object'], path: string, verb: string): readonly Found[] {
  const expected = ALIASES[verb.toLowerCase()] ?? VERBS.find((one) => one === verb.toLowerCase() && one !== verb);
  return expected === undefined ? [] : [{ object, path, message: 'there is no such verb', got: verb, expected }];
}

function wrongGroup(object: Found['object'], path: string, group: string): readonly Found[] {
  if (!/^v\d|\/v\d/.test(group)) return [];
  const expected = /^v\d/.test(group) ? '"", the group of pods and Services' : group.replace(/\/v\d.*$/, '');
  return [{ object, path, message: 'a version is no group', got: group, expected }];
}

function wrongResource(object: Found['object'], path: string, got: string, groups: readonly string[]): readonly Found[] {
  const { groups: homes, instead } = resources();
  const [name = '', sub] = got.split('/');
  const plural = homes.has(name) ? undefined : instead.get(name.toLowerCase());
  // A custom resource may have any name: only in groups of the API itself is it certain.
  const own = groups.every((group) => [...homes.values()].some((set) => set.has(group)));
  if (plural !== undefined && own) {
    const expected = sub === undefined ? plural : `${plural}/${sub}`;
    return [{ object, path, message: 'resources are written in the plural, in lower case', got, expected }];
  }
  const home = homes.get(name);
  if (
    home === undefined ||
    !own ||
    groups.length === 0 ||
    groups.some((group) => home.has(group) || group === 'extensions' || group === 'metrics.k8s.io')
  )
    return [];
  const expected = [...home].map((group) => JSON.stringify(group)).join(' or ');
  return [
    {
      object,
      path: path.replace('resources', 'apiGroups'),
      message: `${name} are not in that API group`,
      got: groups.join(', '),
      expected,
      nearest: nearestName(groups[0] ?? '', home),
    },
  ];
}
