import type { InferOutput } from 'valibot';
import type { WorkloadProps } from '../../stack/workload-props';
import type { workload } from './schema';

/** The part of a workload's props that a config says: how many pods, how large, where, and how long they may take to start. */
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
