import { displayName, type KubeObject, keyOf } from '../../kube/object';
import type { Desired } from '../../manifests/load';
import type { Content, RecordedObject } from '../model/record';
import type { Survey } from '../model/survey';
import { contentFor, recordOf, recordsOfOthers } from './content';

/**
 * Collects what a release records: of each object as soon as it is written, of all others while the written ones start. Then it
 * lets go of what was read, which takes more memory than all else.
 */
export class Recorder {
  private readonly desired: Desired;
  private readonly changed: ReadonlySet<string>;
  private readonly wanted: ReadonlyMap<string, KubeObject>;
  private readonly scaled: ReadonlySet<string>;
  private readonly records = new Map<string, RecordedObject>();
  private readonly names = new Map<string, string>();
  private found: Survey | undefined;

  /** @param changed keys of the objects that will be written */
  constructor(found: Survey, changed: ReadonlySet<string>) {
    [this.found, this.desired, this.changed] = [found, found.desired, changed];
    this.wanted = new Map(found.desired.objects.map((object) => [keyOf(object), object]));
    this.scaled = new Set(found.scaled.keys());
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
    if (object !== undefined) this.records.set(key, recordOf(object, there, this.scaled.has(key)));
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
