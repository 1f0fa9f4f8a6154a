import { noSuchResource, notModelled } from '../../api-schema/failure';
import { type KindSchema, loadSchema } from '../../api-schema/schema';
import { groupOf } from '../../kube/object';

/** The kinds the server has: the built-in ones, and those that custom resource definitions add. */
export class Registry {
  private readonly custom = new Map<string, KindSchema>();
  private readonly byPlural = new Map<string, KindSchema>();

  constructor() {
    for (const kind of loadSchema().kinds) this.byPlural.set(`${kind.apiVersion} ${kind.plural}`, kind);
  }

  /** Every kind that has a URL. */
  kinds(): KindSchema[] {
    return [...loadSchema().kinds, ...this.custom.values()];
  }

  /** The kind behind a URL. Unknown ones are 404, those of a real server that the sandbox does not have 501. */
  resolve(apiVersion: string, plural: string): KindSchema {
    const kind = this.byPlural.get(`${apiVersion} ${plural}`);
    if (kind !== undefined) return kind;
    if (loadSchema().unmodelled.get(apiVersion)?.includes(plural) === true) throw notModelled(`${apiVersion} ${plural}`);
    throw noSuchResource();
  }

  /** Whether there is such an API group at all, in whatever version. */
  knowsGroup(apiVersion: string): boolean {
    const group = groupOf(apiVersion);
    const same = (other: string) => groupOf(other) === group;
    return [...loadSchema().unmodelled.keys()].some(same) || this.kinds().some((kind) => same(kind.apiVersion));
  }

  find(apiVersion: string, kind: string): KindSchema | undefined {
    return loadSchema().byKind.get(`${apiVersion} ${kind}`) ?? this.custom.get(`${apiVersion} ${kind}`);
  }

  /** A built-in kind; the sandbox's own code names only those that exist. */
  builtin(apiVersion: string, kind: string): KindSchema {
    const found = loadSchema().byKind.get(`${apiVersion} ${kind}`);
    if (found === undefined) throw new Error(`sandbox: no schema for ${apiVersion} ${kind}`);
    return found;
  }

  addCustom(kind: KindSchema): void {
    const known = this.custom.get(`${kind.apiVersion} ${kind.kind}`);
    if (known !== undefined && JSON.stringify(known) === JSON.stringify(kind)) return; // watches know kinds by identity
    this.custom.set(`${kind.apiVersion} ${kind.kind}`, kind);
    this.byPlural.set(`${kind.apiVersion} ${kind.plural}`, kind);
  }

  removeCustom(kind: KindSchema): void {
    this.custom.delete(`${kind.apiVersion} ${kind.kind}`);
    this.byPlural.delete(`${kind.apiVersion} ${kind.plural}`);
  }
}
