import type { Construct } from 'constructs';
import type { PinnedImage } from '../kube/image';
import type { HttpEndpoint } from '../stack/endpoint';
import { Workload } from '../stack/workload';
import type { WorkloadProps } from '../stack/workload-props';
import { refuseWrongTypes } from '../stack/wrong-types';

/** Properties for `Preprocessor`. */
export type PreprocessorProps = WorkloadProps & {
  /** Image of the preprocessor. */
  readonly image: PinnedImage;
  /** Endpoint that receives the result; sets NEXT_URL. */
  readonly next: HttpEndpoint;
};

/**
 * A service in front of a model server that turns raw requests into features.
 *
 * @example
 * const server = new ModelServer(stack, 'model', {
 *   model: Model.baked({ image: 'registry.company.com/fraud-model', version: 'v2.1.0', path: '/models/model.pt', copyable: true }),
 *   replicas: 2,
 *   resources: { requests: { cpu: '4', memory: '16Gi' }, limits: { memory: '24Gi' } },
 * });
 * new Preprocessor(stack, 'preprocessor', {
 *   image: 'registry.company.com/preprocessor:1.0.0',
 *   next: server,
 *   resources: { requests: { cpu: '250m', memory: '256Mi' }, limits: { memory: '512Mi' } },
 * });
 */
export class Preprocessor extends Workload {
  constructor(scope: Construct, id: string, props: PreprocessorProps) {
    refuseWrongTypes('Preprocessor', scope, id, props);
    super(scope, id, 'preprocessor', props, {
      image: props.image,
      ports: { http: 8080 },
      servicePort: 80,
      health: { ready: { path: '/health/ready' }, live: { path: '/health/live' } },
      metrics: { path: '/metrics' },
      writableDirectories: ['/tmp'],
      env: () => ({ NEXT_URL: props.next.url }),
    });
    props.next.acceptFrom(this);
  }
}
