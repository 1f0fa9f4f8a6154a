import type { Construct } from 'constructs';
import { type DurationLike, seconds } from '../kube/duration';
import type { SecretRef } from '../kube/named';
import type { Flag } from '../runtimes/flags';
import { refuseWrongTypes } from '../stack/wrong-types';
import { DisaggregatedServer } from './disaggregated-server';
import { DiscoveryRouter, type DiscoveryRouterProps, labelPairs, type RouterContext } from './discovery-router';
import type { ModelServer } from './model-server';
import { poolSelector } from './pool-selector';

/** Properties for `SglangRouter`. */
export type SglangRouterProps = DiscoveryRouterProps & {
  /** Servers to route requests to. Of a `DisaggregatedServer` it sends each request to a prefill and a decode server. */
  readonly servers: readonly ModelServer[] | DisaggregatedServer;
  /** How it chooses the server for a request. @default 'cache_aware': the one that computed the prompt's prefix before */
  readonly policy?: 'random' | 'round_robin' | 'cache_aware' | 'power_of_two';
  /** Maximum number of requests at the same time; more wait in a queue. @default - no limit */
  readonly maxConcurrentRequests?: number;
  /** Timeout of a request, streamed responses included. @default '30m' */
  readonly requestTimeout?: DurationLike;
  /** Key that clients must send as a bearer token; it is passed on, so servers with a key need the same. @default - no key */
  readonly apiKey?: SecretRef;
};

const PORTS = { http: 30_000, metrics: 29_000 } as const;
/** The router asks the port of the bootstrap server from this annotation of prefill pods. */
const BOOTSTRAP_ANNOTATION = 'sglang.ai/bootstrap-port';

/**
 * SGLang's router, also called model gateway, in front of model servers. It finds their pods through the API server, with its own
 * token and Role. A pod that is not ready gets no requests.
 *
 * @example
 * const server = new ModelServer(stack, 'llm', {
 *   model: Model.huggingFace({ repo: 'Qwen/Qwen3-8B', revision: 'b968826d9c46dd6066d109eabc6255188de91218', size: '17Gi' }),
 *   image: 'lmsysorg/sglang:v0.5.17',
 *   runtime: sglang({ version: '0.5.17', contextLength: 16_384 }),
 *   gpu: { count: 1 },
 *   replicas: 2,
 *   resources: { requests: { cpu: '4', memory: '24Gi' }, limits: { memory: '32Gi' } },
 * });
 * new SglangRouter(stack, 'router', {
 *   image: 'lmsysorg/sglang-router:v0.3.2',
 *   servers: [server],
 *   resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '2Gi' } },
 * });
 * @see https://docs.sglang.io/advanced_features/sgl_model_gateway.html
 */
export class SglangRouter extends DiscoveryRouter {
  constructor(scope: Construct, id: string, props: SglangRouterProps) {
    refuseWrongTypes('SglangRouter', scope, id, props);
    const { servers, apiKey } = props;
    const apart = servers instanceof DisaggregatedServer ? servers : undefined;
    const list = servers instanceof DisaggregatedServer ? [servers.prefill, servers.decode] : servers;
    super(scope, id, props, list, {
      program: "SGLang's router",
      command: ['python3', '-m', 'sglang_router.launch_router'],
      ports: PORTS,
      // It is not ready without a healthy server: its start must not wait for theirs.
      health: { startup: { path: '/liveness' }, ready: { path: '/readiness' }, live: { path: '/liveness' } },
      metricsPort: 'metrics',
      verbs: ['get', 'list', 'watch'],
      env: apiKey === undefined ? {} : { SGLANG_API_KEY: { secret: apiKey.secret, key: apiKey.key ?? 'api-key' } },
      selection: (router) =>
        apart === undefined ? ['--selector', ...labelPairs(poolSelector(router, list))] : roleSelectors(apart),
      commandLine: (context) => ({ flags: flags(props, list[0]?.port, context), lists: context.selection }),
    });
    if (apart === undefined) return;
    const { bootstrap } = apart.prefill.ports;
    if (bootstrap !== undefined) apart.prefill.annotatePods({ [BOOTSTRAP_ANNOTATION]: String(bootstrap) });
    this.#checkRoles(apart);
  }

  /** It calls the pods of both roles on one port. */
  #checkRoles({ prefill, decode }: DisaggregatedServer): void {
    if (prefill.port === decode.port && prefill.runtime.name === 'sglang') return;
    this.report({
      code: 'INVALID_VALUE',
      path: 'servers',
      message: 'the router cannot send requests to both roles',
      got: `${prefill.runtime.name} on ${prefill.port}, ${decode.runtime.name} on ${decode.port}`,
      expected: 'sglang servers on the same port, without a sidecar',
      remedy: 'Use the sglang runtime for both roles, and remove the sidecar.',
    });
  }
}

function roleSelectors({ prefill, decode }: DisaggregatedServer): readonly string[] {
  return [
    ...['--pd-disaggregation', '--prefill-selector', ...labelPairs(prefill.serviceLabels)],
    ...['--decode-selector', ...labelPairs(decode.serviceLabels)],
  ];
}

function flags(
  { policy = 'cache_aware', maxConcurrentRequests, requestTimeout, apiKey }: SglangRouterProps,
  serverPort: number | undefined,
  { namespace, finishSeconds }: RouterContext,
): readonly Flag[] {
  return [
    { flag: '--host', value: '0.0.0.0', option: 'servicePort' },
    { flag: '--port', value: PORTS.http, option: 'servicePort' },
    { flag: '--prometheus-host', value: '0.0.0.0', option: 'servicePort' },
    { flag: '--prometheus-port', value: PORTS.metrics, option: 'servicePort' },
    { flag: '--policy', value: policy, option: 'policy' },
    { flag: '--max-concurrent-requests', value: maxConcurrentRequests, option: 'maxConcurrentRequests' },
    {
      flag: '--request-timeout-secs',
      value: requestTimeout === undefined ? undefined : seconds(requestTimeout),
      option: 'requestTimeout',
    },
    { flag: '--shutdown-grace-period-secs', value: finishSeconds, option: 'drain.timeout' },
    // The value comes from the environment: the kubelet replaces it.
    { flag: '--api-key', value: apiKey === undefined ? undefined : '$(SGLANG_API_KEY)', option: 'apiKey' },
    { flag: '--service-discovery', value: true, option: 'servers' },
    { flag: '--service-discovery-namespace', value: namespace, option: 'servers' },
    { flag: '--service-discovery-port', value: serverPort ?? PORTS.http, option: 'servers' },
    { flag: '--selector', value: undefined, option: 'servers' },
    { flag: '--prefill-selector', value: undefined, option: 'servers' },
    { flag: '--decode-selector', value: undefined, option: 'servers' },
    { flag: '--pd-disaggregation', value: undefined, option: 'servers' },
  ];
}
