import { join } from 'node:path';
import { apply, type Engine, type ReleaseEvent } from '../../lib/release';
import { SHARED } from '../harness/cluster';
import { type Gateway, startGateway } from '../harness/gateway';
import { type Prometheus, startPrometheus } from '../harness/prometheus';
import { course } from '../release/harness';
import { canaryFolder, NAMESPACE, PROMETHEUS, RELEASE, type Version } from './canary-stack';
import type { Sent } from './images/client';
import type { RealCluster } from './real-node';
import { type Ended, type Recording, record } from './recording';

/** A moment at which the share of the candidate changed. */
export interface WeightChange {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Percent of the requests. */
  readonly percent: number;
  /** The version of the candidate. */
  readonly version: string;
  /** What a step that ended here has come to. */
  readonly verdict?: string;
}

/** Canaries under constant requests. */
export interface CanaryRecording extends Recording {
  readonly weights: readonly WeightChange[];
  readonly configurations: number;
}

/** A gateway and a Prometheus beside a real cluster. */
export interface Surroundings {
  readonly engine: Engine;
  readonly gateway: Gateway;
  readonly prometheus: Prometheus;
  stop(): Promise<void>;
}

/** Starts a gateway for the routes of the stack, and a Prometheus which the cluster knows as a Service. */
export async function surroundings(cluster: RealCluster): Promise<Surroundings> {
  await cluster.kubectl('apply', '--server-side', '-f', join(SHARED, 'crds/httproutes.gateway.networking.k8s.io.yaml'));
  await cluster.kubectl('wait', '--for=condition=Established', 'crd/httproutes.gateway.networking.k8s.io');
  await cluster.namespace(NAMESPACE);
  const machine = cluster.nodeAddress.replace(/\.2$/, '.1');
  const { name, namespace, port } = PROMETHEUS;
  const metadata = { name, namespace };
  // The API server's proxy goes to addresses of pods only: this one is never scheduled.
  const containers = [{ name, image: 'test.local/none:1' }];
  const targetRef = { kind: 'Pod', name, namespace };
  await cluster.create(
    { apiVersion: 'v1', kind: 'Pod', metadata, spec: { schedulingGates: [{ name: 'test.local/elsewhere' }], containers } },
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { clusterIP: 'None', ports: [{ port }] } },
    { apiVersion: 'v1', kind: 'Endpoints', metadata, subsets: [{ addresses: [{ ip: machine, targetRef }], ports: [{ port }] }] },
  );
  const status = JSON.stringify({ status: { podIP: machine, podIPs: [{ ip: machine }] } });
  await cluster.kubectl('-n', namespace, 'patch', 'pod', name, '--subresource=status', '--type=merge', '-p', status);
  const {
    kubectl,
    engine: { api },
  } = cluster;
  const prometheus = await startPrometheus({ listen: `${machine}:${port}`, pods: { api, namespace: NAMESPACE } });
  const gateway = await startGateway({ api, kubectl, namespace: NAMESPACE, address: machine, port: 8080 });
  return {
    engine: cluster.engine,
    gateway,
    prometheus,
    stop: async () => {
      await gateway.stop();
      await prometheus.close();
    },
  };
}

/** Requests per second. */
export const CANARY_RATE = 50;

/** Takes the stack, installed as v2.1.0, through four canaries under constant requests. */
export async function recordCanaries(cluster: RealCluster, { engine, gateway }: Surroundings): Promise<CanaryRecording> {
  const weights: WeightChange[] = [];
  const canaryOf =
    (version: Version, strategy: Parameters<typeof canaryFolder>[1] = {}) =>
    async (): Promise<Ended> => {
      const watch = (event: ReleaseEvent) => {
        const at = Date.now();
        if (event.type === 'canary-step') weights.push({ at, percent: event.share, version });
        if (event.type === 'canary-judged') weights.push({ at, percent: event.step.share, version, verdict: event.step.verdict });
      };
      const { exitCode, message } = await course(apply(engine, canaryFolder(version, strategy)), watch);
      weights.push({ at: Date.now(), percent: 0, version });
      return { exitCode, message };
    };
  const served = {
    namespace: NAMESPACE,
    labels: `app.kubernetes.io/instance=${RELEASE}`,
    target: `${gateway.url}/predict`,
    passedBefore: ['v2.1.0'],
    rate: CANARY_RATE,
  };
  const recording = await record(cluster, served, {
    'the better model': canaryOf('v2.2.0'),
    'a model that fails 5 % of the requests': canaryOf('v2.3.0-errors'),
    'a model that takes three times as long': canaryOf('v2.4.0-slow'),
    'too few requests to say': canaryOf('v2.1.0', { steps: [2, 100] }),
  });
  return { ...recording, weights, configurations: gateway.configurations() };
}

/** Requests that got no response of a model: a response with 500 is one. */
export function lost(sent: readonly Sent[]): readonly Sent[] {
  return sent.filter((one) => versionOf(one) === undefined);
}

/** The version that responded, as the response says, failures included. */
export function versionOf({ status, model, error }: Sent): string | undefined {
  if (status === 200) return model;
  return status === 500 ? /"model":"([^"]+)"/.exec(error ?? '')?.[1] : undefined;
}

/** A step of a canary, and what clients saw while it held. */
export interface SeenStep {
  readonly version: string;
  readonly percent: number;
  readonly verdict: string;
  readonly seconds: number;
  readonly requests: number;
  /** Percent of the requests that the candidate's version responded to. */
  readonly share: number;
}

/** What clients saw of each step. */
export function stepsSeen({ weights, sent }: CanaryRecording): readonly SeenStep[] {
  return weights.flatMap(({ at, percent, version, verdict }, index) => {
    const begin = weights[index - 1];
    if (verdict === undefined || begin === undefined) return [];
    const during = sent.filter((one) => one.at >= begin.at && one.at < at);
    const own = during.filter((one) => versionOf(one) === version);
    const share = Math.round((1000 * own.length) / during.length) / 10;
    return [{ version, percent, verdict, seconds: (at - begin.at) / 1000, requests: during.length, share }];
  });
}
