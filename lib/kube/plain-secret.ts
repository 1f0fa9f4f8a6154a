/** Values that are secrets regardless of name. */
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
/** Common beginnings: one cheap check before nine expensive ones. */
const HINT = /-----BEGIN|AKIA|ASIA|gh[pousr]_|github_pat_|hf_|sk-|xox|AIza|eyJ|:\/\/[^/]*@/;
/** Names whose plain value is a secret, unless it is a location, a number, a switch or a name. */
const NAME = /(?:^|[_.-])(?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)$/i;
const HARMLESS =
  /^(?:|true|false|yes|no|on|off|none|null|enabled|disabled|optional|required|\d+|\/.*|https?:\/\/.*|\$\(.*\)|\$\{.*\}|<.*>|[a-z]+:\/\/.*|[{[].*[}\]]|[^ ]*[,=]\/[^ ]*)$/is;
/** Keys for checksums of secrets, and variables that name a peer group or a switch related to a secret. */
const NO_SECRET =
  /^checksum\/|checksum|(?:^|_)CLUSTER_TOKEN$|(?:^|_)(?:ALLOW|UPDATE|SECURE|REQUIRE|ENABLE|DISABLE|USE|FORCE|ROTATE)_\w*$/i;

/** The kind of secret in a plain-text value, certain enough to reject it; undefined otherwise. */
export function secretIn(name: string, value: string): string | undefined {
  const byValue = !HINT.test(value) ? undefined : VALUES.find(([, pattern]) => pattern.test(value))?.[0];
  if (byValue !== undefined) return byValue;
  return NAME.test(name) && !NO_SECRET.test(name) && !HARMLESS.test(value.trim()) ? `what its name calls a secret` : undefined;
}

/** Names that may denote a secret: showing a value requires more certainty than rejecting it. */
const PERHAPS =
  /passw(?:or)?d|passphrase|pwd$|secret|token(?!s|iz)|credential|(?:api|access|private|signing|encryption|master|auth|license|account)[_.-]?key|(?:^|[_.-])auth$/i;
/** Names for the location, lifetime or format of a secret. */
const ABOUT = /(?:file|path|dir|url|uri|endpoint|host|port|ref|name|ttl|expiry|duration|length|size|limit|count|id|type|mode)$/i;
const SWITCH = /^(?:|true|false|yes|no|on|off|\$\([^)]*\))$/i;

/** Whether the plain value of an environment variable is excluded from records and output. */
export function mayBeSecret(name: string, value: string): boolean {
  if (SWITCH.test(value.trim())) return false;
  return (PERHAPS.test(name) && !ABOUT.test(name)) || secretIn(name, value) !== undefined;
}
