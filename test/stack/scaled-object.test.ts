import { describe, expect, it } from 'vitest';
import { type Autoscaling, type KedaOptions, Model, ModelServer, vllm } from '../../lib';
import { fieldsAt, listAt, textAt } from '../../lib/kube/fields';
import { inChart, problemsIn, SMALL } from '../harness/chart';

const scaled =
  (options: Partial<KedaOptions>, more: Partial<Autoscaling> = {}) =>
  (chart: Parameters<Parameters<typeof inChart>[0]>[0]) =>
    new ModelServer(chart, 'chat', {
      runtime: vllm({ version: '0.27.0' }),
      image: 'registry.test/vllm:v0.27.0',
      model: Model.huggingFace({ repo: 'company/chat', revision: '0123456789abcdef0123456789abcdef01234567', size: '1Gi' }),
      gpu: { count: 1 },
      resources: SMALL,
      autoscaling: {
        min: 1,
        max: 4,
        on: 'queue',
        target: 5,
        by: { keda: { prometheus: 'http://prometheus.monitoring:9090', ...options } },
        ...more,
      } as Autoscaling,
    });
const objectOf = (options: Partial<KedaOptions>, more?: Partial<Autoscaling>) =>
  inChart(scaled(options, more)).find(({ kind }) => kind === 'ScaledObject');
const problemsOf = (options: Partial<KedaOptions>, more?: Partial<Autoscaling>) =>
  problemsIn(scaled(options, more)).map(({ path, got }) => [path, got]);

describe('a ScaledObject', () => {
  it('waits with the last step down for as long as a pod takes to start', () => {
    const spec = fieldsAt(objectOf({}), 'spec');
    // vLLM may take half an hour.
    expect(spec.cooldownPeriod).toBe(1800);
    expect(fieldsAt(spec, 'advanced', 'horizontalPodAutoscalerConfig', 'behavior')).toEqual({
      scaleUp: { stabilizationWindowSeconds: 0 },
      scaleDown: { stabilizationWindowSeconds: 1800 },
    });
  });

  it('counts the pods of its Deployment, and none of a candidate or of another Deployment', () => {
    const [trigger] = listAt(objectOf({}), 'spec', 'triggers');
    const pods = new RegExp(`^${/pod=~"([^"]+)"/.exec(textAt(trigger, 'metadata', 'query') ?? '')?.[1]}$`);
    expect('chart-chat-7c9d8f5b6-x2k4q').toMatch(pods);
    expect('chart-chat-canary-1a2b3c4d-7c9d8f5b6-x2k4q').not.toMatch(pods);
    expect('chart-chat-router-7c9d8f5b6-x2k4q').not.toMatch(pods);
  });

  it('keeps pods at the times of a schedule', () => {
    const hours = { timezone: 'Europe/Berlin', start: '0 8 * * 1-5', end: '0 18 * * MON-FRI', replicas: 2 };
    const [, cron] = listAt(objectOf({ schedules: [hours] }), 'spec', 'triggers');
    const { replicas: _, ...times } = hours;
    expect(cron).toEqual({ type: 'cron', metadata: { ...times, desiredReplicas: '2' } });
    expect(problemsOf({ schedules: [hours] })).toEqual([]);
    const wrong = { timezone: 'CET/', start: '8:00', end: '0 18 * *', replicas: 9 };
    expect(problemsOf({ schedules: [wrong] }).map(([path]) => path)).toEqual(
      ['replicas', 'start', 'end', 'timezone'].map((name) => `autoscaling.by.keda.schedules[0].${name}`),
    );
  });

  it('goes to zero only by what holds requests outside of the pods', () => {
    const object = objectOf({ toZero: { waiting: 'gateway_waiting{route="chat"}' }, activation: 2 });
    expect(fieldsAt(object, 'spec')).toMatchObject({ minReplicaCount: 1, idleReplicaCount: 0 });
    const [load, waiting] = listAt(object, 'spec', 'triggers');
    expect(fieldsAt(load, 'metadata').activationThreshold).toBe('2');
    expect(fieldsAt(waiting, 'metadata')).toMatchObject({ query: 'sum(gateway_waiting{route="chat"})' });
    expect(problemsOf({}, { min: 0 })).toContainEqual(['autoscaling.min', 0]);
    expect(problemsOf({ toZero: { waiting: 'up' }, cooldown: '6m' })).toContainEqual(['autoscaling.by.keda.cooldown', '6m']);
    expect(problemsOf({ cooldown: '6m' })).toEqual([]);
  });

  it('has its credentials by reference, and takes over an HPA by name', () => {
    const [own] = listAt(objectOf({ authentication: 'prometheus' }), 'spec', 'triggers');
    expect(fieldsAt(own, 'authenticationRef')).toEqual({ name: 'prometheus' });
    const [shared] = listAt(objectOf({ authentication: { cluster: 'prometheus' } }), 'spec', 'triggers');
    expect(fieldsAt(shared, 'authenticationRef')).toEqual({ name: 'prometheus', kind: 'ClusterTriggerAuthentication' });
    const taking = objectOf({ takesOver: 'chat' });
    expect(taking?.metadata.annotations).toMatchObject({ 'scaledobject.keda.sh/transfer-hpa-ownership': 'true' });
    expect(fieldsAt(taking, 'spec', 'advanced', 'horizontalPodAutoscalerConfig').name).toBe('chat');
  });

  it('acts as fast as it is told, within what the API takes', () => {
    const behavior = { up: { pods: 2, percent: 100, every: '30s' }, down: { after: '10m' } } as const;
    expect(fieldsAt(objectOf({}, { behavior }), 'spec', 'advanced', 'horizontalPodAutoscalerConfig', 'behavior')).toEqual({
      scaleUp: {
        stabilizationWindowSeconds: 0,
        policies: [
          { type: 'Pods', value: 2, periodSeconds: 30 },
          { type: 'Percent', value: 100, periodSeconds: 30 },
        ],
        selectPolicy: 'Min',
      },
      scaleDown: { stabilizationWindowSeconds: 600 },
    });
    expect(problemsOf({}, { behavior: { up: { every: '1h' }, down: { pods: 0, after: '2h' } } })).toEqual([
      ['autoscaling.behavior.up.every', '1h'],
      ['autoscaling.behavior.down.pods', 0],
      ['autoscaling.behavior.down.after', '2h'],
    ]);
    expect(problemsOf({ fallback: { replicas: 9 }, activation: -1 })).toEqual([
      ['autoscaling.by.keda.activation', -1],
      ['autoscaling.by.keda.fallback.replicas', 9],
    ]);
  });
});
