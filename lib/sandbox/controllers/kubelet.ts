import { objAt, objsAt } from '../../api-schema/json';
import { NONCE_VARIABLE } from '../../kube/contract';
import { numberAt, type Obj, textOrEmpty } from '../../kube/fields';
import { type Change, keyOf } from '../core/store';
import { logKey } from '../http/logs';
import { isDeleting, type Kit } from './kit';
import { behaviorOf, type PodBehavior, type PodBehaviorHook } from './pod-behavior';
import { type ContainerState, podStatus } from './pod-status';
import { hasEnded } from './pods';
import type { Controller } from './runtime';

const PULL_MS = 200;
const PULL_BACKOFF_MS = 500;
const NOT_FOUND = 'rpc error: code = NotFound desc = failed to pull and unpack image: not found';

/** Simulates every node's kubelet: pods start, load, become ready, crash, end and stop according to their behavior. */
export class Kubelet implements Controller {
  private readonly kit: Kit;
  private readonly hook: PodBehaviorHook | undefined;
  private readonly stopping = new Set<string>();
  private addresses = 0;

  constructor(kit: Kit, hook: PodBehaviorHook | undefined) {
    this.kit = kit;
    this.hook = hook;
  }

  *keysOf({ kind, object, type, previous }: Change): Iterable<string> {
    if (kind.kind !== 'Pod' || type === 'DELETED') return;
    const arrived = textOrEmpty(object, 'spec', 'nodeName') !== '' && textOrEmpty(previous, 'spec', 'nodeName') === '';
    if (arrived || isDeleting(object)) yield keyOf(object);
  }

  reconcile(key: string): undefined {
    const pod = this.kit.get(this.kit.kind('v1', 'Pod'), key);
    if (pod === undefined) return;
    const script = behaviorOf(pod, this.hook);
    if (isDeleting(pod)) this.stop(pod, script);
    else if (textOrEmpty(pod, 'status', 'startTime') === '') this.start(pod, script);
  }

  private start(pod: Obj, script: PodBehavior): void {
    this.write(pod, 'Pending', { waiting: 'ContainerCreating' });
    const { outcome } = script;
    if (outcome === 'pending') return;
    if (outcome === 'image-not-found') this.later(pod, PULL_MS, (now) => this.failPull(now));
    else if (outcome === 'config-error') {
      this.later(pod, PULL_MS, (now) => {
        this.event(now, 'Warning', 'Failed', 'Error: secret not found');
        this.write(now, 'Pending', { waiting: 'CreateContainerConfigError', message: 'secret not found' });
      });
    } else this.later(pod, script.startMs, (now) => this.run(now, script));
  }

  private failPull(pod: Obj): void {
    this.event(pod, 'Warning', 'Failed', 'Failed to pull image: rpc error: code = NotFound desc = not found');
    this.write(pod, 'Pending', { waiting: 'ErrImagePull', message: NOT_FOUND });
    this.later(pod, PULL_BACKOFF_MS, (now) => {
      this.event(now, 'Warning', 'BackOff', 'Back-off pulling image');
      this.write(now, 'Pending', { waiting: 'ImagePullBackOff', message: 'Back-off pulling image' });
    });
  }

  private run(pod: Obj, script: PodBehavior): void {
    const { kit } = this;
    if (numberAt(objsAt(pod, 'status', 'containerStatuses')[0], 'restartCount') === 0)
      this.event(pod, 'Normal', 'Started', 'Started container');
    const podIP = textOrEmpty(pod, 'status', 'podIP') || this.newAddress();
    this.write(pod, 'Running', { running: true, ready: false }, { podIP, podIPs: [{ ip: podIP }] });
    for (const container of objsAt(pod, 'spec', 'containers')) {
      kit.world.logs.set(
        logKey(pod, textOrEmpty(container, 'name')),
        script.logs.map((line) => line),
      );
    }
    const restarts = numberAt(objsAt(pod, 'status', 'containerStatuses')[0], 'restartCount') ?? 0;
    const recovered = script.crashes !== undefined && restarts >= script.crashes;
    const outcome = recovered && ['crash', 'oom'].includes(script.outcome) ? 'ready' : script.outcome;
    switch (outcome) {
      case 'ready':
        this.later(pod, script.readyMs, (now) => this.write(now, 'Running', { running: true, ready: true }));
        break;
      case 'crash':
      case 'oom':
        this.later(pod, script.crashMs, (now) => this.crash(now, script));
        break;
      case 'evict':
        this.later(pod, script.crashMs, (now) => this.evict(now));
        break;
      case 'complete':
      case 'fail':
        this.later(pod, script.jobMs, (now) => this.finish(now, script, outcome === 'complete' ? 0 : script.exitCode));
        break;
      default:
    }
  }

