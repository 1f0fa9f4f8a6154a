import { GATE_ANNOTATION, GATE_SUPPORT_ANNOTATION, type GatePhase } from '../../kube/contract';
import { isFields, listAt, textAt } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';

/** The gate that an object belongs to. */
export interface GateRole {
  /** Name of the gate Job. */
  readonly job: string;
  readonly phase: GatePhase;
  /** Whether it is the Job itself. */
  readonly isJob: boolean;
}

/** Finds the gate of every object that belongs to one. */
export function gateRoles(objects: readonly KubeObject[]): ReadonlyMap<KubeObject, GateRole> {
  const phases = new Map(
    objects.flatMap(({ metadata }) => {
      const phase = metadata.annotations?.[GATE_ANNOTATION];
      return phase === 'before' || phase === 'candidate' || phase === 'after' ? [[metadata.name, phase] as const] : [];
    }),
  );
  return new Map(
    objects.flatMap((object): readonly (readonly [KubeObject, GateRole])[] => {
      const { annotations = {}, name } = object.metadata;
      const isJob = annotations[GATE_ANNOTATION] !== undefined;
      const job = isJob ? name : annotations[GATE_SUPPORT_ANNOTATION];
      const phase = job === undefined ? undefined : phases.get(job);
      return job === undefined || phase === undefined ? [] : [[object, { job, phase, isJob }]];
    }),
  );
}

/** Whether an agent runs a gate before it changes the stack. Agents have no candidate pods, so candidate gates run after. */
export function runsBefore({ phase }: GateRole): boolean {
  return phase === 'before';
}

/** Adds annotations to an object; its labels stay unchanged. */
export function annotated(object: KubeObject, annotations: Readonly<Record<string, string>>): KubeObject {
  const { metadata } = object;
  const merged = Object.entries({ ...metadata.annotations, ...annotations }).sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...object, metadata: { ...metadata, annotations: Object.fromEntries(merged) } };
}

/**
 * Prepares a candidate gate for an agent: `CANDIDATE_URL`, which the release module would set, is the Service itself, because its
 * pods already run the new version.
 */
export function withCandidateUrl(job: KubeObject): KubeObject {
  const spec = isFields(job.spec) ? job.spec : {};
  const template = isFields(spec.template) ? spec.template : {};
  const pod = isFields(template.spec) ? template.spec : {};
  const containers = listAt(pod, 'containers').map((container) => {
    if (!isFields(container)) return container;
    const env = listAt(container, 'env');
    const live = env.find((one) => textAt(one, 'name') === 'LIVE_URL');
    const present = env.some((one) => textAt(one, 'name') === 'CANDIDATE_URL');
    return live === undefined || present
      ? container
      : { ...container, env: [...env, { name: 'CANDIDATE_URL', value: textAt(live, 'value') ?? '' }] };
  });
  return { ...job, spec: { ...spec, template: { ...template, spec: { ...pod, containers } } } };
}
