import { fieldsAt, textAt } from '../../kube/fields';
import { itemsAt } from '../inventory/inventory';
import { type Found, rule, say } from '../model/rule';

/** Values that are secrets whatever they are called. */
const VALUES: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a private key', /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/],
  ['an AWS access key', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['a GitHub token', /\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_\w{22,}/],
  ['a Hugging Face token', /\bhf_[A-Za-z0-9]{30,}\b/],
  ['an API key', /\bsk-(?:[a-z]+-)?[A-Za-z0-9_-]{20,}/],
  ['a Slack token', /\bxox[abprs]-[A-Za-z0-9-]{10,}/],
  ['a Google API key', /\bAIza[0-9A-Za-z_-]{35}\b/],
  ['a signed token', /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/],
  ['a password in a URL', /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:[^\s/:@$]{3,}@[^\s/]+/i],
];
/** What at least one of them begins with: one cheap question before nine dear ones. */
const HINT = /-----BEGIN|AKIA|ASIA|gh[pousr]_|github_pat_|hf_|sk-|xox|AIza|eyJ|:\/\/[^/]*@/;
/** Names whose plain value is a secret, unless it says where the secret is or is a number, a switch or a name of something. */
const NAME = /(?:^|[_.-])(?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)$/i;
const HARMLESS =
  /^(?:|true|false|yes|no|on|off|none|null|enabled|disabled|optional|required|\d+|\/.*|https?:\/\/.*|\$\(.*\)|\$\{.*\}|<.*>|[a-z]+:\/\/.*|[{[].*[}\]]|[^ ]*[,=]\/[^ ]*)$/is;
/** Keys that say how a secret has changed, and variables that name a group of peers or a switch about a secret. */
const NO_SECRET =
  /^checksum\/|checksum|(?:^|_)CLUSTER_TOKEN$|(?:^|_)(?:ALLOW|UPDATE|SECURE|REQUIRE|ENABLE|DISABLE|USE|FORCE|ROTATE)_\w*$/i;

function secretIn(name: string, value: string): string | undefined {
  const byValue = !HINT.test(value) ? undefined : VALUES.find(([, pattern]) => pattern.test(value))?.[0];
  if (byValue !== undefined) return byValue;
  return NAME.test(name) && !NO_SECRET.test(name) && !HARMLESS.test(value.trim()) ? `what its name calls a secret` : undefined;
}

/** A secret that everybody can read who can read the manifest: in the environment, in arguments, in a ConfigMap, in annotations. */
export const plainSecret = rule(
  'PLAIN_SECRET',
  'error',
  'Keep it in a Secret that is not in the manifests, and refer to that. Then change it: it has been seen.',
  (all) => [
    ...all.workloads.flatMap(({ object, containers, annotations }) => [
      ...containers.flatMap(({ fields, path }) => [
        ...itemsAt(fields, 'env').flatMap((one) => {
          const name = textAt(one, 'name') ?? '';
          return found(object, `${path}.env[name=${name}].value`, name, textAt(one, 'value') ?? '');
        }),
        ...(['command', 'args'] as const).flatMap((field) => {
          const list = fields[field];
          if (!Array.isArray(list)) return [];
          return list.flatMap((text, index) => {
            const [, flag, inline] = /^--?([\w.-]+)(?:=(.*))?$/.exec(String(text)) ?? [];
            const before = /^--?([\w.-]+)$/.exec(String(list[index - 1] ?? ''))?.[1];
            const where = `${path}.${field}[${index}]`;
            if (flag !== undefined) return found(object, where, flag, inline ?? '');
            return found(object, where, before ?? '', String(text));
          });
        }),
      ]),
      ...ofMap(object, 'pod annotations', annotations),
    ]),
    ...all.ofKind('ConfigMap').flatMap((object) => ofMap(object, 'data', fieldsAt(object, 'data'))),
    ...all.objects.flatMap((object) => ofMap(object, 'metadata.annotations', fieldsAt(object, 'metadata', 'annotations'), true)),
  ],
  'kube-linter:env-var-secret polaris:sensitiveContainerEnvVar polaris:sensitiveConfigmapContent trivy:KSV-0109',
);

function ofMap(
  object: Found['object'],
  path: string,
  map: Readonly<Record<string, unknown>>,
  valuesOnly = false,
): readonly Found[] {
  return Object.entries(map).flatMap(([key, value]) => found(object, `${path}.${key}`, valuesOnly ? '' : key, String(value)));
}

function found(object: Found['object'], path: string, name: string, value: string): readonly Found[] {
  const what = secretIn(name, value);
  // The value itself is never shown.
  return what === undefined
    ? []
    : [{ object, path, message: `it holds ${what} in plain text`, expected: 'a reference to a Secret' }];
}

/** Secrets among the manifests end up in git, in build logs and in release records. */
export const secretInManifest = rule(
  'SECRET_IN_MANIFEST',
  'warning',
  'Make it in the cluster: by an operator, or by hand.',
  (all, { scope }) =>
    all.ofKind('Secret').flatMap((object): readonly Found[] => {
      const values = Object.entries({ ...fieldsAt(object, 'data'), ...fieldsAt(object, 'stringData') }).filter(
        ([, value]) => value !== '' && value !== null,
      );
      if (values.length === 0 || textAt(object, 'type') === 'kubernetes.io/service-account-token') return [];
      const severity = scope === 'stack' ? 'error' : 'warning';
      return say(object, 'data', 'the values of a Secret are in the manifests', { got: values.map(([key]) => key), severity });
    }),
);