  private crash(pod: Obj, script: PodBehavior): void {
    const oom = script.outcome === 'oom';
    const crashed = { exitCode: oom ? 137 : script.exitCode || 1, reason: oom ? 'OOMKilled' : 'Error' };
    for (const container of objsAt(pod, 'spec', 'containers')) {
      const lines = this.kit.world.logs.get(logKey(pod, textOrEmpty(container, 'name'))) ?? [];
      this.kit.world.logs.set(logKey(pod, textOrEmpty(container, 'name'), true), lines);
    }
    if (textOrEmpty(pod, 'spec', 'restartPolicy') === 'Never') {
      this.write(pod, 'Failed', { ...crashed, message: script.terminationMessage });
      return;
    }
    this.event(pod, 'Warning', 'BackOff', 'Back-off restarting failed container');
    const status = podStatus(
      pod,
      'Running',
      { waiting: 'CrashLoopBackOff', message: 'back-off restarting failed container' },
      this.kit.world.now(),
      { crashed },
    );
    this.store(pod, status);
    this.later(pod, script.backoffMs, (now) => this.run(now, script));
  }

  private evict(pod: Obj): void {
    const message = 'The node was low on resource: memory.';
    this.event(pod, 'Warning', 'Evicted', message);
    const conditions = [
      ...objsAt(pod, 'status', 'conditions'),
      {
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'TerminationByKubelet',
        message,
        lastProbeTime: null,
        lastTransitionTime: this.kit.world.now(),
      },
    ];
    this.store(pod, { ...objAt(pod, 'status'), phase: 'Failed', reason: 'Evicted', message, conditions });
  }

  private finish(pod: Obj, script: PodBehavior, exitCode: number): void {
    const reason = exitCode === 0 ? 'Completed' : 'Error';
    this.write(pod, exitCode === 0 ? 'Succeeded' : 'Failed', {
      exitCode,
      reason,
      message: named(pod, script.terminationMessage),
    });
  }

  private stop(pod: Obj, script: PodBehavior): void {
    const uid = textOrEmpty(pod, 'metadata', 'uid');
    if (this.stopping.has(uid)) return;
    this.stopping.add(uid);
    const grace = (numberAt(pod, 'metadata', 'deletionGracePeriodSeconds') ?? 30) * 1000;
    this.kit.world.clock.after(Math.min(script.stopMs, grace), () => {
      this.stopping.delete(uid);
      const { kit } = this;
      const kind = kit.kind('v1', 'Pod');
      const now = kit.get(kind, keyOf(pod));
      if (now === undefined || textOrEmpty(now, 'metadata', 'uid') !== uid) return;
      const held = objAt(now, 'metadata').finalizers;
      const ended = { ...now, metadata: { ...objAt(now, 'metadata'), deletionGracePeriodSeconds: 0 } };
      if (Array.isArray(held) && held.length > 0) kit.world.store.put(kind, ended);
      else kit.world.store.remove(kind, ended);
    });
  }

  /** Continues later with the current pod, unless it has ended, is stopping or has been replaced. */
  private later(pod: Obj, ms: number, next: (now: Obj) => void): void {
    const uid = textOrEmpty(pod, 'metadata', 'uid');
    this.kit.world.clock.after(ms, () => {
      const now = this.kit.get(this.kit.kind('v1', 'Pod'), keyOf(pod));
      if (now === undefined || textOrEmpty(now, 'metadata', 'uid') !== uid || isDeleting(now) || hasEnded(now)) return;
      next(now);
    });
  }

  private write(pod: Obj, phase: string, state: ContainerState, more: Obj = {}): void {
    this.store(pod, { ...podStatus(pod, phase, state, this.kit.world.now()), ...more });
  }

  private store(pod: Obj, status: Obj): void {
    this.kit.status(this.kit.kind('v1', 'Pod'), pod, status, 'kubelet');
  }

  private event(pod: Obj, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.kit.event(pod, type, reason, message, 'kubelet');
  }

  private newAddress(): string {
    const count = ++this.addresses;
    return `10.244.${count >> 8}.${count & 255}`;
  }
}

/** A gate's report with its container's nonce, as a validator writes it. */
function named(pod: Obj, message: string): string {
  const [container] = objsAt(pod, 'spec', 'containers');
  const nonce = objsAt(container ?? {}, 'env').find((entry) => entry.name === NONCE_VARIABLE)?.value;
  if (nonce === undefined || !message.startsWith('{"v":1,')) return message;
  return JSON.stringify({ nonce, ...JSON.parse(message) });
}
