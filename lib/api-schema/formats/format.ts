import { isFields } from '../../kube/fields';
import { LABEL, LABEL_1035, portNameFaults, QUALIFIED, SUBDOMAIN } from '../../kube/grammar';
import { parseQuantity } from '../../kube/quantity';

/** Describes the expected value when the API server rejects it; undefined for an accepted value. */
export type Format = (value: unknown) => string | undefined;

const matching =
  (pattern: RegExp, expected: string, most = 253, least = 1): Format =>
  (value) =>
    typeof value === 'string' && value.length >= least && value.length <= most && (value === '' || pattern.test(value))
      ? undefined
      : expected;

/** `my-name`. */
export const dnsLabel: Format = matching(LABEL, 'a DNS label: at most 63 of a-z, 0-9 and -', 63);
/** `my-name`, not starting with a digit: names of Services. */
export const serviceName: Format = matching(LABEL_1035, 'a DNS label that begins with a letter', 63);
/** `my.name`: most names of objects. */
export const objectName: Format = matching(SUBDOMAIN, 'a DNS subdomain: a-z, 0-9, - and .');
/** A name that is part of a URL path. */
export const pathName: Format = (value) =>
  typeof value === 'string' && value !== '' && value !== '.' && value !== '..' && !/[/%]/.test(value)
    ? undefined
    : 'a name without / and %';
/** `web.example.com` or `*.example.com`. */
export const hostOrWildcard: Format = (value) =>
  typeof value === 'string' && value.length <= 253 && (value === '' || SUBDOMAIN.test(value.replace(/^\*\./, '')))
    ? undefined
    : 'a host name, or *.domain';
/** The same, but no address, which the API server takes for the hosts of certificates only. */
export const ruleHost: Format = (value) => (ip(value) === undefined ? 'a host name, not an IP address' : hostOrWildcard(value));
/** `example.com/name` or `name`: keys of labels. */
export const qualifiedName: Format = (value) => {
  const expected = 'a label key: prefix/name';
  if (typeof value !== 'string') return expected;
  const parts = value.split('/');
  const [prefix, name] = parts.length === 2 ? [parts[0], parts[1]] : [undefined, value];
  const wrong = prefix !== undefined && objectName(prefix) !== undefined;
  return wrong || parts.length > 2 || name === undefined || name.length > 63 || !QUALIFIED.test(name) ? expected : undefined;
};
/** The value of a label; may be empty. */
export const labelValue: Format = matching(QUALIFIED, 'a label value: at most 63 of A-Z, a-z, 0-9, -, _ and .', 63, 0);
/** Labels of a selector. */
export const labels: Format = (value) =>
  isFields(value)
    ? Object.entries(value)
        .map(([key, text]) => qualifiedName(key) ?? labelValue(text ?? ''))
        .find((wrong) => wrong !== undefined)
    : undefined;
/** A key of a ConfigMap or Secret. */
export const configKey: Format = (value) =>
  matching(/^[-._a-zA-Z0-9]+$/, 'a key: letters, digits, -, _ and .')(value) ??
  (/^\.\.?$|^\.\./.test(String(value)) ? 'a key that is no relative path' : undefined);
/** `http`, at most 15 characters. */
export const portName: Format = (value) =>
  typeof value === 'string' && portNameFaults(value).length === 0 ? undefined : 'a port name: at most 15 of a-z, 0-9 and -';
/** An integer in a range, both ends included. */
export const between =
  (least: number, most: number): Format =>
  (value) =>
    typeof value === 'number' && value >= least && value <= most ? undefined : `${least} to ${most}`;
export const port: Format = between(1, 65_535);
/** The number or name of a port. */
export const portOrName: Format = (value) => (typeof value === 'number' ? port(value) : portName(value));
export const natural: Format = (value) => (typeof value === 'number' && value >= 0 ? undefined : '0 or more');
export const positive: Format = (value) => (typeof value === 'number' && value > 0 ? undefined : 'more than 0');
/** User and group ids. */
export const userId: Format = between(0, 2_147_483_647);
/** Permission bits, in decimal. */
export const fileMode: Format = between(0, 0o777);
/** One of several words. */
export const oneOf =
  (...words: readonly string[]): Format =>
  (value) =>
    words.includes(String(value)) ? undefined : `one of ${words.filter((word) => word !== '').join(', ')}`;
/** Anything but an empty string. */
export const filled: Format = (value) => (value === '' ? 'a text' : undefined);
/** Empty, or of a format. */
export const maybe =
  (format: Format): Format =>
  (value) =>
    value === '' ? undefined : format(value);
/** A list with items of a format. */
export const each =
  (format: Format): Format =>
  (value) =>
    Array.isArray(value) ? value.map((item) => format(item ?? '')).find((wrong) => wrong !== undefined) : undefined;
/** A list with at least one item. */
export const some: Format = (value) => (Array.isArray(value) && value.length === 0 ? 'at least one' : undefined);
/** Both formats hold. */
export const both =
  (first: Format, second: Format): Format =>
  (value) =>
    first(value) ?? second(value);
/** `/data`. */
export const absolutePath: Format = matching(/^\//, 'an absolute path', 4096);
/** `a/b`, which cannot leave its directory. */
export const relativePath: Format = (value) =>
  typeof value === 'string' && value !== '' && !value.startsWith('/') && !value.split('/').includes('..')
    ? undefined
    : 'a path below the directory, without ..';
/** `10.9.8.7` or `2001:db8::1`. */
export const ip: Format = (value) => (typeof value === 'string' && isIp(value) ? undefined : 'an IP address');
/** `10.0.0.0/8`. */
export const cidr: Format = (value) => {
  const [address = '', bits = '', ...more] = String(value).split('/');
  const most = address.includes(':') ? 128 : 32;
  return more.length === 0 && isIp(address) && /^\d{1,3}$/.test(bits) && Number(bits) <= most
    ? undefined
    : 'a CIDR block such as 10.0.0.0/8';
};
/** `X-Request-Id`. */
export const httpHeader: Format = matching(/^[-A-Za-z0-9]+$/, 'a header name: letters, digits and -', 4096);
/** A count, or a percentage of at most 100. */
export const countOrShare: Format = (value) => {
  if (typeof value === 'number') return natural(value);
  return /^\d+%$/.test(String(value)) && Number.parseInt(String(value), 10) <= 100 ? undefined : 'a count, or 0% to 100%';
};
/** A quantity that is not negative. */
export const amount: Format = (value) => (quantityOf(value) >= 0 ? undefined : 'a quantity of 0 or more');
/** Name of a countable resource, `cpu` or `nvidia.com/gpu`. */
export const resourceName: Format = (value) =>
  qualifiedName(value) ??
  (STANDARD.test(String(value)) || String(value).includes('/') ? undefined : 'a standard resource, or one with a prefix');

const STANDARD =
  /^((requests|limits)\.)?(cpu|memory|storage|ephemeral-storage|hugepages-.+)$|^(pods|services|replicationcontrollers|resourcequotas|secrets|configmaps|persistentvolumeclaims|services\.(nodeports|loadbalancers))$/;

function isIp(text: string): boolean {
  if (text.includes(':')) return /^[0-9a-fA-F:.]+$/.test(text) && URL.canParse(`http://[${text}]`);
  return /^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(text) && text.split('.').every((part) => Number(part) <= 255);
}

function quantityOf(value: unknown): number {
  return typeof value === 'string' || typeof value === 'number' ? (parseQuantity(String(value).trim()) ?? 0) : 0;
}
