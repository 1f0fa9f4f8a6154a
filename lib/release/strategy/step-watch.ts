import { CANARY_COMMAND_ANNOTATION, CANARY_COMMANDS, CANDIDATE_LABEL, type CanaryCommand } from '../../kube/contract';
import { listAt, numberAt } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import type { Run } from '../model/engine';
import { refuseWhenInterrupted } from '../model/failure';
import { definiteFault } from '../pod-faults/pod-fault';
import { observe } from '../rollout/observe';

/** The event that ends one observation of a candidate. */
export type StepEvent =
  | { readonly kind: 'due' }
  | { readonly kind: 'command'; readonly command: CanaryCommand; readonly text: string }
  | { readonly kind: 'fault'; readonly message: string };

/** Watches a candidate until a deadline, a user's decision, or the failure of one of its pods. */
export class StepWatch {
  private readonly run: Run;
  private readonly release: string;
  private readonly deployment: KubeObject;
  /** The last command that was executed. */
  private followed = '';
  private restarts: number | undefined;

  constructor(run: Run, release: string, deployment: KubeObject) {
    [this.run, this.release, this.deployment] = [run, release, deployment];
  }

  /** @param until on the host's monotonic clock; undefined: until a user decides */
  next(until: number | undefined): Promise<StepEvent> {
    const { run, deployment } = this;
    const { namespace = '', name, labels = {} } = deployment.metadata;
    const watched = [
      { apiVersion: 'apps/v1', kind: 'Deployment', namespace, fieldSelector: `metadata.name=${name}` },
      { apiVersion: 'v1', kind: 'Pod', namespace, labelSelector: `${CANDIDATE_LABEL}=${labels[CANDIDATE_LABEL]}` },
    ];
    return observe<StepEvent>(run, watched, (view) => {
      refuseWhenInterrupted(run.signal, this.release);
      if (view.complete) {
        const [there] = view.ofKind('Deployment');
        if (there === undefined) return { kind: 'fault', message: 'its Deployment was deleted' };
        const command = this.commandOf(there);
        if (command !== undefined) return command;
        const fault = this.faultOf(view.ofKind('Pod'));
        if (fault !== undefined) return { kind: 'fault', message: fault };
      }
      return until !== undefined && run.host.uptime() >= until ? { kind: 'due' } : undefined;
    });
  }

  private commandOf({ metadata }: KubeObject): StepEvent | undefined {
    const text = metadata.annotations?.[CANARY_COMMAND_ANNOTATION];
    if (text === undefined || text === this.followed) return undefined;
    this.followed = text;
    const command = CANARY_COMMANDS.find((known) => text === known || text.startsWith(`${known} `));
    return command === undefined ? undefined : { kind: 'command', command, text };
  }

  /** A container that terminates under traffic has failed, whatever replaces it. */
  private faultOf(pods: readonly KubeObject[]): string | undefined {
    const alive = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    for (const pod of alive) {
      const fault = definiteFault(pod, [], this.run.host.now());
      if (fault !== undefined) return `${pod.metadata.name}: ${fault.reason}: ${fault.message}`;
    }
    const restarts = alive
      .flatMap((pod) => listAt(pod, 'status', 'containerStatuses'))
      .reduce<number>((sum, one) => sum + (numberAt(one, 'restartCount') ?? 0), 0);
    this.restarts ??= restarts;
    return restarts > this.restarts ? 'a container of it ended and was started again' : undefined;
  }
}
