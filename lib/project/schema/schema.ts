import * as v from 'valibot';
import { GATE_PHASES } from '../../kube/contract';
import type { DurationText } from '../../kube/duration';
import * as forms from '../../kube/forms';
import type { DatasetUri, HttpUrl } from '../../kube/host';
import type { PinnedImage, PinnedTag } from '../../kube/image';
import type { CpuQuantity, MemoryQuantity } from '../../kube/quantity';
import { isReservedLabel } from '../../kube/reserved';

/**
 * Building blocks of a stack's config. A stack's own schema is `v.strictObject({ ...stack, … })`, and its type is
 * `Config<typeof schema>`: types, `--set`, layers and checks all derive from that one definition.
 */

/** An optional field. An explicit `undefined` counts as omitted. */
const optional = v.exactOptional;

/** A string with the same form and type as in props. */
const of = <T extends string>({ fits, expected }: forms.Form) => v.custom<T>(fits, expected);
const text = (form: forms.Form) =>
  v.pipe(
    v.string(form.expected),
    v.check((value) => form.fits(value), form.expected),
  );

/** A DNS label. */
export const dnsLabel = text(forms.dnsLabel);

/** A host name without a scheme. */
export const host = text(forms.host);

/** An http or https URL. */
export const httpUrl = of<HttpUrl>(forms.httpUrl);

/** A tag with a version; `latest` is refused. */
export const pinnedTag = of<PinnedTag>(forms.pinnedTag);

/** An image with a version. */
export const imageRef = of<PinnedImage>(forms.pinnedImage);

/** An image without its tag. */
export const repository = text(forms.repository);

/** CPU in cores or millicores. */
export const cpu = of<CpuQuantity>(forms.cpu);

/** Bytes with a unit. */
export const memory = of<MemoryQuantity>(forms.memory);

/** Seconds, minutes or hours. */
export const duration = of<DurationText>(forms.duration);

const number = ({ fits, expected }: forms.Form) =>
  v.pipe(
    v.number(expected),
    v.check((value) => fits(value), expected),
  );

/** An integer within bounds. */
export const count = (min: number, max = 10_000) => number(forms.count(min, max));

/** A fraction from 0 to 1. */
export const fraction = number(forms.fraction);

/** A reference to a Secret's key; the secret itself cannot be written here. */
export const secretRef = v.strictObject({ secret: text(forms.objectName), key: optional(text(forms.dataKey)) });

const amounts = { cpu: optional(cpu), memory, ephemeralStorage: optional(memory) };

/** Resource requests and limits of a container. */
export const resources = v.strictObject({
  requests: v.strictObject({ ...amounts, cpu }),
  limits: v.strictObject(amounts),
  extended: optional(v.record(text(forms.extendedResource), v.union([count(1), memory]))),
});

/** A fixed number of pods, or autoscaling; never both. */
export const scaling = v.union([
  v.strictObject({ replicas: count(0), autoscaling: optional(v.never()) }),
  v.strictObject({
    replicas: optional(v.never()),
    autoscaling: v.union([
      v.strictObject({ min: count(1), max: count(1), cpu: count(1, 1000), metric: optional(v.never()) }),
      v.strictObject({
        min: count(1),
        max: count(1),
        cpu: optional(v.never()),
        metric: v.strictObject({ name: v.string(), target: v.pipe(v.number(), v.gtValue(0, 'more than 0')) }),
      }),
    ]),
  }),
]);

const labels = v.record(text(forms.qualifiedName), text(forms.labelText));
const ownLabels = v.record(
  v.pipe(
    text(forms.qualifiedName),
    v.check((key) => !isReservedLabel(key), 'a label that the library does not set itself'),
  ),
  text(forms.labelText),
);

const tolerated = {
  effect: optional(v.picklist(['NoSchedule', 'PreferNoSchedule', 'NoExecute'])),
  tolerationSeconds: optional(count(0)),
};
const toleration = v.union([
  v.strictObject({ key: optional(text(forms.qualifiedName)), operator: v.literal('Exists'), ...tolerated }),
  v.strictObject({
    key: text(forms.qualifiedName),
    operator: optional(v.literal('Equal')),
    value: optional(v.string()),
    ...tolerated,
  }),
]);

