import { describe, expect, it } from 'vitest';
import { definiteFault } from '../../../lib/release/pod-faults/pod-fault';
import { at, container, event, judge, NOON, pod, waiting, word } from '../readiness/objects';

const condition = (type: string, status: string, more: object = {}) => ({
  conditions: [{ type, status, lastTransitionTime: at(0), ...more }],
});
const unschedulable = condition('PodScheduled', 'False', { reason: 'Unschedulable', message: '0/5 nodes are available' });

describe('a pod without a node', () => {
  const judged = (seconds: number, ...events: ReturnType<typeof event>[]) =>
    judge({ pods: [pod('p', 'rs-2', unschedulable)], events, now: NOON + seconds * 1000 });

  it('gets its grace, then it is stalled', () => {
    expect(word(judged(29))).toBe('progressing Unschedulable');
    expect(judged(30)).toMatchObject({
      kind: 'stalled',
      cause: { reason: 'Unschedulable', message: '0/5 nodes are available' },
      since: at(0),
    });
  });
  it('gets all the time that a new node takes', () => {
    for (const reason of ['TriggeredScaleUp', 'Nominated'])
      expect(word(judged(3000, event('pod-p', reason, 'group a 1->2')))).toBe('progressing ScalingUp');
  });
  it('is stalled when the autoscaler’s latest word is that no group fits', () => {
    const no = (seconds: number) => event('pod-p', 'NotTriggerScaleUp', 'no group has nvidia.com/gpu', seconds);
    expect(judged(60, event('pod-p', 'TriggeredScaleUp', 'a', 5), no(10))).toMatchObject({
      kind: 'stalled',
      cause: { message: '0/5 nodes are available; NotTriggerScaleUp: no group has nvidia.com/gpu' },
    });
    expect(word(judged(60, event('pod-p', 'TriggeredScaleUp', 'a', 20), no(10)))).toBe('progressing ScalingUp');
    expect(word(judged(10, no(5)))).toBe('progressing Unschedulable');
  });
  it('may be held back on purpose', () => {
    const gated = pod('p', 'rs-2', condition('PodScheduled', 'False', { reason: 'SchedulingGated' }));
    expect(word(judge({ pods: [gated] }))).toBe('progressing SchedulingGated');
  });
});

it.each<[string, object]>([
  ['evicted', { phase: 'Failed', reason: 'Evicted', message: 'low on memory' }],
  ['shut down with its node', { phase: 'Failed', reason: 'Terminated' }],
  ['preempted', { phase: 'Failed', ...condition('DisruptionTarget', 'True', { reason: 'PreemptionByScheduler' }) }],
  [
    'preempted, its container killed',
    { phase: 'Running', ...condition('DisruptionTarget', 'True'), ...waiting('CrashLoopBackOff', '', { restartCount: 9 }) },
  ],
])('does not hold it against a pod that it was %s', (_, status) => {
  expect(word(judge({ pods: [pod('p', 'rs-2', { ...status })] }))).toBe('progressing Evicted');
});

describe('a pod whose containers are being created', () => {
  const judged = (...events: ReturnType<typeof event>[]) =>
    judge({ pods: [pod('p', 'rs-2', waiting('ContainerCreating'))], events });

  it.each<[string, string]>([
    ['MountVolume.SetUp failed for volume "v" : secret "keys" not found', 'failed VolumeMissing'],
    ['MountVolume.SetUp failed for volume "v" : configmap "model" not found', 'failed VolumeMissing'],
    ['MountVolume.SetUp failed for volume "v" : references non-existent secret key: x', 'failed VolumeMissing'],
    ['Unable to attach or mount volumes: timed out waiting for the condition', 'progressing Volume'],
  ])('«%s»', (message, expected) => {
    expect(word(judged(event('pod-p', 'FailedMount', message)))).toBe(expected);
  });
  it('may pull a large image for as long as it takes', () => {
    const pulling = event('pod-p', 'Pulling', 'Pulling image "model:v2"', 5);
    expect(judged(pulling)).toMatchObject({
      kind: 'progressing',
      cause: { reason: 'PullingImage', message: 'Pulling image "model:v2"' },
    });
    expect(word(judged(pulling, event('pod-p', 'Pulled', 'in 3 s', 8)))).toBe('progressing Starting');
    expect(word(judged())).toBe('progressing Starting');
  });
  it('may have mounted in the meantime', () => {
    const running = pod('p', 'rs-2', { phase: 'Running', ...container({ running: {} }) });
    const mount = event('pod-p', 'FailedMount', 'secret "keys" not found');
    expect(word(judge({ pods: [running], events: [mount] }))).toBe('progressing NotReady');
  });
});

