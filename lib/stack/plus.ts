import { App, Chart } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import { isFields } from '../kube/fields';
import type { Peer } from '../kube/network-policy';
import { type CpuQuantity, parseQuantity } from '../kube/quantity';

/** cdk8s-plus takes 150 ms to load, so it is loaded only on demand. */
export function plus(): typeof kplus {
  return require('cdk8s-plus-28') as typeof kplus;
}

/** A cdk8s-plus selector renders itself with a method that its declarations omit. */
interface Rendered {
  _toKube(): { readonly matchLabels?: Record<string, string> };
}

const isRendered = (value: unknown): value is Rendered =>
  typeof value === 'object' && value !== null && '_toKube' in value && typeof value._toKube === 'function';

const selectorOf = (value: unknown): { readonly matchLabels?: Record<string, string> } => {
  const selector = isRendered(value) ? value._toKube() : {};
  return Object.fromEntries(Object.entries(selector).filter(([, part]) => part !== undefined));
};

/** Whether a peer is a cdk8s-plus peer. */
export function isPlusPeer(peer: unknown): peer is kplus.INetworkPolicyPeer {
  return typeof peer === 'object' && peer !== null && 'toNetworkPolicyPeerConfig' in peer;
}

/** Converts a cdk8s-plus peer into NetworkPolicy peers: one per namespace that it names. */
export function peersOf(peer: kplus.INetworkPolicyPeer): readonly Peer[] {
  const { ipBlock, podSelector } = peer.toNetworkPolicyPeerConfig();
  if (ipBlock !== undefined) {
    const block = isRendered(ipBlock) ? ipBlock._toKube() : {};
    return isFields(block) && typeof block.cidr === 'string'
      ? [{ selector: { ipBlock: { cidr: block.cidr, ...(Array.isArray(block.except) ? { except: block.except } : {}) } } }]
      : [];
  }
  if (podSelector === undefined) return [];
  const pods = { podSelector: selectorOf(podSelector.labelSelector) };
  const { namespaces } = podSelector;
  if (namespaces === undefined) return [{ selector: pods }];
  const labels = selectorOf(namespaces.labelSelector);
  if (namespaces.names === undefined) return [{ selector: { ...pods, namespaceSelector: labels } }];
  return namespaces.names.map((name) => ({
    selector: {
      ...pods,
      namespaceSelector: { ...labels, matchLabels: { ...labels.matchLabels, 'kubernetes.io/metadata.name': name } },
    },
  }));
}

/** A Deployment as the target of a cdk8s-plus autoscaler. */
export function scalingTarget(name: string, image: string, cpu: CpuQuantity, replicas?: number): kplus.ScalingTarget {
  const { Container, Cpu } = plus();
  const request = Cpu.millis(Math.round((parseQuantity(cpu) ?? 0) * 1000));
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name,
    containers: [new Container({ image, resources: { cpu: { request } } })],
    ...(replicas === undefined ? {} : { replicas }),
  };
}

/** A Service as the backend of a cdk8s-plus Ingress. */
export function ingressBackend(name: string, port: number): kplus.IngressBackend {
  const { IngressBackend, Service } = plus();
  // The backend needs a cdk8s-plus Service, but reads only its name and ports: this one is never rendered.
  const service = new Service(new Chart(new App(), 'unrendered'), 'service', { metadata: { name }, ports: [{ port }] });
  return IngressBackend.fromService(service);
}
