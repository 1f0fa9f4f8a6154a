import { isDeepStrictEqual } from 'node:util';
import { ApiObject, App, JsonPatch } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import { ServingError } from '../errors/problem';
import type { Fields } from '../kube/fields';
import type { KubeObject, ObjectMeta } from '../kube/object';
import { mergePatch } from './merge-patch';

/** Resolvers that every cdk8s app has (a test verifies this); additional ones are the user's. */
const DEFAULT_RESOLVERS = 3;

/** Plain data with sorted keys and without absent fields. Undefined if it contains anything but plain data. */
function sorted(value: unknown): Record<string, unknown> | undefined {
  let plain = true;
  const copy = (part: unknown): unknown => {
    if (typeof part !== 'object' || part === null) {
      plain &&= typeof part !== 'function';
      return part;
    }
    if (Array.isArray(part)) return part.map(copy);
    plain &&= Object.getPrototypeOf(part) === Object.prototype;
    const result: Record<string, unknown> = {};
    for (const key of Object.keys(part).sort()) {
      const child = (part as Record<string, unknown>)[key];
      if (child !== undefined && child !== null) result[key] = copy(child);
    }
    return result;
  };
  const result = copy(value) as Record<string, unknown>;
  return plain ? result : undefined;
}

/** Fields to merge into an object just before it is written, or a function that edits or replaces it. */
export type Patch = Fields | ((object: Record<string, unknown>) => unknown);

/** Identity of an object, known before its content. */
export interface ManifestHead {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Pick<ObjectMeta, 'name' | 'namespace' | 'labels' | 'annotations'>;
}

/**
 * A cdk8s ApiObject with content computed when it is written, so that it includes everything connected until then.
 * Patches are checked: one that changes nothing is an error.
 */
export class Manifest extends ApiObject {
  /** Whether an object is written as a construct of this library renders it: neither added by hand nor patched. */
  static isUntouched(object: ApiObject): boolean {
    return #changes in object && object.#changes.length === 0;
  }

  /** Applies an object's patches to fields that are not rendered yet. A failing patch is reported when the object is written. */
  static patched(object: IConstruct | undefined, fields: Fields): Fields {
    return object !== undefined && #changes in object ? object.#patched(fields) : fields;
  }

  readonly #props: Record<string, unknown>;
  readonly #render: () => Partial<KubeObject>;
  readonly #changes: Patch[] = [];

  /** `render` returns the object's fields except its head; its `metadata` is merged into the head's. */
  constructor(scope: Construct, id: string, head: ManifestHead, render: () => Partial<KubeObject>) {
    const props = { ...head };
    super(scope, id, props);
    this.#props = props;
    this.#render = render;
  }

  /** Changes the object just before it is written. */
  patch(change: Patch): void {
    this.#changes.push(change);
  }

  #patched(fields: Fields): Fields {
    if (this.#changes.length === 0) return fields;
    const head = { apiVersion: this.apiVersion, kind: this.kind, metadata: this.metadata.toJson() as Fields };
    const result = this.#changes.reduce<Record<string, unknown>>(
      (object, change) => {
        try {
          const copy = structuredClone(object);
          return (typeof change === 'function' ? (change(copy) ?? copy) : mergePatch(copy, change)) as Record<string, unknown>;
        } catch {
          return object;
        }
      },
      { ...head, ...fields },
    );
    return Object.fromEntries(Object.keys(fields).map((field) => [field, result[field]]));
  }

  override addJsonPatch(...operations: JsonPatch[]): void {
    this.#changes.push((object) => JsonPatch.apply(object, ...operations) as Record<string, unknown>);
  }

  override toJson(): KubeObject {
    const { metadata, ...fields } = this.#render();
    for (const [key, value] of Object.entries(metadata?.labels ?? {})) this.metadata.addLabel(key, value);
    for (const [key, value] of Object.entries(metadata?.annotations ?? {})) this.metadata.addAnnotation(key, value);
    const json = this.#plain(fields) ?? this.#resolved(fields);
    // A name derived from the content is known only now.
    const named = metadata?.name === undefined ? json : { ...json, metadata: { ...json.metadata, name: metadata.name } };
    return this.#changes.reduce<KubeObject>((object, change) => this.#changed(object, change), named);
  }

  /** Same result as cdk8s for plain data, in a fifth of the time; undefined if a token or a resolver is involved. */
  #plain(fields: Readonly<Record<string, unknown>>): KubeObject | undefined {
    if (App.of(this).resolvers.length > DEFAULT_RESOLVERS) return undefined;
    const metadata = sorted(this.metadata.toJson());
    const rest = sorted(fields);
    if (metadata === undefined || rest === undefined) return undefined;
    return { apiVersion: this.apiVersion, kind: this.kind, metadata, ...rest } as KubeObject;
  }

  #resolved(fields: Readonly<Record<string, unknown>>): KubeObject {
    Object.assign(this.#props, fields);
    return super.toJson() as KubeObject;
  }

  #changed(object: KubeObject, change: Patch): KubeObject {
    const copy = structuredClone(object) as Record<string, unknown>;
    let result: unknown;
    let reason = 'the patch changed nothing';
    try {
      result = typeof change === 'function' ? (change(copy) ?? copy) : mergePatch(copy, change);
    } catch (error) {
      reason = `the patch could not be applied: ${(error as Error).message.split('\n', 1)[0]}`;
    }
    if (result !== undefined && !isDeepStrictEqual(result, object)) return result as KubeObject;
    throw new ServingError([
      {
        code: 'PATCH_WITHOUT_EFFECT',
        subject: this.node.path,
        message: reason,
        expected: `a change of ${this.kind}/${object.metadata.name}`,
        remedy: 'Correct the path or the value, or remove the patch.',
      },
    ]);
  }
}
