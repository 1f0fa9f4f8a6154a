import { GATE_ANNOTATION, GATE_SUPPORT_ANNOTATION } from '../../lib/kube/contract';
import type { KubeObject } from '../../lib/kube/object';
import { sampleObjects } from '../harness/project';
import { folder } from '../release/manifests';

/** Where the sample stack is, and what its objects are called. */
export const NAMESPACE = 'team-fraud';
export const RELEASE = 'team-fraud-stack';
export const SERVER = `${RELEASE}-fraud-model`;
/** What an ingress controller would send requests to. */
export const TARGET = `http://${SERVER}.${NAMESPACE}/predict`;

const small = (part: string) => [`${part}.resources.requests.cpu=50m`, `${part}.resources.requests.memory=256Mi`];

/** So much smaller than the chart's values that new pods fit beside the old ones on a node with two cores; and an Ingress. */
const SETTINGS = [
  ...['server', 'featureProxy', 'preprocessor', 'queue'].flatMap(small),
  'gate.resources.requests.cpu=50m',
  'gate.resources.requests.memory=256Mi',
  'gate.resources.limits.cpu=1',
  'gate.resources.limits.memory=1Gi',
  'ingress.host=fraud.example.com',
];

/** The objects of the sample stack with some settings of its config. */
export function stackObjects(...settings: readonly string[]): readonly KubeObject[] {
  return sampleObjects('dev', 'ml-serving-stack', [...SETTINGS, ...settings]);
}

/** A folder of them. */
export function stackFolder(...settings: readonly string[]): string {
  return folder(stackObjects(...settings));
}

/** The same without the gate and what is there for it. */
export function ungatedFolder(...settings: readonly string[]): string {
  const annotated = (object: KubeObject) => object.metadata.annotations ?? {};
  return folder(
    stackObjects(...settings).filter(
      (object) => !(GATE_ANNOTATION in annotated(object) || GATE_SUPPORT_ANNOTATION in annotated(object)),
    ),
  );
}

/** The same whose pods stop at once when they are told to: without what the constructs render as `preStop`. */
export function hastyFolder(...settings: readonly string[]): string {
  const text = JSON.stringify(stackObjects(...settings), (field, value) => (field === 'lifecycle' ? undefined : value));
  return folder(JSON.parse(text) as readonly KubeObject[]);
}
