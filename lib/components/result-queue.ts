import type { Construct } from 'constructs';
import { type DurationLike, seconds } from '../kube/duration';
import type { PinnedImage } from '../kube/image';
import type { HttpEndpoint } from '../stack/endpoint';
import { Workload } from '../stack/workload';
import type { WorkloadProps } from '../stack/workload-props';
import { refuseWrongTypes } from '../stack/wrong-types';
import { type RedisEndpoint, redisEnv, redisMounts } from './redis-endpoint';

/** Properties for `ResultQueue`. */
export type ResultQueueProps = WorkloadProps & {
  /** Image of the workers. */
  readonly image: PinnedImage;
  /** Redis that holds the queue and the results. If it is part of this stack, it evicts only keys with a TTL. */
  readonly broker: RedisEndpoint;
  /** Endpoint that the workers call for each task; sets MODEL_SERVER_URL. */
  readonly server: HttpEndpoint;
  /** Name of the queue, so that several queues can share a Redis. @default the component's name */
  readonly queue?: string;
  /** Time to live of a result. @default '1h' */
  readonly resultTtl?: DurationLike;
  /** Time after which an unfinished task is given to another worker. Must exceed the slowest prediction. @default '60s' */
  readonly visibilityTimeout?: DurationLike;
  /** Maximum number of attempts before a task goes to the dead-letter queue. @default 3 */
  readonly attempts?: number;
};

/**
 * An asynchronous queue on Redis with its workers. Each task runs at least once.
 *
 * @example
 * const server = new ModelServer(stack, 'model', {
 *   model: Model.baked({ image: 'registry.company.com/fraud-model', version: 'v2.1.0', path: '/models/model.pt', copyable: true }),
 *   replicas: 2,
 *   resources: { requests: { cpu: '4', memory: '16Gi' }, limits: { memory: '24Gi' } },
 * });
 * new ResultQueue(stack, 'queue', {
 *   image: 'registry.company.com/queue-worker:1.0.0',
 *   broker: new RedisCache(stack, 'redis'),
 *   server,
 *   resources: { requests: { cpu: '250m', memory: '256Mi' }, limits: { memory: '512Mi' } },
 * });
 */
export class ResultQueue extends Workload {
  constructor(scope: Construct, id: string, props: ResultQueueProps) {
    refuseWrongTypes('ResultQueue', scope, id, props);
    super(scope, id, 'result-queue', props, {
      image: props.image,
      ports: { http: 8080 },
      health: { ready: { path: '/health/ready' }, live: { path: '/health/live' } },
      metrics: { path: '/metrics' },
      writableDirectories: ['/tmp'],
      env: () => ({
        QUEUE_NAME: props.queue ?? this.appName,
        RESULT_TTL_SECONDS: seconds(props.resultTtl ?? '1h'),
        VISIBILITY_TIMEOUT_SECONDS: seconds(props.visibilityTimeout ?? '60s'),
        MAX_ATTEMPTS: props.attempts ?? 3,
        MODEL_SERVER_URL: props.server.url,
        ...redisEnv(props.broker),
      }),
      mounts: () => redisMounts(props.broker),
    });
    props.broker.acceptFrom(this, true);
    props.server.acceptFrom(this);
  }
}
