import { objAt, objsAt, textsAt } from '../../api-schema/json';
import { numberAt, type Obj, textOrEmpty } from '../../kube/fields';
import { type Change, keyOf } from '../core/store';
import { BySelector } from './by-label';
import { controllerReference, isDeleting, type Kit } from './kit';
import { hasEnded, isReady } from './pods';
import type { Controller } from './runtime';

/** Maintains the EndpointSlice of every Service with a selector; gives load balancers their address. */
export class EndpointSlices implements Controller {
  private readonly kit: Kit;
  private readonly selectors = new BySelector();

  constructor(kit: Kit) {
    this.kit = kit;
  }

  *keysOf({ kind, object, type, previous }: Change): Iterable<string> {
    if (kind.kind === 'Service') {
      if (previous !== undefined) this.selectors.drop(keyOf(previous), namespaceOf(previous), selectorOf(previous));
      if (type === 'DELETED') return;
      this.selectors.put(keyOf(object), namespaceOf(object), selectorOf(object));
      yield keyOf(object);
    }
    if (kind.kind === 'Pod') yield* this.selectors.matching(namespaceOf(object), textsAt(object, 'metadata', 'labels'));
  }

  reconcile(key: string): undefined {
    const { kit } = this;
    const service = kit.get(kit.kind('v1', 'Service'), key);
    if (service === undefined || isDeleting(service) || Object.keys(objAt(service, 'spec', 'selector')).length === 0) return;
    if (textOrEmpty(service, 'spec', 'type') === 'LoadBalancer')
      kit.status(kit.kind('v1', 'Service'), service, { loadBalancer: { ingress: [{ ip: '203.0.113.10', ipMode: 'VIP' }] } });
    const namespace = textOrEmpty(service, 'metadata', 'namespace');
    const pods = kit.pods.matching(namespace, selectorOf(service));
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

const namespaceOf = (object: Obj): string => textOrEmpty(object, 'metadata', 'namespace');

/** Converts a Service's selector to the common form; without labels it selects nothing. */
function selectorOf(service: Obj): Obj | undefined {
  const matchLabels = objAt(service, 'spec', 'selector');
  return Object.keys(matchLabels).length === 0 ? undefined : { matchLabels };
}

/** Resolves a target port to its number. */
function portOf(port: Obj, pod: Obj | undefined): number {
  const target = port.targetPort;
  if (typeof target === 'number') return target;
  const named = objsAt(pod, 'spec', 'containers')
    .flatMap((container) => objsAt(container, 'ports'))
    .find((candidate) => candidate.name === target);
  return numberAt(named, 'containerPort') ?? numberAt(port, 'port') ?? 0;
}