/** Where pods may run. */
export const placement = v.strictObject({
  nodeSelector: optional(labels),
  tolerations: optional(v.array(toleration)),
  spread: optional(v.picklist(['soft', 'strict', 'none'])),
  priorityClassName: optional(text(forms.objectName)),
  runtimeClassName: optional(text(forms.objectName)),
  schedulerName: optional(text(forms.objectName)),
});

/** GPUs per pod. */
export const gpu = v.strictObject({
  count: count(1, 64),
  resource: optional(v.string()),
  product: optional(v.string()),
  weights: optional(memory),
});

/** Size and placement of a component's pods. */
export const workload = v.strictObject({
  scaling,
  resources,
  placement: optional(placement),
  startupTimeout: optional(duration),
});

/** A component with its own image. */
export const service = v.strictObject({ image: imageRef, ...workload.entries });

/** Ingress settings, or `'off'`. */
export const ingress = v.union([
  v.literal('off'),
  v.strictObject({
    host,
    tlsSecretName: optional(text(forms.objectName)),
    className: optional(text(forms.objectName)),
    path: optional(of<`/${string}`>(forms.routePath)),
    pathType: optional(v.picklist(['Prefix', 'Exact', 'ImplementationSpecific'])),
  }),
]);

const milliseconds = v.pipe(v.number('milliseconds'), v.gtValue(0, 'milliseconds, more than 0'));
/** Higher is better: a minimum. */
const atLeast = optional(v.strictObject({ min: optional(fraction) }));
/** Lower is better: a maximum. */
const atMost = <T extends v.GenericSchema<number>>(value: T) => optional(v.strictObject({ max: optional(value) }));

/** Bounds for a gate's metrics. Fractions are from 0 to 1, latency is in milliseconds. */
export const thresholds = v.strictObject({
  auc: atLeast,
  f1: atLeast,
  accuracy: atLeast,
  precision: atLeast,
  recall: atLeast,
  errorRate: atMost(fraction),
  latencyP99Ms: atMost(milliseconds),
  /** Maximum drop in AUC compared with the live version. */
  aucRegression: atMost(fraction),
});

/** A gate, or the reason why there is none. */
export const gate = v.union([
  v.strictObject({ off: text(forms.reason) }),
  v.strictObject({
    image: imageRef,
    dataset: v.strictObject({
      uri: of<DatasetUri>(forms.dataset),
      credentials: optional(text(forms.objectName)),
      workloadIdentity: optional(v.record(text(forms.qualifiedName), v.string())),
    }),
    thresholds,
    phase: optional(v.picklist(GATE_PHASES, GATE_PHASES.join(', '))),
    timeout: optional(duration),
    resources: optional(resources),
  }),
]);

/** A Redis outside the stack, or none. */
export const externalRedis = v.union([
  v.literal('off'),
  v.strictObject({ host, port: optional(count(1, 65_535)), auth: optional(secretRef) }),
]);

/** A Redis in the stack, or none. */
export const ownRedis = v.union([
  v.literal('off'),
  v.strictObject({
    image: optional(imageRef),
    auth: optional(secretRef),
    storage: optional(v.strictObject({ size: memory, storageClassName: optional(text(forms.objectName)) })),
    resources: optional(resources),
  }),
]);

/** How metrics are scraped, or `'off'`. */
export const metrics = v.union([
  v.literal('off'),
  v.strictObject({ mode: v.literal('annotations') }),
  v.strictObject({
    mode: v.picklist(['pod-monitor', 'service-monitor']),
    interval: optional(duration),
    monitorLabels: optional(labels),
  }),
]);

/** Entries of every stack's config. */
export const stack = {
  namespace: dnsLabel,
  release: optional(dnsLabel),
  naming: optional(v.picklist(['clean', 'helm-compat'])),
  imageRegistry: optional(text(forms.registry)),
  imagePullSecrets: optional(v.array(text(forms.objectName))),
  labels: optional(ownLabels),
  ingressNamespace: optional(dnsLabel),
  monitoringNamespace: optional(dnsLabel),
};

/** The type of a config, from its schema. */
export type Config<S extends v.GenericSchema> = v.InferOutput<S>;
