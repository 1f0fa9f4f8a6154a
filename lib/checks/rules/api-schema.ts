import { decode } from '../../api-schema/decode';
import { Failure } from '../../api-schema/failure';
import { isObj, objAt, objsAt } from '../../api-schema/json';
import { type Mistake, mistakesIn } from '../../api-schema/mistakes';
import { applyDefaults } from '../../api-schema/rules/defaults';
import { validateObject } from '../../api-schema/rules/validate';
import { type KindSchema, loadSchema } from '../../api-schema/schema';
import { KIND_SINCE, REMOVED } from '../../api-schema/since';
import { type Obj, textOrEmpty } from '../../kube/fields';
import { shownAt } from '../../kube/hidden-values';
import { isNamedBuiltIn } from '../../kube/kinds';
import type { KubeObject } from '../../kube/object';
import { namedPath } from '../../kube/path';
import { type CheckContext, minorVersion, ownSeverity } from '../model/context';
import { type Found, type Rule, rule, say } from '../model/rule';

const schemaOf = (object: KubeObject) => loadSchema().checked.get(`${object.apiVersion} ${object.kind}`);
const known = new WeakMap<KubeObject, Map<number, readonly Mistake[]>>();

function mistakesOf(object: KubeObject, minor: number): readonly Mistake[] {
  const byVersion = known.get(object) ?? new Map<number, readonly Mistake[]>();
  known.set(object, byVersion);
  const schema = schemaOf(object);
  const found = byVersion.get(minor) ?? (schema === undefined ? [] : mistakesIn(object, schema.type, minor));
  byVersion.set(minor, found);
  return found;
}

const WORDS: Readonly<Record<Mistake['kind'], string>> = {
  unknown: 'the API has no such field',
  type: 'the value has the wrong type',
  missing: 'the field is missing',
  value: 'the field does not take that value',
  invalid: 'the API server refuses the value',
  newer: 'the field came with a later Kubernetes version than the one that has to accept this',
};

/** If no version is set, a feature newer than the oldest supported version is not an error yet. */
function severityOf(object: KubeObject, context: CheckContext): Pick<Found, 'severity'> {
  return context.kubernetesVersion === undefined ? { severity: ownSeverity(context, object) } : {};
}

/** Whether a value is in the data of a Secret. Its location decides, not its content. */
function isHidden({ kind }: KubeObject, path: string): boolean {
  return kind === 'Secret' && !/^(apiVersion|kind|metadata\.(?!annotations))/.test(path);
}

function foundOf(object: KubeObject, { kind, got, ...mistake }: Mistake): Found {
  const shown =
    got === undefined || isHidden(object, mistake.path) ? {} : { got: shownAt(object, namedPath(object, mistake.path), got) };
  return { object, ...mistake, ...shown, message: WORDS[kind] };
}

function ofKinds(code: 'API_UNKNOWN_FIELD' | 'API_WRONG_TYPE', remedy: string, ...kinds: readonly Mistake['kind'][]): Rule {
  return rule(code, 'error', remedy, ({ objects }, context) =>
    objects.flatMap((object) =>
      mistakesOf(object, minorVersion(context))
        .filter(({ kind }) => kinds.includes(kind))
        .map((mistake) => foundOf(object, mistake)),
    ),
  );
}

/** Fields unknown to the API: it drops them silently. */
const apiUnknownField: Rule = ofKinds('API_UNKNOWN_FIELD', 'Correct the name, or move the field to where it belongs.', 'unknown');
/** Wrong types, missing values, and values outside the allowed set. */
const apiWrongType: Rule = ofKinds('API_WRONG_TYPE', 'Correct the value.', 'type', 'missing', 'value');
/** Kinds and fields newer than the chosen version: it rejects such a kind, and silently drops such a field. */
const apiNewerField: Rule = rule(
  'API_NEWER_FIELD',
  'error',
  'Leave it out, or raise kubernetesVersion once every cluster has that version.',
  ({ objects }, context) =>
    objects.flatMap((object) => {
      const minor = minorVersion(context);
      const severity = severityOf(object, context);
      const since = KIND_SINCE[`${object.apiVersion} ${object.kind}`] ?? 0;
      const message = 'the kind came with a later Kubernetes version than the one that has to accept this';
      const kind = { object, path: 'apiVersion', message, got: object.apiVersion, expected: `1.${since}` };
      const fields = mistakesOf(object, minor).filter((mistake) => mistake.kind === 'newer');
      return [...(since > minor ? [kind] : []), ...fields.map((mistake) => foundOf(object, mistake))].map(
        (found): Found => ({ ...found, ...severity }),
      );
    }),
);

