import type { Plan, PodPhase, ReleaseEvent } from '../../../lib/release';

/** A plan that creates objects of these names, `Deployment/a`. */
export function planOf(names: readonly string[]): Plan {
  const objects = names.map((name) => {
    const [kind = '', rest = ''] = name.split('/');
    const manifest = { apiVersion: 'v1', kind, metadata: { name: rest, namespace: 'team' } };
    return { key: name, action: 'create' as const, manifest, changes: [], conflicts: [] };
  });
  return { release: 'fraud', namespace: 'team', digest: names.join(), objects, gates: [], problems: [] };
}

export const planned = (...names: readonly string[]): ReleaseEvent => ({ type: 'planned', plan: planOf(names) });
export const started: ReleaseEvent = { type: 'started', revision: 2, action: 'upgrade' };
export const wave = (number: number, of: number, ...objects: readonly string[]): ReleaseEvent => ({
  type: 'wave',
  number,
  of,
  objects,
  patienceMs: 600_000,
});
export const written = (object: string): ReleaseEvent => ({ type: 'written', object, action: 'create' });
export const ready = (object: string): ReleaseEvent => ({ type: 'ready', object });
export const said = (object: string, message: string): ReleaseEvent => ({ type: 'progress', object, message });
export const pod = (object: string, name: string, phase: PodPhase, message = ''): ReleaseEvent => ({
  type: 'pod',
  object,
  pod: { name, phase, message },
});
export const judged: ReleaseEvent = {
  type: 'gate-judged',
  evidence: {
    name: 'validate',
    phase: 'before',
    passed: true,
    attempts: 1,
    samples: 20000,
    metrics: [
      { name: 'auc', value: 0.941, ok: true, threshold: { min: 0.92 } },
      { name: 'latencyP99Ms', value: 118, ok: true, threshold: { max: 150 } },
    ],
  },
};
export const gateStarted: ReleaseEvent = { type: 'gate-started', gate: 'validate', phase: 'before', attempt: 1 };
export const failed: ReleaseEvent = {
  type: 'failed',
  failure: {
    problem: {
      code: 'ROLLOUT_FAILED',
      subject: 'Deployment/model',
      message: 'CrashLoop: Container server: failures 2, the last one exit code 3',
      remedy: 'Read the last log lines.',
    },
    reason: 'CrashLoop',
    since: '2026-01-01T00:00:40Z',
    pod: 'model-1',
    container: 'server',
    exitCode: 3,
    restarts: 1,
    events: ['BackOff: Back-off restarting failed container'],
    logs: ['loading model', 'fatal: \u001b[31mno such file\u001b[0m\n::error::injected'],
  },
};
