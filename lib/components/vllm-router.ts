import type { Construct } from 'constructs';
import { type DurationLike, seconds } from '../kube/duration';
import type { Forbidden } from '../kube/forbidden';
import type { Flag } from '../runtimes/flags';
import { refuseWrongTypes } from '../stack/wrong-types';
import { DiscoveryRouter, type DiscoveryRouterProps, labelPairs, type RouterContext } from './discovery-router';
import type { ModelServer } from './model-server';
import { poolSelector } from './pool-selector';

/** How a router may choose the server for a request. */
export interface RoutingKinds {
  /** One server after the other. */
  readonly roundRobin: true;
  /** Header or field that pins requests with the same value to one server. */
  readonly session: string;
  /** Sends a prompt to the server that computed its prefix before. */
  readonly prefixAware: { readonly minMatchLength?: number };
  /** Sends a prompt to the server that holds its keys and values, according to LMCache's controller, which runs in the router. */
  readonly kvAware: {
    /** Port of the controller, also of the Service: the servers' LMCache reports there. */
    readonly controllerPort: number;
  };
}

type Only<Kind extends keyof RoutingKinds> = Pick<RoutingKinds, Kind> & {
  readonly [Other in Exclude<keyof RoutingKinds, Kind>]?: Forbidden<RoutingKinds[Other], 'a router has one logic'>;
};

/** How a router chooses the server for a request: one of the kinds. */
export type RoutingLogic = Only<'roundRobin'> | Only<'session'> | Only<'prefixAware'> | Only<'kvAware'>;

/** Properties for `VllmRouter`. */
export type VllmRouterProps = DiscoveryRouterProps & {
  /** Servers to route requests to. */
  readonly servers: readonly ModelServer[];
  /** Routing logic. @default { roundRobin: true } */
  readonly logic?: RoutingLogic;
  /** Interval between reads of the servers' metrics. @default '15s' */
  readonly engineStatsInterval?: DurationLike;
  /** Window of the router's request statistics. @default '60s' */
  readonly requestStatsWindow?: DurationLike;
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
export class VllmRouter extends DiscoveryRouter {
  constructor(scope: Construct, id: string, props: VllmRouterProps) {
    refuseWrongTypes('VllmRouter', scope, id, props);
    const { servers, logic = { roundRobin: true } } = props;
    const controller = 'kvAware' in logic ? { lmcache: logic.kvAware.controllerPort } : {};
    super(scope, id, props, servers, {
      program: "the router of vLLM's production stack",
      ports: { http: 8000, ...controller },
      servicePorts: Object.keys(controller),
      health: { ready: { path: '/health' }, live: { tcp: true } },
      verbs: ['get', 'list', 'watch', 'patch'],
      env: { HF_HOME: '/tmp/hugging-face' },
      selection: (router) => labelPairs(poolSelector(router, servers)),
      commandLine: (context) => ({ flags: flags(props, context) }),
    });
    // Engines report to LMCache's controller in the router which keys and values they hold.
    for (const port of Object.values(controller)) for (const server of servers) server.connectTo(this, port);
  }
}

function flags(props: VllmRouterProps, { namespace, selection }: RouterContext): readonly Flag[] {
  const { servers, engineStatsInterval = '15s', requestStatsWindow = '60s', logic = { roundRobin: true } } = props;
  return [
    { flag: '--host', value: '0.0.0.0', option: 'servicePort' },
    { flag: '--port', value: 8000, option: 'servicePort' },
    { flag: '--service-discovery', value: 'k8s', option: 'servers' },
    { flag: '--k8s-namespace', value: namespace, option: 'servers' },
    { flag: '--k8s-label-selector', value: selection.join(','), option: 'servers' },
    { flag: '--k8s-port', value: servers[0]?.port ?? 8000, option: 'servers' },
    ...logicFlags(logic),
    { flag: '--engine-stats-interval', value: seconds(engineStatsInterval), option: 'engineStatsInterval' },
    { flag: '--request-stats-window', value: seconds(requestStatsWindow), option: 'requestStatsWindow' },
  ];
}

function logicFlags(logic: RoutingLogic): readonly Flag[] {
  const flag = (name: string, value: Flag['value']): Flag => ({ flag: name, value, option: 'logic' });
  if ('session' in logic) return [flag('--routing-logic', 'session'), flag('--session-key', logic.session)];
  if ('prefixAware' in logic)
    return [flag('--routing-logic', 'prefixaware'), flag('--prefix-min-match-length', logic.prefixAware.minMatchLength)];
  if ('kvAware' in logic)
    return [flag('--routing-logic', 'kvaware'), flag('--lmcache-controller-port', logic.kvAware.controllerPort)];
  return [flag('--routing-logic', 'roundrobin')];
}
