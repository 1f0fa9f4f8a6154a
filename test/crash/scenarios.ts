import { named } from '../../lib/kube/address';
import { CANARY_COMMAND_ANNOTATION, CANDIDATE_LABEL, STRATEGY_ANNOTATION } from '../../lib/kube/contract';
import type { KubeObject } from '../../lib/kube/object';
import { asFiles } from '../../lib/rehearsal/rehearsal';
import {
  apply,
  type Engine,
  type ReleaseEvent,
  type ReleaseResult,
  rollback,
  type SourceFile,
  uninstall,
} from '../../lib/release';
import { sampleObjects } from '../harness/project';

export type Course = AsyncGenerator<ReleaseEvent, ReleaseResult, void>;

/** A thing that is done to a release, and what it starts from. */
export interface Scenario {
  readonly name: string;
  /** What is done before, undisturbed, by other processes. */
  readonly before: readonly ((engine: Engine) => Course)[];
  /** What is disturbed. */
  readonly act: (engine: Engine) => Course;
  /** What the next process does, until the state is the one that an undisturbed run leads to. @default the same */
  readonly next?: (engine: Engine) => Course;
  /** How the next process may end. */
  readonly ends: readonly ReleaseResult['outcome'][];
  /** Images that no pod may ever have run: those of a release that did not pass its gate. */
  readonly forbidden?: RegExp;
}

const STACK = 'fraud-model';

const ROUTE: KubeObject = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: {
    name: STACK,
    namespace: 'team-fraud-staging',
    labels: { 'cdk8s-serving/release': STACK },
    annotations: { 'cdk8s-serving/ready-when': '' },
  },
  spec: { parentRefs: [{ name: 'public' }], rules: [{ backendRefs: [{ name: STACK, port: 80 }] }] },
};

function annotated(object: KubeObject, strategy: unknown): KubeObject {
  const annotations = { ...object.metadata.annotations, [STRATEGY_ANNOTATION]: JSON.stringify(strategy) };
  return { ...object, metadata: { ...object.metadata, annotations } };
}
export const NAMESPACE = 'team-fraud-staging';
const name = { release: STACK, namespace: NAMESPACE };

/** Folders by their path: what the engine's host reads. */
const folders: Readonly<Record<string, readonly KubeObject[]>> = (() => {
  const version = (tag: string) => sampleObjects('staging', STACK, [`model.version=${tag}`]);
  const v1 = version('v1.0.0');
  const v2 = version('v2.0.0');
  // Two versions behind a route, which shifts traffic as a strategy says.
  const shifting = (name: string, strategy: unknown) => {
    const of = (tag: string) => [
      ...version(tag).map((object) =>
        object.kind === 'Deployment' && object.metadata.name === STACK ? annotated(object, strategy) : object,
      ),
      ...(name === 'pods' ? [] : [ROUTE]),
    ];
    return { [`${name} v1`]: of('v1.0.0'), [`${name} v2`]: of('v2.0.0') };
  };
  const text = (objects: readonly KubeObject[], from: string, to: string) =>
    JSON.parse(JSON.stringify(objects).replaceAll(from, to)) as readonly KubeObject[];
  return {
    v1,
    v2,
    other: version('v5.0.0'),
    bad: version('v3.0.0-bad'),
    broken: text(version('v4.0.0'), 'fraud-model:v4.0.0', 'fraud-model:missing'),
    ...shifting('canary', { type: 'canary', steps: [10, 100], hold: '2s' }),
    ...shifting('aborted', { type: 'canary', steps: [10, 100], hold: '10m' }),
    ...shifting('shadow', { type: 'shadow', percent: 50, hold: '2s' }),
    ...shifting('pods', { type: 'canary', steps: [50], hold: '2s' }),
    pruned: v1.filter(({ kind }) => kind !== 'Ingress' && kind !== 'PodDisruptionBudget'),
    // A selector cannot be changed, so the Deployment has to be replaced.
    replaced: v1.map(
      (object) =>
        (object.kind === 'Deployment'
          ? JSON.parse(
              JSON.stringify(object).replaceAll('"app.kubernetes.io/name":"fraud-model"', '"app.kubernetes.io/name":"fraud"'),
            )
          : object) as KubeObject,
    ),
  };
})();

