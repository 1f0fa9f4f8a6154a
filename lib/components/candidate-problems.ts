import type { Problem } from '../errors/problem';
import type { GatePhase } from '../kube/contract';
import { deviceCount, deviceResource } from '../kube/devices';
import type { ModelServer } from './model-server';

/** Unmet requirements of a gate's candidate, an extra pod next to the old version. */
export function candidateProblems(
  { gpu, nodes }: Pick<ModelServer, 'gpu' | 'nodes'>,
  phase: GatePhase,
  spareDevices: boolean | undefined,
): readonly Omit<Problem, 'subject'>[] {
  if (spareDevices !== undefined && (phase !== 'candidate' || gpu === undefined)) {
    return [
      {
        code: 'INVALID_VALUE',
        path: 'spareDevices',
        message: 'only the candidate of a server with devices needs spare ones',
        got: spareDevices,
        expected: "phase 'candidate', and a server with gpu",
        remedy: 'Remove spareDevices.',
      },
    ];
  }
  if (phase !== 'candidate') return [];
  if (nodes > 1) {
    return [
      {
        code: 'GATE_INVALID',
        path: 'phase',
        message: 'a candidate is one pod, and the server is a group of nodes',
        got: `${nodes} nodes`,
        expected: "phase 'before' or 'after'",
        remedy: "Set phase to 'after': the release is rolled back when the gate fails.",
      },
    ];
  }
  if (gpu === undefined || spareDevices) return [];
  const needed = `${deviceCount(gpu)} spare ${deviceResource(gpu) ?? 'devices of its claim'}`;
  return [
    {
      code: 'SPARE_DEVICES',
      path: 'phase',
      message: `the candidate needs ${needed} while the old version runs`,
      got: 'candidate',
      expected: 'spareDevices: true, or another phase',
      remedy: "Set spareDevices: true if the cluster has them. Else set phase to 'before' or 'after'.",
    },
  ];
}
