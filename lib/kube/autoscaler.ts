import { at, fieldsAt, numberAt, textAt } from './fields';
import { groupOf, type KubeObject } from './object';

const TRANSFER = 'scaledobject.keda.sh/transfer-hpa-ownership';

/** The target of an autoscaler. */
export interface ScaleTarget {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
}

/** Kinds that set the replicas of another object. */
export const AUTOSCALER_KINDS = ['HorizontalPodAutoscaler', 'ScaledObject'] as const;

/** The target of an object: a HorizontalPodAutoscaler, or a KEDA ScaledObject, which targets a Deployment by default. */
export function scaleTargetOf(object: KubeObject): ScaleTarget | undefined {
  const target = (field: string) => textAt(object, 'spec', 'scaleTargetRef', field);
  const [apiVersion, kind, name] = ['apiVersion', 'kind', 'name'].map(target);
  const group = groupOf(object.apiVersion);
  if (group === 'autoscaling' && object.kind === 'HorizontalPodAutoscaler')
    return { group: groupOf(apiVersion ?? ''), kind: kind ?? '', name: name ?? '' };
  if (group !== 'keda.sh' || object.kind !== 'ScaledObject' || name === undefined) return undefined;
  return { group: groupOf(apiVersion ?? 'apps/v1'), kind: kind ?? 'Deployment', name };
}

/**
 * The minimum and maximum replicas of an autoscaler; `replicas` is the workload's initial number. A ScaledObject scales down to
 * zero by default, and up to 100 where no number is set: in that case only explicit values count.
 */
export function boundsOf(autoscaler: KubeObject, replicas: number): { readonly min: number; readonly max: number } {
  const number = (field: string): number | undefined => numberAt(autoscaler, 'spec', field);
  if (autoscaler.kind === 'ScaledObject')
    return {
      min: number('minReplicaCount') ?? 0,
      max: number('maxReplicaCount') ?? Math.max(replicas, number('minReplicaCount') ?? 0),
    };
  return { min: number('minReplicas') ?? 1, max: number('maxReplicas') ?? replicas };
}

/** Name of the HPA that a ScaledObject manages: KEDA creates it under this name, or takes it over on request. */
export function hpaOf(scaledObject: KubeObject): string {
  const own = at(scaledObject, 'spec', 'advanced', 'horizontalPodAutoscalerConfig', 'name');
  return typeof own === 'string' && own !== '' ? own : `keda-hpa-${scaledObject.metadata.name}`;
}

/** Whether a ScaledObject takes over an existing HPA. @see https://keda.sh/docs/latest/concepts/scaling-deployments/#transfer-ownership-of-an-existing-hpa */
export function takesOverHpa(scaledObject: KubeObject): boolean {
  return scaledObject.metadata.annotations?.[TRANSFER] === 'true';
}

/** Whether a ScaledObject manages an HPA that it took over. */
export function hasTakenOver(scaledObject: KubeObject, hpa: KubeObject): boolean {
  const sameNamespace = scaledObject.metadata.namespace === hpa.metadata.namespace;
  return (
    scaledObject.kind === 'ScaledObject' &&
    sameNamespace &&
    takesOverHpa(scaledObject) &&
    hpaOf(scaledObject) === hpa.metadata.name
  );
}

/** A ScaledObject that gives up the HPA it took over: KEDA continues with its own, and deletes the other. */
export function lettingGo(scaledObject: KubeObject): KubeObject {
  const { [TRANSFER]: _transfer, ...annotations } = scaledObject.metadata.annotations ?? {};
  const spec = fieldsAt(scaledObject, 'spec');
  const advanced = fieldsAt(spec, 'advanced');
  const { name: _name, ...config } = fieldsAt(advanced, 'horizontalPodAutoscalerConfig');
  return {
    ...scaledObject,
    metadata: { ...scaledObject.metadata, annotations },
    spec: { ...spec, advanced: { ...advanced, horizontalPodAutoscalerConfig: config } },
  };
}
