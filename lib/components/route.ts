import type { Construct } from 'constructs';
import { type DurationLike, seconds } from '../kube/duration';
import { Component, type ComponentProps } from '../stack/component';
import type { Workload } from '../stack/workload';
import { refuseWrongTypes } from '../stack/wrong-types';
import { DisaggregatedServer } from './disaggregated-server';
import { InferencePool } from './inference-pool';
import { ModelServer } from './model-server';
import { RayServer } from './ray-server';

/** Backend of a route. */
export type RouteBackend = Workload | InferencePool | DisaggregatedServer | RayServer;

/** A backend with its share of a route's requests. */
export interface WeightedBackend {
  /** The backend. */
  readonly to: RouteBackend;
  /** Its share, relative to those of the others; 0 sends it no requests. */
  readonly weight: number;
}

/** A Gateway that a route attaches to. */
export interface GatewayRef {
  /** Name of the Gateway. */
  readonly name: string;
  /** Its namespace. @default - the route's */
  readonly namespace?: string;
  /** Name of one listener. @default - every listener that accepts the route */
  readonly section?: string;
}

/** Properties for `Route`. */
export interface RouteProps extends ComponentProps {
  /**
   * The Gateway, or `'mesh'`: the route then attaches to the Service, and a service mesh applies it to in-cluster requests.
   *
   * @see https://gateway-api.sigs.k8s.io/mesh/
   */
  readonly gateway: GatewayRef | 'mesh';
  /** Host names; not used with a mesh. @default - those of the Gateway's listener */
  readonly hostnames?: readonly string[];
  /** Backend of the route, or several that share the requests, such as two models that are compared. */
  readonly to: RouteBackend | readonly [WeightedBackend, WeightedBackend, ...WeightedBackend[]];
  /** Request protocol: a GRPCRoute uses the port `grpc`. @default 'http' */
  readonly protocol?: 'http' | 'grpc';
  /** Path prefix. @default '/' */
  readonly path?: `/${string}`;
  /** What replaces the path prefix on the way to the backend, such as `/` for `/team-a/v1` to become `/v1`. @default - unchanged */
  readonly rewrite?: `/${string}`;
  /** Headers that a request must have, with their exact values, such as the model name from a body-based router. @default - none */
  readonly headers?: Readonly<Record<string, string>>;
  /** Timeout of a whole request; `0s` means no limit. @default - no limit if the runtime streams, else 60s */
  readonly timeout?: DurationLike;
}

/**
 * A Gateway API route to a server, router or pool, from a Gateway or inside a mesh. Pods in the Gateway's namespace may call it.
 *
 * @example
 * const server = new ModelServer(stack, 'model', {
 *   model: Model.baked({ image: 'registry.company.com/fraud-model', version: 'v2.1.0', path: '/models/model.pt', copyable: true }),
 *   replicas: 2,
 *   resources: { requests: { cpu: '4', memory: '16Gi' }, limits: { memory: '24Gi' } },
 * });
 * new Route(stack, 'route', { gateway: { name: 'public', namespace: 'gateways' }, hostnames: ['fraud.company.com'], to: server });
 * @see https://gateway-api.sigs.k8s.io/api-types/httproute/
 */
export class Route extends Component {
  constructor(scope: Construct, id: string, props: RouteProps) {
    refuseWrongTypes('Route', scope, id, props);
    super(scope, id, 'route', props);
    const { protocol = 'http', gateway } = props;
    const targets = targetsOf(props.to);
    const kind = protocol === 'grpc' ? 'GRPCRoute' : 'HTTPRoute';
    this.manifest('Default', { apiVersion: 'gateway.networking.k8s.io/v1', kind }, this.resourceName, () => ({
      spec: {
        parentRefs: gateway === 'mesh' ? targets.map(({ to }) => backend(to, protocol)) : [gatewayParent(gateway)],
        ...(props.hostnames === undefined ? {} : { hostnames: props.hostnames }),
        rules: [protocol === 'grpc' ? grpcRule(targets, props) : httpRule(targets, props)],
      },
    }));
    for (const { to } of targets) {
      // Inside a mesh, callers connect to the pods directly.
      if (gateway !== 'mesh') this.#allow(to, gateway, protocol);
      this.#check(to, props);
    }
    this.#checkWeights(props.to);
  }

