import * as v from 'valibot';
import { fieldsAt, textAt } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { unpack } from '../record/packing';

/** The type of the Secrets in which Helm 3 and 4 record releases. */
const TYPE = 'helm.sh/release.v1';

/** A release revision as Helm records it. */
export interface HelmRevision {
  readonly name: string;
  readonly namespace: string;
  /** Its number in Helm. */
  readonly revision: number;
  /** Its status in Helm: `deployed`, `superseded`, `pending-upgrade`. */
  readonly status: string;
  /** Name and version of the chart: `fraud-model-1.2.0`. */
  readonly chart: string;
  /** The manifests of the chart, then those of its hooks. */
  readonly manifests: readonly string[];
}

const text = v.pipe(v.string(), v.maxLength(253));
const hooks = v.nullish(v.array(v.looseObject({ manifest: v.string() })), []);
const schema = v.looseObject({
  name: text,
  namespace: text,
  version: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  info: v.looseObject({ status: text }),
  chart: v.looseObject({ metadata: v.looseObject({ name: text, version: text }) }),
  manifest: v.string(),
  hooks,
});

/**
 * The Helm revision in a Secret; undefined when it is none, or cannot be read. Any user who may write the Secret decides its
 * content, so nothing in it is trusted that live objects do not confirm. Unpacks at most 48 MiB.
 */
export function helmRevisionFrom(secret: KubeObject): HelmRevision | undefined {
  const encoded = textAt(fieldsAt(secret, 'data'), 'release');
  if (secret.type !== TYPE || encoded === undefined) return undefined;
  let value: unknown;
  try {
    // Base64 twice: once by Helm, once by the API server.
    value = unpack(Buffer.from(encoded, 'base64').toString('latin1'));
  } catch {
    return undefined;
  }
  const read = v.safeParse(schema, value, { abortEarly: true });
  if (!read.success) return undefined;
  const { name, namespace, version, info, chart, manifest, hooks: all } = read.output;
  return {
    name,
    namespace,
    revision: version,
    status: info.status,
    chart: `${chart.metadata.name}-${chart.metadata.version}`,
    manifests: [manifest, ...(all ?? []).map((hook) => hook.manifest)],
  };
}
