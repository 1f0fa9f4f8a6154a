import { Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { SecretLike } from '../kube/named';
import type { NodePool } from '../kube/nodes';
import type { OwnLabels } from '../kube/reserved';

/** What holds for every component of a stack. */
export interface StackSettings {
  /** The release: the value of `app.kubernetes.io/instance`, and the first part of names. */
  readonly release: string;
  /** Namespace of all objects. @default - the chart's */
  readonly namespace?: string;
  /**
   * - `clean`: the release's name, then the component's, and only once where they are equal
   * - `helm-compat`: always both, as Helm's `fullname` helper has it, to take over a running release
   * @default 'clean'
   */
  readonly naming?: 'clean' | 'helm-compat';
  /** Registry that every image comes from, the ones of gates and sidecars too. @default - as each image says */
  readonly imageRegistry?: string;
  /** Secrets to pull images with. @default - none */
  readonly imagePullSecrets?: readonly SecretLike[];
  /** Labels of every object. @default - none */
  readonly labels?: OwnLabels;
  /** `external` when the cluster has a metrics adapter that this app does not install. @default - the app installs one, or needs none */
  readonly customMetrics?: 'external';
  /** Namespace of the ingress controller, which may call what has an Ingress. @default 'ingress-nginx' */
  readonly ingressNamespace?: string;
  /** Namespace of Prometheus, which may scrape. @default 'monitoring' */
  readonly monitoringNamespace?: string;
  /** Oldest Kubernetes minor version that has to accept the manifests. @default '1.30' */
  readonly kubernetesVersion?: `1.${number}`;
  /** What others install and this stack's own settings name: hosts (`redis-svc`) and objects (`ConfigMap/flags`). @default - none */
  readonly external?: readonly string[];
  /** The cluster's nodes, as far as they are known. @default - not checked */
  readonly nodes?: readonly NodePool[];
}

const SETTINGS = Symbol.for('cdk8s-serving.StackSettings');

/** Marks a construct as the one whose settings hold for everything below it. */
export function provideSettings(construct: IConstruct, settings: StackSettings): void {
  Object.defineProperty(construct, SETTINGS, { value: settings });
}

/** Whether a construct is a stack that provides settings. */
export function hasSettings(construct: IConstruct): boolean {
  return SETTINGS in construct;
}

/**
 * The settings of the nearest stack around a construct, or of a plain chart: its namespace, and its id as the release.
 * Looked up by symbol, because two copies of this package in one app are common.
 */
export function settingsOf(construct: IConstruct): StackSettings {
  for (const scope of [...construct.node.scopes].reverse()) {
    if (SETTINGS in scope) return scope[SETTINGS] as StackSettings;
  }
  const { namespace, node } = Chart.of(construct);
  return { release: dnsLabel(node.id), ...(namespace === undefined ? {} : { namespace }) };
}

/** A chart's id as a name: ids may have capitals and underscores. */
function dnsLabel(id: string): string {
  const label = id.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return label.replace(/^-+|-+$/g, '') || 'release';
}