describe('a pod that waits for what is not there', () => {
  const unscheduled = (message: string, since: number) =>
    pod('p', 'rs-2', {
      conditions: [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'Unschedulable',
          message,
          lastTransitionTime: new Date(since).toISOString(),
        },
      ],
    });
  const claim = '0/3 nodes are available: persistentvolumeclaim "models" not found. preemption: 0/3 nodes are available.';
  it('fails for a claim that is not found, once the scheduler has had a moment to see it', () => {
    expect(word(judge({ pods: [unscheduled(claim, NOON + 55_000)] }))).toBe('failed ClaimMissing');
    expect(word(judge({ pods: [unscheduled(claim, NOON + 59_500)] }))).toBe('progressing ClaimMissing');
    const later = 'waiting for ephemeral volume controller to create the persistentvolumeclaim "p-scratch"';
    expect(word(judge({ pods: [unscheduled(later, NOON + 55_000)] }))).toBe('progressing Unschedulable');
  });
  it('fails for a registry that has had no address for a minute, and not before', () => {
    const message = 'Back-off pulling image "nowhere.example/a:1": dial tcp: lookup nowhere.example: no such host';
    const failing = pod('p', 'rs-2', waiting('ImagePullBackOff', message));
    const since = (seconds: number) => ({
      ...event('pod-p', 'Failed', `Failed to pull image "nowhere.example/a:1": ${message}`, 58),
      firstTimestamp: new Date(NOON + seconds * 1000).toISOString(),
    });
    const young = { ...failing, metadata: { ...failing.metadata, creationTimestamp: new Date(NOON + 5_000).toISOString() } };
    expect(word(judge({ pods: [young], events: [since(5)] }))).toBe('progressing ImagePull');
    expect(word(judge({ pods: [failing], events: [since(0)] }))).toBe('failed RegistryUnknown');
  });
});

describe('a pod that runs', () => {
  const running = { phase: 'Running', ...container({ running: {} }) };
  it('says what its probe says', () => {
    const probe = event('pod-p', 'Unhealthy', 'Readiness probe failed: HTTP 503');
    expect(judge({ pods: [pod('p', 'rs-2', running)], events: [probe] })).toMatchObject({
      cause: { reason: 'NotReady', message: 'Readiness probe failed: HTTP 503' },
    });
  });
  it('waits for its readiness gates once its containers are ready', () => {
    const gates = { readinessGates: [{ conditionType: 'a.example/done' }, { conditionType: 'b.example/open' }] };
    const conditions = [
      { type: 'ContainersReady', status: 'True' },
      { type: 'a.example/done', status: 'True' },
      { type: 'Ready', status: 'False' },
    ];
    const gated = pod('p', 'rs-2', { ...running, conditions }, {}, gates);
    expect(judge({ pods: [gated] })).toMatchObject({
      kind: 'progressing',
      cause: { reason: 'ReadinessGate', message: 'Waiting for b.example/open' },
    });
  });
  it('has nothing to say when it is ready', () => {
    expect(judge({ pods: [pod('p', 'rs-2', { ...running, ...condition('Ready', 'True') })] })).toMatchObject({
      kind: 'progressing',
      cause: { reason: 'Waiting', message: 'Pods of the new template, all ready: 1' },
    });
  });
});

describe('a single pod that can never start', () => {
  const pulling = (message: string) => ({
    containerStatuses: [{ name: 'server', image: 'a:1', state: { waiting: { reason: 'ImagePullBackOff', message } } }],
  });
  const judged = (message: string) => definiteFault(pod('p', 'rs-2', pulling(message)), [], NOON);

  it('is one whose image does not exist', () => {
    expect(judged('rpc error: code = NotFound desc = a:1: not found')).toMatchObject({ reason: 'ImageNotFound' });
  });
  it('is none whose registry is busy or out of reach for now', () => {
    for (const message of ['429 Too Many Requests', 'dial tcp: i/o timeout', '503 Service Unavailable', ''])
      expect([message, judged(message)]).toEqual([message, undefined]);
  });
});
