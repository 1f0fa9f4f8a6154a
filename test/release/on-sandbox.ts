import type { KubeApi } from '../../lib/client';
import type { KubeObject } from '../../lib/kube/object';
import { asFiles, type Rehearsal, type ReleaseRun, rehearsal, type Watch } from '../../lib/rehearsal/rehearsal';
import { apply, type Engine, type ReleaseOptions } from '../../lib/release';

/** A namespace `team` on the sandbox, and releases into it. */
export interface Place {
  readonly here: Rehearsal;
  readonly engine: Engine;
  readonly api: KubeApi;
  /** Releases objects; `meddle` is called with every event, and awaited. */
  release(objects: readonly KubeObject[], options?: ReleaseOptions, meddle?: Watch): Promise<ReleaseRun>;
  /** An object of the namespace as it is now. */
  find(kind: string, name: string): KubeObject | undefined;
  /** Runs requests to their end. */
  run<T>(work: Promise<T>): Promise<T>;
}

export async function onSandbox(process = 'tester'): Promise<Place> {
  let wanted: readonly KubeObject[] = [];
  const here = rehearsal({ read: () => asFiles(wanted) });
  const engine = here.engine(process);
  await here.run(engine.api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } }));
  return {
    here,
    engine,
    api: engine.api,
    run: (work) => here.run(work),
    release: (objects, options = {}, meddle) => {
      wanted = objects;
      return here.runRelease(apply(engine, 'fraud', options), meddle);
    },
    find: (kind, name) =>
      here.sandbox.objects(VERSIONS[kind] ?? 'v1', kind, 'team').find(({ metadata }) => metadata.name === name),
  };
}

const VERSIONS: Readonly<Record<string, string>> = { Deployment: 'apps/v1', Job: 'batch/v1', Lease: 'coordination.k8s.io/v1' };

/** A ConfigMap of the release `fraud`. */
export function config(name: string, value: string, annotations: Readonly<Record<string, string>> = {}): KubeObject {
  const labels = { 'cdk8s-serving/release': 'fraud' };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'team', labels, annotations }, data: { value } };
}
