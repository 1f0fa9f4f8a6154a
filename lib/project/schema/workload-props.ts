import type { InferOutput } from 'valibot';
import type { WorkloadProps } from '../../stack/workload-props';
import type { workload } from './schema';

/** The workload props that a config sets: number of pods, size, placement and startup timeout. */
export function workloadProps(
  config: InferOutput<typeof workload>,
): Pick<WorkloadProps, 'resources' | 'placement' | 'startupTimeout'> & InferOutput<typeof workload>['scaling'] {
  const { scaling, resources, placement, startupTimeout } = config;
  return {
    ...scaling,
    resources,
    ...(placement === undefined ? {} : { placement }),
    ...(startupTimeout === undefined ? {} : { startupTimeout }),
  };
}
