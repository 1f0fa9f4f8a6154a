import { CANDIDATE_LABEL, CANDIDATE_OF_ANNOTATION, POD_OF_LABEL, RELEASE_LABEL, STRATEGY_ANNOTATION } from '../kube/contract';
import { asTexts, type Fields, fieldsAt, isFields } from '../kube/fields';
import { joinName } from '../kube/names';
import { displayName, groupOf, type KubeObject } from '../kube/object';
import { copiedFor, renamedReferences } from '../kube/renamed-references';
import { matchesSelector, selectingKeys } from '../kube/selector';
import type { CanaryPlan, PlannedChange } from './plan';

/** The new version of a workload next to the stable one, with its supporting objects. All exist only during the release. */
export interface Candidate {
  /** Name of its Deployment, and of the Service next to the stable one. */
  readonly name: string;
  /** Supporting objects, in order of creation. */
  readonly support: readonly KubeObject[];
  /** Its Deployment, with the number of pods for the first step. */
  readonly deployment: KubeObject;
  /** Candidate Services by the name of the stable Service. */
  readonly services: ReadonlyMap<string, string>;
}

/** Kinds that select pods by labels, with their selector's path. A candidate gets copies where its own labels do not match. */
const FINDERS: Readonly<Record<string, string>> = {
  'networking.k8s.io/NetworkPolicy': 'podSelector',
  'monitoring.coreos.com/PodMonitor': 'selector',
};

/**
 * The candidate of a canary. Behind a route it has its own Services, and labels that no stable Service or workload selects; where
 * the share depends on pods it also has the stable labels, so that the stable Service selects it.
 * @param id id of this candidate, in this release run
 */
export function candidateOf(canary: CanaryPlan, planned: readonly PlannedChange[], id: string): Candidate {
  const workload = planned.find(({ manifest }) => manifest !== undefined && displayName(manifest) === canary.workload)?.manifest;
  if (workload === undefined) throw new Error(`a canary of a workload that is not planned: ${canary.workload}`);
  const suffix = `canary-${id.slice(-8)}`;
  const named = (name: string) => joinName(name, suffix);
  const { namespace = '' } = workload.metadata;
  const there = planned.flatMap(({ manifest, live, action }) =>
    action === 'delete' || action === 'orphan' ? [] : (manifest ?? live ?? []),
  );
  const own = { [CANDIDATE_LABEL]: id };
  const stableLabels = fieldsAt(workload, 'spec', 'template', 'metadata', 'labels');
  const labels = asTexts({ ...(canary.split === 'replicas' ? stableLabels : unselected(stableLabels, there)), ...own });

  const copied = copiedFor(planned).flatMap(({ manifest }) => manifest ?? []);
  const originals = new Map(copied.map((object) => [displayName(object), object]));
  const used = new Set<KubeObject>();
  const spec = renamedReferences(fieldsAt(workload, 'spec', 'template', 'spec'), (kind, name) => {
    const original = typeof name === 'string' ? originals.get(`${kind}/${name}`) : undefined;
    if (original === undefined) return name;
    used.add(original);
    return named(original.metadata.name);
  });
  const copy = (object: KubeObject, change: Fields = {}): KubeObject => {
    const { name, labels: kept = {}, annotations } = object.metadata;
    const { [RELEASE_LABEL]: _release, ...others } = kept;
    return {
      ...object,
      ...change,
      metadata: { name: named(name), namespace, labels: others, ...(annotations === undefined ? {} : { annotations }) },
    };
  };
  const services =
    canary.split === 'route'
      ? there.filter(
          ({ kind, metadata }) =>
            kind === 'Service' && metadata.namespace === namespace && canary.services.includes(metadata.name),
        )
      : [];
  const finders =
    canary.split === 'replicas'
      ? []
      : there.filter((object) => finds(object, namespace, stableLabels) && !finds(object, namespace, labels));
  return {
    name: named(workload.metadata.name),
    services: new Map(services.map(({ metadata }) => [metadata.name, named(metadata.name)])),
    support: [
      ...[...used].map((object) => copy(object)),
      ...services.map((service) => copy(service, { spec: { ...portsOf(service), selector: own } })),
      ...finders.map((object) =>
        copy(object, { spec: { ...fieldsAt(object, 'spec'), [fieldOf(object)]: { matchLabels: own } } }),
      ),
    ],
    deployment: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: named(workload.metadata.name), namespace, labels: own, annotations: annotationsOf(workload) },
      spec: {
        ...fieldsAt(workload, 'spec'),
        replicas: canary.steps[0]?.replicas ?? 1,
        selector: { matchLabels: own },
        template: { metadata: { ...fieldsAt(workload, 'spec', 'template', 'metadata'), labels }, spec },
      },
    },
  };
}

/** Labels that no Service and no workload of the release selects. NetworkPolicies may. */
function unselected(labels: Fields, there: readonly KubeObject[]): Fields {
  const keys = selectingKeys(there, labels);
  return Object.fromEntries(Object.entries(labels).filter(([key]) => key === POD_OF_LABEL || !keys.has(key)));
}

function fieldOf({ apiVersion, kind }: KubeObject): string {
  return FINDERS[`${groupOf(apiVersion)}/${kind}`] ?? '';
}

function finds(object: KubeObject, namespace: string, labels: Fields): boolean {
  const field = fieldOf(object);
  return field !== '' && object.metadata.namespace === namespace && matchesSelector(labels, fieldsAt(object, 'spec', field));
}

/** The fields of a Service that do not belong to its address. */
function portsOf(service: KubeObject): Fields {
  const { ports, sessionAffinity, publishNotReadyAddresses } = fieldsAt(service, 'spec');
  const bare = (Array.isArray(ports) ? ports : []).filter(isFields).map(({ nodePort: _node, ...port }) => port);
  return Object.fromEntries(
    Object.entries({ ports: bare, sessionAffinity, publishNotReadyAddresses }).filter(([, value]) => value !== undefined),
  );
}

function annotationsOf(workload: KubeObject): Readonly<Record<string, string>> {
  const { [STRATEGY_ANNOTATION]: _strategy, ...others } = workload.metadata.annotations ?? {};
  return { ...others, [CANDIDATE_OF_ANNOTATION]: workload.metadata.name };
}
