import type { Construct } from 'constructs';
import { type DurationLike, seconds } from '../kube/duration';
import type { Forbidden } from '../kube/forbidden';
import type { HttpUrl } from '../kube/host';
import type { PinnedImage } from '../kube/image';
import { externalHttp, type HttpEndpoint } from '../stack/endpoint';
import { Workload } from '../stack/workload';
import type { WorkloadProps } from '../stack/workload-props';
import { refuseWrongTypes } from '../stack/wrong-types';
import { type RedisEndpoint, redisEnv, redisMounts } from './redis-endpoint';

/** Features are either cached in Redis, or every request goes to the feature store. */
type FeatureCache =
  | {
      /** Redis that caches features. @default - none */
      readonly cache: RedisEndpoint;
      /** Time to live of a cached feature. @default '60s' */
      readonly cacheTtl?: DurationLike;
    }
  | { readonly cache?: 'off' | undefined; readonly cacheTtl?: Forbidden<DurationLike, 'a time to live needs a cache'> };

/** Properties for `FeatureProxy`. */
export type FeatureProxyProps = WorkloadProps &
  FeatureCache & {
    /** Image of the proxy. */
    readonly image: PinnedImage;
    /** The feature store: a URL, or a component of this stack. */
    readonly upstream: HttpUrl | HttpEndpoint;
    /** Timeout for a response from the feature store. @default '1s' */
    readonly timeout?: DurationLike;
    /** Number of retries of a failed request. @default 1 */
    readonly retries?: number;
  };

/**
 * A proxy in front of a feature store that caches features for the model server.
 *
 * @example
 * new FeatureProxy(stack, 'features', {
 *   image: 'registry.company.com/feature-store-proxy:0.9.0',
 *   upstream: 'http://feature-store-svc:8082',
 *   cache: new RedisCache(stack, 'redis'),
 *   cacheTtl: '5m',
 *   resources: { requests: { cpu: '250m', memory: '256Mi' }, limits: { memory: '512Mi' } },
 * });
 */
export class FeatureProxy extends Workload {
  constructor(scope: Construct, id: string, props: FeatureProxyProps) {
    refuseWrongTypes('FeatureProxy', scope, id, props);
    const cache = props.cache === 'off' ? undefined : props.cache;
    const upstream = typeof props.upstream === 'string' ? externalHttp(props.upstream) : props.upstream;
    super(scope, id, 'feature-proxy', props, {
      image: props.image,
      ports: { http: 8081 },
      servicePort: 8081,
      health: { ready: { path: '/health/ready' }, live: { path: '/health/live' } },
      metrics: { path: '/metrics' },
      writableDirectories: ['/tmp'],
      env: () => ({
        UPSTREAM_URL: upstream.url,
        UPSTREAM_TIMEOUT_MS: seconds(props.timeout ?? '1s') * 1000,
        UPSTREAM_RETRIES: props.retries ?? 1,
        ...redisEnv(cache),
        ...(cache === undefined ? {} : { CACHE_TTL_SECONDS: seconds(props.cacheTtl ?? '60s') }),
      }),
      mounts: () => redisMounts(cache),
    });
    upstream.acceptFrom(this);
    cache?.acceptFrom(this);
    // The types forbid this; the check is for plain JavaScript.
    if (cache !== undefined || props.cacheTtl === undefined) return;
    this.report({
      code: 'INVALID_VALUE',
      path: 'cacheTtl',
      message: 'there is no cache whose entries could live that long',
      expected: 'a cache',
      remedy: 'Name a cache, or remove cacheTtl.',
    });
  }
}
