import { objAt, objsAt } from '../../api-schema/json';
import { numberAt, type Obj, textOrEmpty } from '../../kube/fields';

/** State of a container, as in its status. */
export type ContainerState =
  | { readonly waiting: string; readonly message?: string }
  | { readonly running: true; readonly ready: boolean }
  | { readonly exitCode: number; readonly reason: string; readonly message: string };

/** Status of a pod with all containers in the same state. */
export function podStatus(
  pod: Obj,
  phase: string,
  state: ContainerState,
  now: string,
  more: { readonly crashed?: { readonly exitCode: number; readonly reason: string } } = {},
): Obj {
  const before = objAt(pod, 'status');
  const ready = 'running' in state && state.ready;
  const done = 'exitCode' in state && state.exitCode === 0;
  const generation = objAt(pod, 'metadata').generation;
  const condition = (type: string, status: boolean): Obj => {
    const old = objsAt(before, 'conditions').find((entry) => entry.type === type);
    const text = status ? 'True' : 'False';
    const lastTransitionTime = old?.status === text ? (old.lastTransitionTime ?? now) : now;
    const why = status ? {} : done ? { reason: 'PodCompleted' } : { reason: 'ContainersNotReady', message: notReady(pod) };
    return { type, status: text, observedGeneration: generation, lastProbeTime: null, lastTransitionTime, ...why };
  };
  const scheduled = objsAt(before, 'conditions').filter((entry) => entry.type === 'PodScheduled');
  const gates = objsAt(pod, 'spec', 'readinessGates').map((gate) => condition(textOrEmpty(gate, 'conditionType'), true));
  const startTime = before.startTime ?? now;
  return {
    ...before,
    phase,
    observedGeneration: generation,
    conditions: [
      condition('PodReadyToStartContainers', true),
      condition('Initialized', true),
      condition('Ready', ready),
      condition('ContainersReady', ready),
      ...scheduled,
      ...gates,
    ],
    hostIP: before.hostIP ?? '10.0.0.1',
    startTime,
    ...(objsAt(pod, 'spec', 'initContainers').length > 0 ? { initContainerStatuses: initStatuses(pod, state, now) } : {}),
    containerStatuses: objsAt(pod, 'spec', 'containers').map((container) =>
      containerStatus(pod, container, state, now, more.crashed),
    ),
  };
}

function notReady(pod: Obj): string {
  const names = objsAt(pod, 'spec', 'containers').map((container) => textOrEmpty(container, 'name'));
  return `containers with unready status: [${names.join(' ')}]`;
}

function initStatuses(pod: Obj, state: ContainerState, now: string): Obj[] {
  const waits = 'waiting' in state && state.waiting !== 'CrashLoopBackOff';
  return objsAt(pod, 'spec', 'initContainers').map((container) => {
    const ended = { terminated: { exitCode: 0, reason: 'Completed', startedAt: now, finishedAt: now } };
    const shown: Obj = waits ? { waiting: { reason: 'PodInitializing' } } : ended;
    return {
      name: container.name,
      image: container.image,
      imageID: '',
      ready: !waits,
      restartCount: 0,
      started: false,
      state: shown,
      lastState: {},
    };
  });
}

function containerStatus(
  pod: Obj,
  container: Obj,
  state: ContainerState,
  now: string,
  crashed: { readonly exitCode: number; readonly reason: string } | undefined,
): Obj {
  const before = objsAt(pod, 'status', 'containerStatuses').find((entry) => entry.name === container.name);
  const running = 'running' in state;
  const startedAt = textOrEmpty(before, 'state', 'running', 'startedAt') || now;
  const ended = (exitCode: number, reason: string, message = ''): Obj => ({
    terminated: { exitCode, reason, ...(message === '' ? {} : { message }), startedAt, finishedAt: now },
  });
  const shown: Obj = running
    ? { running: { startedAt } }
    : 'waiting' in state
      ? { waiting: { reason: state.waiting, ...(state.message === undefined ? {} : { message: state.message }) } }
      : ended(state.exitCode, state.reason, state.message);
  const restarts = (numberAt(before, 'restartCount') ?? 0) + (crashed === undefined ? 0 : 1);
  return {
    name: container.name,
    state: shown,
    lastState: crashed === undefined ? objAt(before, 'lastState') : ended(crashed.exitCode, crashed.reason),
    ready: running && state.ready,
    restartCount: restarts,
    image: container.image,
    imageID: '',
    started: running,
  };
}