  #allow(to: Target, { namespace }: GatewayRef, protocol: 'http' | 'grpc'): void {
    const peer = namespace === undefined ? ({ sameNamespace: true } as const) : { namespace };
    for (const server of to instanceof InferencePool ? to.servers : [to])
      server.allowFrom(peer, protocol === 'grpc' ? (server.ports.grpc ?? server.port) : server.port);
  }

  #checkWeights(to: RouteProps['to']): void {
    if (!isSplit(to)) return;
    const weights = to.map(({ weight }) => weight);
    const whole = weights.every((weight) => Number.isInteger(weight) && weight >= 0 && weight <= 10_000);
    if (whole && weights.some((weight) => weight > 0)) return;
    this.report({
      code: 'INVALID_VALUE',
      path: 'to',
      message: whole ? 'no backend gets a request' : 'not weights of backends',
      got: weights.join(', '),
      expected: 'whole numbers from 0 to 10000, one of them above 0',
      remedy: 'Correct the weights.',
    });
  }

  protected override version(): undefined {
    return undefined;
  }

  #check(to: Target, { protocol, gateway, hostnames, path, rewrite }: RouteProps): void {
    if (gateway === 'mesh' && hostnames !== undefined)
      this.report({
        code: 'INVALID_VALUE',
        path: 'hostnames',
        message: 'a route of a mesh has no host names',
        got: hostnames,
        expected: 'nothing: requests are those to the Service',
        remedy: 'Remove hostnames, or attach the route to a gateway.',
      });
    if (gateway === 'mesh' && to instanceof InferencePool)
      this.report({
        code: 'INVALID_VALUE',
        path: 'gateway',
        message: 'a mesh has no route to an InferencePool',
        got: gateway,
        expected: 'a gateway, or a server with a Service',
        remedy: 'Attach the route to a gateway that supports InferencePool.',
      });
    if (protocol === 'grpc' && (rewrite !== undefined || path !== undefined))
      this.report({
        code: 'INVALID_VALUE',
        path: rewrite === undefined ? 'path' : 'rewrite',
        message: 'a route of gRPC has no path',
        got: rewrite ?? path,
        expected: 'nothing: the path of a gRPC request is its method',
        remedy: 'Remove it.',
      });
    if (protocol !== 'grpc' || (!(to instanceof InferencePool) && to.ports.grpc !== undefined)) return;
    this.report({
      code: 'INVALID_VALUE',
      path: 'protocol',
      message: 'the backend has no port for gRPC',
      got: protocol,
      expected: 'a server whose runtime has a port named grpc',
      remedy: "Set protocol to 'http', or use a runtime with gRPC.",
    });
  }
}

type Target = Exclude<RouteBackend, DisaggregatedServer>;
type Weighted = { readonly to: Target; readonly weight?: number };

const isSplit = (to: RouteProps['to']): to is Extract<RouteProps['to'], readonly unknown[]> => Array.isArray(to);

/** Where the requests go; clients of a disaggregated server call its decode servers. */
function targetsOf(to: RouteProps['to']): readonly Weighted[] {
  const target = (one: RouteBackend): Target => (one instanceof DisaggregatedServer ? one.decode : one);
  return isSplit(to) ? to.map(({ weight, ...one }) => ({ to: target(one.to), weight })) : [{ to: target(to) }];
}

function gatewayParent({ name, namespace, section }: GatewayRef) {
  const place = { ...(namespace === undefined ? {} : { namespace }), ...(section === undefined ? {} : { sectionName: section }) };
  return { group: 'gateway.networking.k8s.io', kind: 'Gateway', name, ...place };
}

function headerMatches(headers: RouteProps['headers'] = {}) {
  const matches = Object.entries(headers).map(([name, value]) => ({ type: 'Exact', name, value }));
  return matches.length === 0 ? {} : { headers: matches };
}

function grpcRule(targets: readonly Weighted[], { headers }: RouteProps) {
  return { ...(headers === undefined ? {} : { matches: [headerMatches(headers)] }), backendRefs: backends(targets, 'grpc') };
}

function httpRule(targets: readonly Weighted[], { path = '/', timeout, headers, rewrite }: RouteProps) {
  const limit = timeout === undefined ? (targets.some(({ to }) => streams(to)) ? 0 : 60) : seconds(timeout);
  return {
    matches: [{ path: { type: 'PathPrefix', value: path }, ...headerMatches(headers) }],
    ...(rewrite === undefined
      ? {}
      : {
          filters: [{ type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: rewrite } } }],
        }),
    timeouts: { request: `${limit}s` },
    backendRefs: backends(targets, 'http'),
  };
}

/** Whether the backend streams responses during generation. */
function streams(to: Target): boolean {
  if (to instanceof ModelServer || to instanceof RayServer) return to.runtime.streams ?? false;
  return 'streams' in to && to.streams === true;
}

function backends(targets: readonly Weighted[], protocol: 'http' | 'grpc') {
  return targets.map(({ to, weight }) => ({ ...backend(to, protocol), ...(weight === undefined ? {} : { weight }) }));
}

function backend(to: Target, protocol: 'http' | 'grpc') {
  if (to instanceof InferencePool) return to.backendRef;
  const port = protocol === 'grpc' ? (to.ports.grpc ?? to.port) : to.servicePort;
  return { group: '', kind: 'Service', name: to.resourceName, port };
}
