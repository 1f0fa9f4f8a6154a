import { STRATEGY_ANNOTATION } from '../../../lib/kube/contract';
import type { KubeObject } from '../../../lib/kube/object';
import type { MetricsSource, Sample } from '../../../lib/metrics/source';
import { asFiles, type Rehearsal, type ReleaseRun, rehearsal } from '../../../lib/rehearsal/rehearsal';
import { openDefinition } from '../../../lib/rehearsal/traffic';
import { apply, type Engine, type ReleaseEvent, type ReleaseOptions } from '../../../lib/release';
import type { PodBehavior } from '../../../lib/sandbox';
import { stack } from '../manifests';

export const NAMESPACE = 'team';

export const route = (): KubeObject => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'fraud', namespace: NAMESPACE, annotations: { 'cdk8s-serving/ready-when': '' } },
  spec: {
    parentRefs: [{ name: 'public' }],
    rules: [{ matches: [{ path: { type: 'PathPrefix', value: '/' } }], backendRefs: [{ name: 'fraud', port: 80 }] }],
  },
});

/** The small stack with a strategy. */
export function withStrategy(
  strategy: unknown,
  version: string,
  more: readonly KubeObject[] = [],
  replicas = 4,
): readonly KubeObject[] {
  return stack({ namespace: NAMESPACE, version, replicas, more }).map((object) =>
    object.kind !== 'Deployment'
      ? object
      : {
          ...object,
          metadata: {
            ...object.metadata,
            annotations: { ...object.metadata.annotations, [STRATEGY_ANNOTATION]: JSON.stringify(strategy) },
          },
        },
  );
}

/** What queries respond, by a part of the query and the version that the pods belong to. */
export type Script = (query: string, side: 'candidate' | 'stable') => readonly Sample[] | number;

export const scripted = (script: Script): MetricsSource => ({
  query: async (promql) => {
    const found = script(promql, promql.includes('-canary-') ? 'candidate' : 'stable');
    return typeof found === 'number' ? [{ labels: {}, value: found }] : found;
  },
});

export interface Stage {
  readonly here: Rehearsal;
  engine(process?: string): Engine;
  /** The version that serves before. */
  start(objects: readonly KubeObject[]): Promise<void>;
  release(objects: readonly KubeObject[], options?: ReleaseOptions, watch?: (event: ReleaseEvent) => void): Promise<ReleaseRun>;
  objects(kind: string): readonly KubeObject[];
}

/** A sandbox with the namespace and the definition of routes. */
export async function stage(script?: Script, pods?: (pod: unknown) => Partial<PodBehavior> | undefined): Promise<Stage> {
  const folders = new Map<string, readonly KubeObject[]>();
  const here = rehearsal({
    read: (path) => asFiles(folders.get(path) ?? []),
    ...(pods === undefined ? {} : { podBehavior: pods }),
  });
  const engine = (process = 'process-1'): Engine => ({
    ...here.engine(process),
    ...(script === undefined ? {} : { metrics: () => scripted(script) }),
  });
  const { api } = engine('admin');
  await here.run(api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }));
  await here.run(api.create(openDefinition(route())));
  await here.run(here.sandbox.clock.sleep(1_000));
  let count = 0;
  return {
    here,
    engine,
    start: async (objects) => {
      const path = `release-${count++}`;
      folders.set(path, objects);
      const { result } = await here.runRelease(apply(engine(`process-${count}`), path));
      if (result.outcome !== 'succeeded') throw new Error(JSON.stringify(result.problems));
    },
    release: async (objects, options = {}, watch) => {
      const path = `release-${count++}`;
      folders.set(path, objects);
      return here.runRelease(apply(engine(`process-${count}`), path, options), watch);
    },
    objects: (kind) => {
      const apiVersion = kind === 'HTTPRoute' ? 'gateway.networking.k8s.io/v1' : kind === 'Deployment' ? 'apps/v1' : 'v1';
      return here.sandbox.objects(apiVersion, kind, NAMESPACE);
    },
  };
}
