import * as v from 'valibot';
import { GATE_PHASES } from '../../kube/contract';
import type { DurationText } from '../../kube/duration';
import { isPinnedImage, isPinnedTag, type PinnedImage, type PinnedTag } from '../../kube/image';
import { isDnsLabel } from '../../kube/names';
import { type CpuQuantity, type MemoryQuantity, parseQuantity } from '../../kube/quantity';

/**
 * The pieces that a stack's config is made of. A stack's own schema is `v.strictObject({ ...stack, … })`, and its type is
 * `Config<typeof schema>`: types, `--set`, layers and checks all come from that one definition.
 */

/** A field that may be left out. An explicit `undefined` counts as left out. */
const optional = v.exactOptional;

const text = (expected: string, test: (value: string) => boolean) => v.pipe(v.string(expected), v.check(test, expected));

/** A DNS label. */
export const dnsLabel = text('lower-case letters, digits and dashes, at most 63', isDnsLabel);

/** A host name without a scheme. */
export const host = text('a host name without scheme and path', (value) =>
  /^(?=.{1,253}$)(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(value),
);

/** An http or https URL. */
export const httpUrl = text('an http or https URL', (value) => /^https?:\/\/[^\s/]+/.test(value) && URL.canParse(value));

/** A tag with a version in it; `latest` is refused. */
export const pinnedTag = v.custom<PinnedTag>(
  (value) => typeof value === 'string' && isPinnedTag(value),
  'a tag that names a version, with a digit in it',
);

/** An image with a version. */
export const imageRef = v.custom<PinnedImage>(
  (value) => typeof value === 'string' && isPinnedImage(value),
  'repository:tag with a digit in the tag, or repository@sha256:digest',
);

/** CPU in cores or thousandths. */
export const cpu = v.custom<CpuQuantity>(
  (value) => typeof value === 'string' && /^\d+(\.\d+)?m?$/.test(value) && (parseQuantity(value) ?? 0) > 0,
  'cores, such as 2 or 250m, as text',
);

/** Bytes with a unit. */
export const memory = v.custom<MemoryQuantity>(
  (value) => typeof value === 'string' && /^\d+(\.\d+)?([KMGT]i|[kMGT])$/.test(value),
  'bytes with a unit, such as 512Mi or 16Gi',
);

/** Seconds, minutes or hours. */
export const duration = v.custom<DurationText>(
  (value) => typeof value === 'string' && /^\d+(\.\d+)?[smh]$/.test(value),
  'a time such as 90s, 5m or 1h',
);

/** A whole number within bounds. */
export const count = (min: number, max = 10_000) => {
  const expected = `a whole number from ${min} to ${max}`;
  return v.pipe(
    v.number(expected),
    v.check((value) => Number.isInteger(value) && value >= min && value <= max, expected),
  );
};

/** A share from 0 to 1. */
export const fraction = v.pipe(
  v.number('a share from 0 to 1'),
  v.check((value) => value >= 0 && value <= 1, 'a share from 0 to 1'),
);

/** A reference to a Secret's key; there is no place for the secret itself. */
export const secretRef = v.strictObject({ secret: dnsLabel, key: optional(v.string()) });

const amounts = { cpu: optional(cpu), memory, ephemeralStorage: optional(memory) };

/** Requests and limits of a container. */
export const resources = v.strictObject({
  requests: v.strictObject({ ...amounts, cpu }),
  limits: v.strictObject(amounts),
});

/** A fixed count, or what an autoscaler decides; never both. */
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

const toleration = v.strictObject({
  key: optional(v.string()),
  operator: optional(v.picklist(['Exists', 'Equal'])),
  value: optional(v.string()),
  effect: optional(v.picklist(['NoSchedule', 'PreferNoSchedule', 'NoExecute'])),
  tolerationSeconds: optional(count(0)),
});

/** Where pods may run. */
export const placement = v.strictObject({
  nodeSelector: optional(v.record(v.string(), v.string())),
  tolerations: optional(v.array(toleration)),
  spread: optional(v.picklist(['soft', 'strict', 'none'])),
  priorityClassName: optional(v.string()),
  runtimeClassName: optional(v.string()),
});

/** GPUs of each pod. */
export const gpu = v.strictObject({
  count: count(1, 64),
  resource: optional(v.string()),
  product: optional(v.string()),
  weights: optional(memory),
});

/** How the pods of one component are sized and placed. */
export const workload = v.strictObject({
  scaling,
  resources,
  placement: optional(placement),
  startupTimeout: optional(duration),
});

/** A component of its own image. */
export const service = v.strictObject({ image: imageRef, ...workload.entries });

/** How a server is reached from outside, or that it is not. */
export const ingress = v.union([
  v.literal('off'),
  v.strictObject({
    host,
    tlsSecretName: optional(dnsLabel),
    className: optional(dnsLabel),
    path: optional(
      v.custom<`/${string}`>((value) => typeof value === 'string' && value.startsWith('/'), 'a path that begins with /'),
    ),
    pathType: optional(v.picklist(['Prefix', 'Exact', 'ImplementationSpecific'])),
  }),
]);

const bounds = (value: v.GenericSchema<number>) => v.strictObject({ min: optional(value), max: optional(value) });
const milliseconds = v.pipe(v.number('milliseconds'), v.gtValue(0, 'milliseconds, more than 0'));

/** Bounds of what a gate measures. Shares go from 0 to 1, latency is in milliseconds. */
export const thresholds = v.strictObject({
  auc: optional(bounds(fraction)),
  f1: optional(bounds(fraction)),
  accuracy: optional(bounds(fraction)),
  precision: optional(bounds(fraction)),
  recall: optional(bounds(fraction)),
  errorRate: optional(bounds(fraction)),
  latencyP99Ms: optional(bounds(milliseconds)),
  /** How much worse the AUC may be than that of the version that serves now. */
  aucRegression: optional(bounds(fraction)),
});

/** A gate, or why there is none. */
export const gate = v.union([
  v.strictObject({ off: text('the reason, in a few words', (value) => value.trim().length >= 10) }),
  v.strictObject({
    image: imageRef,
    dataset: v.strictObject({
      uri: v.pipe(v.string(), v.nonEmpty('an address or a path')),
      credentials: optional(dnsLabel),
      workloadIdentity: optional(v.record(v.string(), v.string())),
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

/** A Redis of the stack's own, or none. */
export const ownRedis = v.union([
  v.literal('off'),
  v.strictObject({
    image: optional(imageRef),
    auth: optional(secretRef),
    storage: optional(v.strictObject({ size: memory, storageClassName: optional(dnsLabel) })),
    resources: optional(resources),
  }),
]);

/** How metrics are scraped, or that they are not. */
export const metrics = v.union([
  v.literal('off'),
  v.strictObject({ mode: v.literal('annotations') }),
  v.strictObject({
    mode: v.picklist(['pod-monitor', 'service-monitor']),
    interval: optional(duration),
    monitorLabels: optional(v.record(v.string(), v.string())),
  }),
]);

/** The entries that every stack's config has. */
export const stack = {
  namespace: dnsLabel,
  release: optional(dnsLabel),
  naming: optional(v.picklist(['clean', 'helm-compat'])),
  imageRegistry: optional(
    text('a registry host, with a path if need be', (value) => /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._/-]+)?$/.test(value)),
  ),
  imagePullSecrets: optional(v.array(dnsLabel)),
  labels: optional(v.record(v.string(), v.string())),
  ingressNamespace: optional(dnsLabel),
  monitoringNamespace: optional(dnsLabel),
};

/** The type of a config, from its schema. */
export type Config<S extends v.GenericSchema> = v.InferOutput<S>;
