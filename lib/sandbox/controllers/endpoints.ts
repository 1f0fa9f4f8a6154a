import { objAt, objsAt, textsAt } from '../../api-schema/json';
import { matchSelector } from '../../api-schema/selectors';
import { numberAt, type Obj, textOrEmpty } from '../../kube/fields';
import { type Change, keyOf } from '../core/store';
import { controllerReference, isDeleting, type Kit } from './kit';
import { hasEnded, isReady } from './pods';
import type { Controller } from './runtime';

/** Keeps the EndpointSlice of every Service that selects pods; gives load balancers their address. */
export class EndpointSlices implements Controller {
  private readonly kit: Kit;

  constructor(kit: Kit) {
    this.kit = kit;
  }

  *keysOf({ kind, object, type }: Change): Iterable<string> {
    if (kind.kind === 'Service' && type !== 'DELETED') yield keyOf(object);
    if (kind.kind !== 'Pod') return;
    const labels = textsAt(object, 'metadata', 'labels');
    for (const service of this.kit.all(this.kit.kind('v1', 'Service'), textOrEmpty(object, 'metadata', 'namespace'))) {
      if (selects(service, labels)) yield keyOf(service);
    }
  }

  reconcile(key: string): undefined {
    const { kit } = this;
    const service = kit.get(kit.kind('v1', 'Service'), key);
    if (service === undefined || isDeleting(service) || Object.keys(objAt(service, 'spec', 'selector')).length === 0) return;
    if (textOrEmpty(service, 'spec', 'type') === 'LoadBalancer')
      kit.status(kit.kind('v1', 'Service'), service, { loadBalancer: { ingress: [{ ip: '203.0.113.10', ipMode: 'VIP' }] } });
    const namespace = textOrEmpty(service, 'metadata', 'namespace');
    const pods = kit.all(kit.kind('v1', 'Pod'), namespace).filter((pod) => selects(service, textsAt(pod, 'metadata', 'labels')));
    const addressed = pods.filter((pod) => textOrEmpty(pod, 'status', 'podIP') !== '' && !hasEnded(pod));
    const always = objAt(service, 'spec').publishNotReadyAddresses === true;
    const endpoints = addressed.map((pod): Obj => {
      const { name, uid } = objAt(pod, 'metadata');
      const serving = isReady(pod);
      const conditions = { ready: always || (serving && !isDeleting(pod)), serving, terminating: isDeleting(pod) };
      return {
        addresses: [textOrEmpty(pod, 'status', 'podIP')],
        conditions,
        targetRef: { kind: 'Pod', namespace, name, uid },
        nodeName: textOrEmpty(pod, 'spec', 'nodeName'),
      };
    });
    const ports = objsAt(service, 'spec', 'ports').map(
      (port): Obj => ({
        name: textOrEmpty(port, 'name'),
        protocol: textOrEmpty(port, 'protocol'),
        port: portOf(port, addressed[0]),
      }),
    );
    this.write(service, endpoints, ports);
  }

  private write(service: Obj, endpoints: Obj[], ports: Obj[]): void {
    const { kit } = this;
    const kind = kit.kind('discovery.k8s.io/v1', 'EndpointSlice');
    const name = textOrEmpty(service, 'metadata', 'name');
    const existing = kit.owned(service, 'EndpointSlice')[0];
    const body = { addressType: 'IPv4', endpoints, ports };
    if (existing !== undefined) {
      kit.update(kind, existing, { ...existing, ...body });
      return;
    }
    const labels = {
      'kubernetes.io/service-name': name,
      'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
    };
    const metadata = {
      generateName: `${name}-`,
      namespace: textOrEmpty(service, 'metadata', 'namespace'),
      labels,
      ownerReferences: [controllerReference(service)],
    };
    kit.create(kind, { metadata, ...body });
  }
}

function selects(service: Obj, labels: Readonly<Record<string, string>>): boolean {
  const wanted = textsAt(service, 'spec', 'selector');
  return Object.keys(wanted).length > 0 && matchSelector({ matchLabels: wanted })(labels);
}

/** The number behind a target port, by name if it has one. */
function portOf(port: Obj, pod: Obj | undefined): number {
  const target = port.targetPort;
  if (typeof target === 'number') return target;
  const named = objsAt(pod, 'spec', 'containers')
    .flatMap((container) => objsAt(container, 'ports'))
    .find((candidate) => candidate.name === target);
  return numberAt(named, 'containerPort') ?? numberAt(port, 'port') ?? 0;
}
