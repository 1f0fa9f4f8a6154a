import { Autoscalers } from './autoscaler';
import { DaemonSets } from './daemon-set';
import { Definitions } from './definitions';
import { Deployments } from './deployment';
import { Disruptions } from './disruption';
import { EndpointSlices } from './endpoints';
import { Garbage } from './garbage';
import { Jobs } from './job';
import type { Kit } from './kit';
import { Kubelet } from './kubelet';
import { Namespaces } from './namespace';
import type { PodBehaviorHook } from './pod-behavior';
import { Quotas } from './quota';
import { ReplicaSets } from './replica-set';
import type { Controller } from './runtime';
import { Scheduler } from './scheduler';
import { StatefulSets } from './stateful-set';
import { Volumes } from './volumes';

/** All control loops of the sandbox. */
export function controllersOf(kit: Kit, script: PodBehaviorHook | undefined): Controller[] {
  return [
    new Definitions(kit),
    new Namespaces(kit),
    new Garbage(kit),
    new Deployments(kit),
    new ReplicaSets(kit),
    new StatefulSets(kit),
    new DaemonSets(kit),
    new Jobs(kit),
    new Autoscalers(kit),
    new Disruptions(kit),
    new Volumes(kit),
    new EndpointSlices(kit),
    new Quotas(kit),
    new Scheduler(kit),
    new Kubelet(kit, script),
  ];
}
