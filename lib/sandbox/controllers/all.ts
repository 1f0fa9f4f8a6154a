import { Deployments } from './deployment';
import { Jobs } from './job';
import type { Kit } from './kit';
import { Kubelet } from './kubelet';
import type { ScriptHook } from './pod-script';
import { ReplicaSets } from './replica-set';
import type { Controller } from './runtime';
import { Scheduler } from './scheduler';

/** All control loops of the sandbox. */
export function controllersOf(kit: Kit, script: ScriptHook | undefined): Controller[] {
  return [new Deployments(kit), new ReplicaSets(kit), new Jobs(kit), new Scheduler(kit), new Kubelet(kit, script)];
}