/** What `engine.host.read` finds in a rehearsal of these scenarios. */
export const read = (path: string): readonly SourceFile[] => asFiles(folders[path] ?? []);

/** What a gate's validator reports: the bad model's numbers are bad. */
export const report = (pod: unknown): string | undefined => {
  const text = JSON.stringify(pod);
  if (!text.includes('"app.kubernetes.io/component":"gate"')) return undefined;
  return JSON.stringify({ v: 1, metrics: { auc: text.includes('v3.0.0-bad') ? 0.8 : 0.94, latencyP99Ms: 118 }, samples: 1000 });
};

/** Longer than a dead process's lock lives. */
const waitMs = 120_000;
const release =
  (folder: string, options: { readonly allowReplace?: boolean } = {}) =>
  (engine: Engine) =>
    apply(engine, folder, { createNamespace: true, ignoreMissing: true, waitMs, ...options });

async function abort({ api }: Engine): Promise<void> {
  const selector = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: NAMESPACE, labelSelector: CANDIDATE_LABEL };
  const { items } = await api.list(selector);
  for (const item of items) await api.merge(named(item), { metadata: { annotations: { [CANARY_COMMAND_ANNOTATION]: 'abort' } } });
}

/** A release whose candidate a person aborts at its first step. */
function aborted(act: (engine: Engine) => Course): (engine: Engine) => Course {
  return async function* (engine) {
    const course = act(engine);
    for (let step = await course.next(); ; step = await course.next()) {
      if (step.done === true) return step.value;
      yield step.value;
      if (step.value.type !== 'canary-step') continue;
      // A person whose request is lost asks again.
      const ask = () => abort(engine);
      await ask()
        .catch(ask)
        .catch(() => undefined);
    }
  };
}

/** What another process releases while the first one stands still. */
export const overtake = release('other', { allowReplace: true });

export const SCENARIOS: readonly Scenario[] = [
  { name: 'install', before: [], act: release('v1'), ends: ['succeeded', 'unchanged'] },
  { name: 'upgrade', before: [release('v1')], act: release('v2'), ends: ['succeeded', 'unchanged'] },
  { name: 'no-op', before: [release('v1')], act: release('v1'), ends: ['unchanged', 'succeeded'] },
  { name: 'failing gate', before: [release('v1')], act: release('bad'), ends: ['rejected'], forbidden: /v3\.0\.0-bad/ },
  { name: 'failing rollout', before: [release('v1')], act: release('broken'), ends: ['rolled-back'] },
  {
    name: 'rollback',
    before: [release('v1'), release('v2')],
    act: (engine) => rollback(engine, name, { to: 1, waitMs, ignoreMissing: true }),
    ends: ['succeeded', 'unchanged'],
  },
  {
    name: 'uninstall',
    before: [release('v1')],
    act: (engine) => uninstall(engine, name, { waitMs }),
    ends: ['succeeded', 'unchanged', 'refused'],
  },
  { name: 'canary', before: [release('canary v1')], act: release('canary v2'), ends: ['succeeded', 'unchanged'] },
  { name: 'canary by pods', before: [release('pods v1')], act: release('pods v2'), ends: ['succeeded', 'unchanged'] },
  { name: 'shadow', before: [release('shadow v1')], act: release('shadow v2'), ends: ['succeeded', 'unchanged'] },
  {
    name: 'aborted canary',
    before: [release('aborted v1')],
    act: aborted(release('aborted v2')),
    ends: ['rolled-back'],
  },
  { name: 'prune', before: [release('v1')], act: release('pruned'), ends: ['succeeded', 'unchanged'] },
  {
    name: 'replace',
    before: [release('v1')],
    act: release('replaced', { allowReplace: true }),
    ends: ['succeeded', 'unchanged'],
  },
];
