import { nearestName } from '../../errors/nearest';
import type { Problem } from '../../errors/problem';
import { fieldsAt, textAt } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import type { Run } from '../model/engine';
import { bounded } from '../model/stream';
import { claimProblems } from './claims';
import type { Looked, Wanted } from './references';
import { unread } from './unread';

/** Up to this many objects of a kind and namespace are read one by one; more cost one LIST. */
const FEW = 4;

/** Looks up a referenced object: `unknown` where the user may not read it. */
type Lookup = (one: Wanted) => KubeObject | undefined | 'unknown';

/** References that are missing in the cluster, or not as required. Unreadable references are unknown, and no problem. */
export async function missingReferences(run: Run, wanted: readonly Wanted[]): Promise<Looked> {
  if (wanted.length === 0) return { problems: [], warnings: [] };
  const groups = new Map<string, Wanted[]>();
  for (const one of wanted) {
    const key = placeOf(one);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const lookups = new Map(
    await bounded([...groups], 16, async ([key, group]): Promise<[string, Lookup]> => [key, await lookUp(run, group)]),
  );
  const seen = new Set<string>();
  const claims = await claimProblems(
    run,
    wanted.flatMap((one) => {
      const there = lookups.get(placeOf(one))?.(one);
      return one.kind !== 'PersistentVolumeClaim' || there === undefined || there === 'unknown'
        ? []
        : [{ wanted: one, claim: there }];
    }),
  );
  const [problems, warnings]: [Problem[], Problem[]] = [[], []];
  for (const [key, group] of groups) {
    for (const one of group) {
      const there = lookups.get(key)?.(one);
      const problem = there === 'unknown' ? undefined : problemOf(one, there);
      const place = `${one.subject} ${one.path} ${one.name}`;
      if (problem === undefined || seen.has(place)) continue;
      seen.add(place);
      (one.mayFollow === true ? warnings : problems).push(problem);
    }
  }
  return { problems: [...problems, ...claims.problems], warnings: [...warnings, ...claims.warnings] };
}

/** Where objects are that are read together. */
const placeOf = ({ apiVersion, kind, namespace = '' }: Wanted): string => `${apiVersion} ${kind} ${namespace}`;

/** Kinds that every API server serves; others are listed, because a missing kind and a missing object differ only there. */
const SERVED = /^(v1|apps\/v1|(storage|scheduling|node|networking|rbac\.authorization|apiregistration)\.k8s\.io\/v1)$/;

async function lookUp(run: Run, group: readonly Wanted[]): Promise<Lookup> {
  const [first] = group;
  const names = [...new Set(group.map(({ name }) => name))];
  if (first === undefined) return () => undefined;
  const { apiVersion, kind, namespace } = first;
  const place = { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }) };
  const served = SERVED.test(apiVersion);
  if (names.length > FEW || !served) {
    const listed = await run.api.list(place).catch(unread);
    if (listed === 'unserved') return () => 'unknown';
    if (listed !== 'forbidden') {
      const there = new Map(listed.items.map((object) => [object.metadata.name, object]));
      return ({ name }) => there.get(name);
    }
  }
  const found = await bounded(names, 16, (name) => run.api.get({ ...place, name }).catch(unread));
  const there = new Map(names.map((name, index) => [name, found[index]]));
  return ({ name }) => {
    const object = there.get(name);
    return typeof object === 'string' ? 'unknown' : object;
  };
}

function problemOf(wanted: Wanted, there: KubeObject | undefined): Problem | undefined {
  const { kind, name, namespace, keys, subject, path } = wanted;
  const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
  const base = { code: 'REFERENCE_MISSING', subject, path } as const;
  if (there === undefined) {
    const remedy = `Create it, correct the name, or pass --ignore-missing when it will be there in time.`;
    return { ...base, message: `there is no ${kind} ${name}${where}`, got: name, remedy };
  }
  if (there.metadata.deletionTimestamp !== undefined) {
    const remedy = 'Wait until it is gone and create it again, or name another one.';
    return { ...base, message: `${kind} ${name}${where} is being deleted`, got: name, remedy };
  }
  if (kind === 'PersistentVolumeClaim' && textAt(there, 'status', 'phase') === 'Lost') {
    const remedy = 'Restore the volume, or name another claim.';
    return { ...base, message: `PersistentVolumeClaim ${name}${where} has lost its volume`, got: 'Lost', remedy };
  }
  const known = ['data', 'binaryData'].flatMap((field) => Object.keys(fieldsAt(there, field)));
  const missing = keys.filter((key) => !known.includes(key));
  if (missing.length === 0) return undefined;
  const nearest = nearestName(missing[0] ?? '', known);
  return {
    ...base,
    message: `${kind} ${name}${where} has no key ${missing.join(', ')}`,
    got: missing.join(', '),
    expected: known.sort().join(', '),
    ...(nearest === undefined ? {} : { nearest }),
    remedy: 'Correct the key, or add it.',
  };
}
