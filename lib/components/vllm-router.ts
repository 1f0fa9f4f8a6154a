import type { Construct } from 'constructs';
import { type DurationLike, seconds } from '../kube/duration';
import type { PinnedImage } from '../kube/image';
import { Workload } from '../stack/workload';
import type { WorkloadProps } from '../stack/workload-props';
import type { ModelServer } from './model-server';
import { poolSelector } from './pool-selector';

/** How a router chooses the server for a request. */
export type RoutingLogic =
  | { readonly roundRobin: true }
  | {
      /** Header or field that pins requests with the same value to one server. */
      readonly session: string;
    }
  | {
      /** Sends a prompt to the server that computed its prefix before. */
      readonly prefixAware: { readonly minMatchLength?: number };
    }
  | {
      /** Sends a prompt to the server that holds its keys and values, according to LMCache's controller. */
      readonly kvAware: { readonly controllerPort: number };
    };

/** Properties for `VllmRouter`. */
export type VllmRouterProps = WorkloadProps & {
  /** Image of the router, such as `lmcache/lmstack-router:0.1.12`. */
  readonly image: PinnedImage;
  /** Servers to route requests to. */
  readonly servers: readonly ModelServer[];
  /** Routing logic. @default { roundRobin: true } */
  readonly logic?: RoutingLogic;
  /** Interval between reads of the servers' metrics. @default '15s' */
  readonly engineStatsInterval?: DurationLike;
  /** Window of the router's request statistics. @default '60s' */
  readonly requestStatsWindow?: DurationLike;
  /** Port of the Service. @default 80 */
  readonly servicePort?: number;
  /** Additional arguments not covered by other options. @default - none */
  readonly extraArgs?: readonly string[];
};

/**
 * The router of vLLM's production stack, in front of model servers. It finds their pods through the API server, with its own
 * token and Role.
 *
 * @example
 * const server = new ModelServer(stack, 'llm', {
 *   model: Model.huggingFace({ repo: 'Qwen/Qwen3-8B', revision: 'b968826d9c46dd6066d109eabc6255188de91218', size: '17Gi' }),
 *   image: 'vllm/vllm-openai:v0.26.0',
 *   runtime: vllm({ version: '0.26.0', prefixCaching: true }),
 *   gpu: { count: 1 },
 *   replicas: 2,
 *   resources: { requests: { cpu: '4', memory: '24Gi' }, limits: { memory: '32Gi' } },
 * });
 * new VllmRouter(stack, 'router', {
 *   image: 'lmcache/lmstack-router:0.1.12',
 *   servers: [server],
 *   logic: { prefixAware: { minMatchLength: 16 } },
 *   resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '2Gi' } },
 * });
 * @see https://docs.vllm.ai/projects/production-stack/en/latest/
 */
export class VllmRouter extends Workload {
  /** Whether responses stream. */
  readonly streams: boolean = true;
  readonly #selector: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, props: VllmRouterProps) {
    const { servers, servicePort = 80 } = props;
    // A router that stops before its servers cuts the streams it forwards.
    const finish = Math.max(30, ...servers.map(({ graceSeconds }) => graceSeconds));
    super(
      scope,
      id,
      'router',
      { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch', 'patch'] }], ...props },
      {
        image: props.image,
        ports: { http: 8000 },
        servicePort,
        health: { ready: { path: '/health' }, live: { tcp: true } },
        metrics: { path: '/metrics' },
        writableDirectories: ['/tmp'],
        env: () => ({ HOME: '/tmp', HF_HOME: '/tmp/hugging-face' }),
        commandLine: () => ({ args: this.#args(props) }),
        drain: { before: '15s', finish: `${finish}s`, onTerm: 'refuses' },
      },
    );
    this.#selector = poolSelector(this, servers);
    for (const server of servers) server.acceptFrom(this);
  }

  #args(props: VllmRouterProps): readonly string[] {
    const {
      servers,
      engineStatsInterval = '15s',
      requestStatsWindow = '60s',
      logic = { roundRobin: true },
      extraArgs = [],
    } = props;
    const labels = Object.entries(this.#selector).map(([key, value]) => `${key}=${value}`);
    const { namespace } = this.settings;
    return [
      ...['--host', '0.0.0.0', '--port', String(this.port), '--service-discovery', 'k8s'],
      ...(namespace === undefined ? [] : ['--k8s-namespace', namespace]),
      ...['--k8s-label-selector', labels.join(','), '--k8s-port', String(servers[0]?.port ?? 8000)],
      ...logicArgs(logic),
      ...['--engine-stats-interval', String(seconds(engineStatsInterval))],
      ...['--request-stats-window', String(seconds(requestStatsWindow))],
      ...extraArgs,
    ];
  }
}

function logicArgs(logic: RoutingLogic): readonly string[] {
  if ('session' in logic) return ['--routing-logic', 'session', '--session-key', logic.session];
  if ('prefixAware' in logic) {
    const { minMatchLength } = logic.prefixAware;
    return [
      '--routing-logic',
      'prefixaware',
      ...(minMatchLength === undefined ? [] : ['--prefix-min-match-length', String(minMatchLength)]),
    ];
  }
  if ('kvAware' in logic)
    return ['--routing-logic', 'kvaware', '--lmcache-controller-port', String(logic.kvAware.controllerPort)];
  return ['--routing-logic', 'roundrobin'];
}