/** Kinds and API versions that the chosen version has removed, or that never existed. */
const apiRemoved: Rule = rule('API_REMOVED', 'error', 'Use the version that took its place.', ({ objects }, context) =>
  objects.flatMap((object): readonly Found[] => {
    const removed = REMOVED[`${object.apiVersion} ${object.kind}`];
    if (removed !== undefined && minorVersion(context) >= removed[0])
      return say(object, 'apiVersion', `Kubernetes 1.${removed[0]} has removed it`, {
        got: object.apiVersion,
        expected: removed[1],
      });
    if (!isNamedBuiltIn(object) || schemaOf(object) !== undefined) return [];
    const right = loadSchema().kinds.find(({ kind }) => kind.toLowerCase() === object.kind.toLowerCase());
    // Kinds missing from this schema may still be valid; a known kind with the wrong apiVersion is not.
    if (right === undefined || loadSchema().unmodelled.get(object.apiVersion)?.includes(right.plural) === true) return [];
    const expected = `${right.apiVersion} ${right.kind}`;
    return say(object, 'apiVersion', 'the API has no such kind in that version', {
      got: `${object.apiVersion} ${object.kind}`,
      expected,
    });
  }),
);

/** Validation of values by the API server, as the sandbox has learned it from the real one. */
const apiInvalid: Rule = rule('API_INVALID', 'error', 'Correct the value.', ({ objects }, context) =>
  objects.flatMap((object): readonly Found[] => {
    const schema = schemaOf(object);
    const mistakes = mistakesOf(object, minorVersion(context));
    // For an object of the wrong shape it would only repeat the same errors.
    if (schema === undefined || mistakes.some(({ kind }) => ['type', 'missing', 'value'].includes(kind))) return [];
    const invalid = mistakes.filter(({ kind }) => kind === 'invalid');
    if (invalid.length > 0) return invalid.map((mistake) => foundOf(object, mistake));
    return causesOf(schema, object).map(({ field, message }) => ({
      object,
      path: field,
      message: isHidden(object, field) ? 'the API server refuses the value' : `the API server refuses it: ${message}`,
    }));
  }),
);

/** Rules that compare objects with the API server's own type descriptions. */
export const SCHEMA_RULES: readonly Rule[] = [apiUnknownField, apiWrongType, apiNewerField, apiRemoved, apiInvalid];

function causesOf(schema: KindSchema, object: KubeObject): readonly { readonly field: string; readonly message: string }[] {
  const plain: unknown = structuredClone(object);
  if (!isObj(plain)) return [];
  const { value } = decode(plain, schema.type);
  applyDefaults(schema, value);
  complete(value);
  try {
    validateObject(schema, value);
    return [];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { details } = error.status;
    const causes = isObj(details) && Array.isArray(details.causes) ? details.causes.filter(isObj) : [];
    return causes.map(({ field, message }) => ({ field: String(field), message: String(message) }));
  }
}

/**
 * Fields that the server adds before validation: a Job's selector and labels, and the volumes of a StatefulSet's claim templates.
 */
function complete(object: Obj): void {
  const spec = objAt(object, 'spec');
  if (object.kind === 'Job' && spec.manualSelector !== true) {
    const metadata = objAt(spec, 'template', 'metadata');
    const labels = { ...objAt(metadata, 'labels'), 'batch.kubernetes.io/job-name': 'it' };
    spec.template = { ...objAt(spec, 'template'), metadata: { ...metadata, labels } };
    spec.selector = { matchLabels: { 'batch.kubernetes.io/job-name': 'it' } };
  }
  if (object.kind !== 'StatefulSet') return;
  const pod = objAt(spec, 'template', 'spec');
  const claims = objsAt(spec, 'volumeClaimTemplates').map((claim) => ({
    name: textOrEmpty(claim, 'metadata', 'name'),
    emptyDir: {},
  }));
  pod.volumes = [...objsAt(pod, 'volumes'), ...claims];
}
