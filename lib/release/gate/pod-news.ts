import { displayName, type KubeObject } from '../../kube/object';
import type { Run } from '../model/engine';
import type { Cause } from '../pod-faults/finding';
import { verdict } from '../pod-faults/verdict';

/** What every starting pod goes through. */
const USUAL = new Set(['Waiting', 'NotObserved', 'Starting', 'NotReady']);

/** The pods of one object that a gate waits for: its Job, or its candidate. */
export class PodNews {
  private readonly run: Run;
  private readonly gate: string;
  private readonly told = new Map<string, string>();
  /** How far the cluster's clock is ahead of the local one, in milliseconds. */
  private skew: number | undefined;

  constructor(run: Run, gate: string) {
    [this.run, this.gate] = [run, gate];
  }

  /**
   * Reports why a pod does not start, and when it does after all. Returns the cause when it never will.
   * @param object as first seen, right after its creation
   * @param crashes how many failures of a container make a crash loop; a Job limits its failures itself
   */
  look(object: KubeObject, pods: readonly KubeObject[], events: readonly KubeObject[], crashes?: number): Cause | undefined {
    const created = Date.parse(`${object.metadata.creationTimestamp}`) || 0;
    this.skew ??= created - this.run.host.now();
    const limits = { now: this.run.host.now() + this.skew, ...(crashes === undefined ? {} : { crashes }) };
    const found = verdict({ workload: object, pods, replicaSets: [], events, ...limits });
    for (const pod of found.pods) {
      const said = `${pod.phase} ${pod.message}`;
      const before = this.told.get(pod.name);
      if (before === said || (before === undefined && USUAL.has(found.cause.reason))) continue;
      this.told.set(pod.name, said);
      this.run.emit({ type: 'pod', object: displayName(object), pod, gate: this.gate });
    }
    return found.kind === 'failed' ? found.cause : undefined;
  }
}
