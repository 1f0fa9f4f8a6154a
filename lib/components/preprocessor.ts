import type { Construct } from 'constructs';
import type { PinnedImage } from '../kube/image';
import type { HttpEndpoint } from '../stack/endpoint';
import { Workload, type WorkloadProps } from '../stack/workload';

/** What a preprocessor is told. */
export type PreprocessorProps = WorkloadProps & {
  /** Image of the preprocessor. */
  readonly image: PinnedImage;
  /** What it hands its result to; sets NEXT_URL. */
  readonly next: HttpEndpoint;
};

/** Turns raw requests into features, in front of a model server. */
export class Preprocessor extends Workload {
  constructor(scope: Construct, id: string, props: PreprocessorProps) {
    super(scope, id, 'preprocessor', props, {
      image: props.image,
      port: 8080,
      servicePort: 80,
      health: { ready: { path: '/health/ready' }, live: { path: '/health/live' } },
      metricsPath: '/metrics',
      writableDirectories: ['/tmp'],
      env: () => ({ NEXT_URL: props.next.url }),
    });
    props.next.acceptFrom(this);
  }
}
