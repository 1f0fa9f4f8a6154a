import { Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { SecretLike } from '../kube/named';
import type { NodePool } from '../kube/nodes';
import type { OwnLabels } from '../kube/reserved';

/** Settings for every component in a stack. */
export interface StackSettings {
  /** Name of the release: the value of `app.kubernetes.io/instance`, and the first part of names. */
  readonly release: string;
  /** Namespace of all objects. @default - the chart's */
  readonly namespace?: string;
  /**
   * - `clean`: the release's name, then the component's, or just one of them if they are equal
   * - `helm-compat`: always both, like Helm's `fullname` helper, to take over a running release
   * @default 'clean'
   */
  readonly naming?: 'clean' | 'helm-compat';
  /** Registry of every image, including those of gates and sidecars. @default - each image's own */
  readonly imageRegistry?: string;
  /** Image pull secrets. @default - none */
  readonly imagePullSecrets?: readonly SecretLike[];
  /** Labels of every object. @default - none */
  readonly labels?: OwnLabels;
  /**
   * `external` if the cluster has a metrics adapter that this app does not install.
   * @default - the app installs one, or needs none
   */
  readonly customMetrics?: 'external';
  /** Namespace of the ingress controller, which may call components with an Ingress. @default 'ingress-nginx' */
  readonly ingressNamespace?: string;
  /** Namespace of Prometheus, which may scrape. @default 'monitoring' */
  readonly monitoringNamespace?: string;
  /** Oldest Kubernetes minor version that must accept the manifests. @default '1.30' */
  readonly kubernetesVersion?: `1.${number}`;
  /** Externally installed hosts (`redis-svc`) and objects (`ConfigMap/flags`) that this stack refers to. @default - none */
  readonly external?: readonly string[];
  /** The cluster's nodes, where known. @default - not checked */
  readonly nodes?: readonly NodePool[];
}

const SETTINGS = Symbol.for('cdk8s-serving.StackSettings');

/** Makes the settings of a construct apply to everything below it. */
export function provideSettings(construct: IConstruct, settings: StackSettings): void {
  Object.defineProperty(construct, SETTINGS, { value: settings });
}

/** Whether a construct is a stack that provides settings. */
export function hasSettings(construct: IConstruct): boolean {
  return SETTINGS in construct;
}

/**
 * Settings of the nearest enclosing stack; for a plain chart: its namespace, with its id as the release.
 * Looked up by symbol, because two copies of this package in one app are common.
 */
export function settingsOf(construct: IConstruct): StackSettings {
  for (const scope of [...construct.node.scopes].reverse()) {
    if (SETTINGS in scope) return scope[SETTINGS] as StackSettings;
  }
  const { namespace, node } = Chart.of(construct);
  return { release: dnsLabel(node.id), ...(namespace === undefined ? {} : { namespace }) };
}

/** Turns a chart's id into a DNS label: ids may contain capitals and underscores. */
function dnsLabel(id: string): string {
  const label = id.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return label.replace(/^-+|-+$/g, '') || 'release';
}
