import { noSuchResource, notModelled } from '../../api-schema/failure';
import { type KindSchema, loadSchema } from '../../api-schema/schema';
import { groupOf } from '../../kube/object';

/** Kinds of the server: built-in ones, and those that CustomResourceDefinitions add. */
export class Registry {
  private readonly custom = new Map<string, KindSchema>();
  private readonly byPlural = new Map<string, KindSchema>();

  constructor() {
    for (const kind of loadSchema().kinds) this.byPlural.set(`${kind.apiVersion} ${kind.plural}`, kind);
  }

  /** All kinds with a URL. */
  kinds(): KindSchema[] {
    return [...loadSchema().kinds, ...this.custom.values()];
  }

  /** Finds the kind of a URL. Unknown kinds are 404; kinds of a real server that the sandbox does not support are 501. */
  resolve(apiVersion: string, plural: string): KindSchema {
    const kind = this.byPlural.get(`${apiVersion} ${plural}`);
    if (kind !== undefined) return kind;
    if (loadSchema().unmodelled.get(apiVersion)?.includes(plural) === true) throw notModelled(`${apiVersion} ${plural}`);
    throw noSuchResource();
  }

  /** Whether the API group exists, in any version. */
  knowsGroup(apiVersion: string): boolean {
    const group = groupOf(apiVersion);
    const same = (other: string) => groupOf(other) === group;
    return [...loadSchema().unmodelled.keys()].some(same) || this.kinds().some((kind) => same(kind.apiVersion));
  }

  find(apiVersion: string, kind: string): KindSchema | undefined {
    return loadSchema().byKind.get(`${apiVersion} ${kind}`) ?? this.custom.get(`${apiVersion} ${kind}`);
  }

  /** Returns a built-in kind; the sandbox's own code only uses existing ones. */
  builtin(apiVersion: string, kind: string): KindSchema {
    const found = loadSchema().byKind.get(`${apiVersion} ${kind}`);
    if (found === undefined) throw new Error(`sandbox: no schema for ${apiVersion} ${kind}`);
    return found;
  }

  addCustom(kind: KindSchema): void {
    const known = this.custom.get(`${kind.apiVersion} ${kind.kind}`);
    if (known !== undefined && JSON.stringify(known) === JSON.stringify(kind)) return; // watches identify kinds by reference
    this.custom.set(`${kind.apiVersion} ${kind.kind}`, kind);
    this.byPlural.set(`${kind.apiVersion} ${kind.plural}`, kind);
  }

  removeCustom(kind: KindSchema): void {
    this.custom.delete(`${kind.apiVersion} ${kind.kind}`);
    this.byPlural.delete(`${kind.apiVersion} ${kind.plural}`);
  }
}
