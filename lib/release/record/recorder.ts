import { displayName, type KubeObject, keyOf } from '../../kube/object';
import type { Desired } from '../../manifests/load';
import type { FieldPolicy } from '../model/plan';
import type { Content, RecordedObject } from '../model/record';
import type { Survey } from '../model/survey';
import { withoutIgnored } from '../ownership/compare';
import { contentFor, recordOf, recordsOfOthers } from './content';

/**
 * Collects what a release records: of each object as soon as it is written, of all others while the written ones start. Then it
 * lets go of what was read, which takes more memory than all else.
 */
export class Recorder {
  private readonly desired: Desired;
  private readonly changed: ReadonlySet<string>;
  private readonly wanted: ReadonlyMap<string, KubeObject>;
  private readonly records = new Map<string, RecordedObject>();
  private readonly names = new Map<string, string>();
  private found: Survey | undefined;

  /**
   * @param changed keys of the objects that will be written
   * @param policy the fields that it leaves to other managers are not released, so they are not recorded
   */
  constructor(found: Survey, changed: ReadonlySet<string>, policy: FieldPolicy) {
    const objects = found.desired.objects.map((object) => withoutIgnored(object, policy));
    this.desired = { ...found.desired, objects };
    [this.found, this.changed] = [{ ...found, desired: this.desired }, changed];
    this.wanted = new Map(objects.map((object) => [keyOf(object), object]));
  }

  /** What was read, until `recordOthers`. */
  get survey(): Survey | undefined {
    return this.found;
  }

  /** The names of the objects written so far. */
  get written(): readonly string[] {
    return [...this.names.values()];
  }

  /** Records a written object. */
  record(there: KubeObject): void {
    const key = keyOf(there);
    this.names.set(key, displayName(there));
    const object = this.wanted.get(key);
    if (object !== undefined) this.records.set(key, recordOf(object, there));
  }

  /** Records, once, the objects that stay as they were found. */
  recordOthers(): void {
    const { found } = this;
    this.found = undefined;
    if (found === undefined) return;
    for (const [key, record] of recordsOfOthers(found, this.changed)) this.records.set(key, record);
  }

  /** The record of the deployed revision. */
  content(): Content {
    this.recordOthers();
    return contentFor(this.desired, this.records);
  }
}
