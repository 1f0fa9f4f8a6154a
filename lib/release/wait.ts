import type { KubeObject } from '../kube/object';
import type { Run } from './events';

export async function rollout(_run: Run, _objects: readonly KubeObject[], _deadline: number | undefined): Promise<void> {}
