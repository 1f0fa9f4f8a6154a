import type { Construct } from 'constructs';
import type { PinnedImage } from '../kube/image';
import type { HealthChecks } from '../kube/probes';
import type { HttpEndpoint } from '../stack/endpoint';
import { Workload } from '../stack/workload';
import type { WorkloadProps } from '../stack/workload-props';
import { refuseWrongTypes } from '../stack/wrong-types';

/** Properties for `HttpService`. */
export type HttpServiceProps = WorkloadProps & {
  /** Image of the service. */
  readonly image: PinnedImage;
  /** Port that it listens on, 1024 or higher. @default 8080 */
  readonly port?: number;
  /** Port of the Service. @default 80 */
  readonly servicePort?: number;
  /** Health checks. */
  readonly health: HealthChecks;
  /** Path of its Prometheus metrics. @default - none */
  readonly metricsPath?: `/${string}`;
  /** What it calls: both sides' policies allow it. Pass the addresses on by `env` or `files`, as `url` of each. @default - nothing */
  readonly calls?: readonly HttpEndpoint[];
  /** Whether responses stream: routes then have no request timeout. @default false */
  readonly streams?: boolean;
  /** Directories that it writes to; each becomes an emptyDir. @default ['/tmp'] */
  readonly writableDirectories?: readonly `/${string}`[];
};

/**
 * Any other HTTP service of the stack, such as an API gateway in front of several models, a chat page or an agent.
 *
 * @example
 * const server = new ModelServer(stack, 'llm', {
 *   model: Model.claim({ claim: 'weights', subPath: 'qwen3-8b', path: '/mnt/models', version: 'v3' }),
 *   image: 'vllm/vllm-openai:v0.26.0',
 *   runtime: vllm({ version: '0.26.0', maxModelLen: 8192 }),
 *   gpu: { count: 1 },
 *   resources: { requests: { cpu: '4', memory: '24Gi' }, limits: { memory: '32Gi' } },
 * });
 * new HttpService(stack, 'gateway', {
 *   image: 'ghcr.io/berriai/litellm:v1.77.3',
 *   port: 4000,
 *   args: ['--config', '/etc/litellm/config.yaml', '--port', '4000'],
 *   files: {
 *     '/etc/litellm/config.yaml': JSON.stringify({
 *       model_list: [{ model_name: 'llm', litellm_params: { model: 'hosted_vllm/llm', api_base: `${server.url}/v1` } }],
 *     }),
 *   },
 *   health: { ready: { path: '/health/readiness' }, live: { path: '/health/liveliness' } },
 *   calls: [server],
 *   streams: true,
 *   resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { memory: '2Gi' } },
 * });
 */
export class HttpService extends Workload {
  /** Whether responses stream. */
  readonly streams: boolean;

  constructor(scope: Construct, id: string, props: HttpServiceProps) {
    refuseWrongTypes('HttpService', scope, id, props);
    const { image, port = 8080, servicePort = 80, health, metricsPath, calls = [], writableDirectories = ['/tmp'] } = props;
    super(scope, id, 'http-service', props, {
      image,
      ports: { http: port },
      servicePort,
      health,
      ...(metricsPath === undefined ? {} : { metrics: { path: metricsPath } }),
      writableDirectories,
      env: () => ({}),
    });
    this.streams = props.streams ?? false;
    for (const endpoint of calls) endpoint.acceptFrom(this);
  }
}
