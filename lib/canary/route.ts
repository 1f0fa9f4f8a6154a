import { type Fields, isFields, listAt, numberAt, textAt } from '../kube/fields';
import { groupOf, type KubeObject } from '../kube/object';
import type { Strategy, Testers } from './strategy';

const GATEWAY_API = 'gateway.networking.k8s.io';
const ROUTE_KINDS = ['HTTPRoute', 'GRPCRoute'];

/** Candidate Services, by the name of the stable Service next to each. */
export type CandidateServices = ReadonlyMap<string, string>;

/** Whether an object is a Gateway API route with weighted backends. */
export function isRoute({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>): boolean {
  return groupOf(apiVersion) === GATEWAY_API && ROUTE_KINDS.includes(kind);
}

/** Whether an object is a Gateway API route to one of these Services. */
export function leadsTo(object: KubeObject, services: readonly string[]): boolean {
  if (!isRoute(object)) return false;
  return listAt(object, 'spec', 'rules').some((rule) =>
    listAt(rule, 'backendRefs').some((ref) => services.includes(serviceOf(ref, object) ?? '')),
  );
}

/** The Service in the route's namespace that a backend reference names. */
function serviceOf(ref: unknown, route: KubeObject): string | undefined {
  const [group = '', kind = 'Service', namespace] = ['group', 'kind', 'namespace'].map((field) => textAt(ref, field));
  const here = namespace === undefined || namespace === route.metadata.namespace;
  return group === '' && kind === 'Service' && here ? textAt(ref, 'name') : undefined;
}

/**
 * A route that sends this percent of each stable Service's requests to its candidate Service. Weights of one backend sum to 100;
 * where a rule has several backends, their proportions stay the same.
 */
function weighted(route: KubeObject, services: CandidateServices, percent: number, testers?: Testers): KubeObject {
  return withRules(route, (rule) => {
    const refs = listAt(rule, 'backendRefs').filter(isFields);
    if (!refs.some((ref) => candidateOf(ref, route, services) !== undefined)) return [rule];
    const one = refs.length === 1;
    const backendRefs = refs.flatMap((ref): readonly Fields[] => {
      const candidate = candidateOf(ref, route, services);
      const weight = one ? 1 : (numberAt(ref, 'weight') ?? 1);
      if (candidate === undefined) return [{ ...ref, weight: weight * 100 }];
      return [
        { ...ref, weight: weight * (100 - percent) },
        { ...ref, name: candidate, weight: weight * percent },
      ];
    });
    const split = { ...rule, backendRefs };
    return testers === undefined ? [split] : [forTesters(rule, route, services, testers), split];
  });
}

/** A route that mirrors this percent of requests to the candidate Service; its responses reach no client. */
function mirrored(route: KubeObject, services: CandidateServices, percent: number): KubeObject {
  return withRules(route, (rule) => {
    const mirrors = listAt(rule, 'backendRefs').flatMap((ref) => {
      const name = candidateOf(ref, route, services);
      if (name === undefined || !isFields(ref)) return [];
      const { weight: _weight, filters: _filters, ...backendRef } = ref;
      return [
        {
          type: 'RequestMirror',
          requestMirror: { backendRef: { ...backendRef, name }, ...(percent === 100 ? {} : { percent }) },
        },
      ];
    });
    return [mirrors.length === 0 ? rule : { ...rule, filters: [...listAt(rule, 'filters'), ...mirrors] }];
  });
}

/** A route as needed for a strategy step. */
export function shiftedRoute(
  route: KubeObject,
  services: CandidateServices,
  { type, testers }: Strategy,
  percent: number,
): KubeObject {
  return type === 'shadow' ? mirrored(route, services, percent) : weighted(route, services, percent, testers);
}

/** The rule for test requests: all of them go to the candidate. */
function forTesters(rule: Fields, route: KubeObject, services: CandidateServices, { header, value, regex }: Testers): Fields {
  const own = { name: header, value: value ?? regex ?? '', type: value === undefined ? 'RegularExpression' : 'Exact' };
  const matches = listAt(rule, 'matches').filter(isFields);
  const backendRefs = listAt(rule, 'backendRefs').flatMap((ref) => {
    const name = candidateOf(ref, route, services);
    return name === undefined || !isFields(ref) ? [] : [{ ...ref, name }];
  });
  const { name: _name, ...rest } = rule; // rule names are unique
  const narrowed = (matches.length === 0 ? [{}] : matches).map((match) => ({
    ...match,
    headers: [...listAt(match, 'headers'), own],
  }));
  return { ...rest, matches: narrowed, backendRefs };
}

function candidateOf(ref: unknown, route: KubeObject, services: CandidateServices): string | undefined {
  return services.get(serviceOf(ref, route) ?? '');
}

function withRules(route: KubeObject, change: (rule: Fields) => readonly Fields[]): KubeObject {
  const spec = isFields(route.spec) ? route.spec : {};
  return { ...route, spec: { ...spec, rules: listAt(spec, 'rules').flatMap((rule) => (isFields(rule) ? change(rule) : [])) } };
}

/** The percent of requests that a route sends to candidate Services: from its first rule that has one. @default 0 */
export function percentOf(route: KubeObject, candidates: readonly string[]): number {
  for (const rule of listAt(route, 'spec', 'rules')) {
    const refs = listAt(rule, 'backendRefs');
    const total = refs.reduce<number>((sum, ref) => sum + (numberAt(ref, 'weight') ?? 1), 0);
    const found = refs.filter((ref) => candidates.includes(textAt(ref, 'name') ?? ''));
    if (found.length > 0 && refs.length > found.length)
      return (100 * found.reduce<number>((sum, ref) => sum + (numberAt(ref, 'weight') ?? 1), 0)) / total;
  }
  return 0;
}
