import { isDuration, seconds } from './duration';
import { portNameFaults, QUALIFIED, SUBDOMAIN } from './grammar';
import { isPinnedImage, isPinnedTag } from './image';
import { isDnsLabel } from './names';
import { parseQuantity } from './quantity';

/** The required form of a value. Config schemas and prop checks share these. */
export interface Form {
  /** Description of a valid value, for use after "expected". */
  readonly expected: string;
  fits(value: unknown): boolean;
}

const text = (expected: string, test: (value: string) => boolean): Form => ({
  expected,
  fits: (value) => typeof value === 'string' && test(value),
});

const isSubdomain = (value: string): boolean => value.length <= 253 && SUBDOMAIN.test(value);
const isNamePart = (value: string): boolean => value.length <= 63 && QUALIFIED.test(value);

/** A DNS label. */
export const dnsLabel: Form = text('lower-case letters, digits and dashes, at most 63', isDnsLabel);

/** The name of most kinds of objects. */
export const objectName: Form = text('the name of an object: lower-case letters, digits, dashes and dots', (value) =>
  isSubdomain(value),
);

/** A host name without a scheme, optionally with a leading `*.` for all hosts of a domain. */
export const host: Form = text('a host name without scheme, port and path', (value) =>
  isSubdomain(value.startsWith('*.') ? value.slice(2) : value),
);

/** The host of an Ingress or a route, where the API has no place for an address. */
export const routeHost: Form = text(
  'a host name, not an address, without scheme, port and path',
  (value) => host.fits(value) && !/^\d+(\.\d+){3}$/.test(value),
);

/** An http or https URL. */
export const httpUrl: Form = text('an http or https URL, such as http://features:8081', isHttpUrl);

function isHttpUrl(value: string): boolean {
  if (!/^https?:\/\/[^\s/]+/.test(value) || /\s/.test(value) || !URL.canParse(value)) return false;
  const { hostname, pathname } = new URL(value);
  // A second scheme parses as a host of that name with a path.
  return hostname !== '' && !(/^https?$/.test(hostname) && pathname.startsWith('//'));
}

/** A registry for images. */
export const registry: Form = text('a registry host without a scheme, with a path if need be', (value) =>
  /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/.test(value),
);

/** The repository of an image, without a tag. */
export const repository: Form = text('an image without a tag, such as registry.company.com/fraud-model', (value) =>
  isPinnedImage(`${value}:1`),
);

/** A tag with a version in it. */
export const pinnedTag: Form = text('a tag that names a version, with a digit in it', isPinnedTag);

/** An image with a version. */
export const pinnedImage: Form = text('repository:tag with a digit in the tag, or repository@sha256:digest', isPinnedImage);

/** CPU in cores or millicores. */
export const cpu: Form = text(
  'cores as text, such as 2 or 250m',
  (value) => /^\d+(\.\d+)?m?$/.test(value) && (parseQuantity(value) ?? 0) > 0,
);

/** Bytes with a unit. */
export const memory: Form = text(
  'bytes with a unit, such as 512Mi or 16Gi',
  (value) => /^\d+(\.\d+)?([KMGT]i|[kMGT])$/.test(value) && (parseQuantity(value) ?? 0) > 0,
);

const timeFrom = (expected: string, least: number): Form => ({
  expected,
  fits: (value) =>
    isDuration(value)
      ? seconds(value) >= least
      : typeof value === 'string' && /^\d+(\.\d+)?[smh]$/.test(value) && seconds(value) >= least,
});

/** Seconds, minutes or hours, at least one second. */
export const duration: Form = timeFrom('a duration such as 90s, 5m or 1h', 1);

/** The same, but zero is allowed. */
export const durationOrNone: Form = timeFrom('a duration such as 90s or 5m, or 0s', 0);

/** A host or an object that others install. */
export const external: Form = text('a host such as redis-svc, or an object such as ConfigMap/flags', (value) =>
  value.includes('/') ? /^[A-Z][A-Za-z]+\/[^\s/]+$/.test(value) : host.fits(value),
);

/** A name that is sent in requests, of a header or a field. */
export const requestKey: Form = text('the name of a header or a field, such as x-user-id', (value) => /^[\w.-]+$/.test(value));

/** An object of which exactly one field says what it is. */
export const oneOf = (expected: string): Form => ({
  expected,
  fits: (value) => {
    // Resources of cdk8s-plus say it themselves.
    if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return true;
    return Object.values(value).filter((field) => field !== undefined).length === 1;
  },
});

/** The profile of a MIG slice. @see https://docs.nvidia.com/datacenter/tesla/mig-user-guide/supported-mig-profiles.html */
export const migProfile: Form = text('a profile such as 1g.10gb, of 1, 2, 3, 4 or 7 parts', (value) =>
  /^[12347]g\.[1-9]\d*gb$/.test(value),
);

/** A list that names something. */
export const some: Form = {
  expected: 'at least one',
  fits: (value) => !Array.isArray(value) || value.length > 0,
};

/** An integer within bounds. */
export const count = (min: number, max = 10_000): Form => ({
  expected: `a whole number from ${min} to ${max}`,
  fits: (value) => typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max,
});

/** A port number. */
export const port: Form = count(1, 65_535);

/** A port name. */
export const portName: Form = text(
  'the name of a port: at most 15 lower-case letters, digits and single dashes, a letter among them',
  (value) => portNameFaults(value).length === 0,
);

/** A number of at least 0. */
export const amount: Form = {
  expected: 'a number of at least 0',
  fits: (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0,
};

/** A fraction from 0 to 1. */
export const fraction: Form = {
  expected: 'a share from 0 to 1',
  fits: (value) => typeof value === 'number' && value >= 0 && value <= 1,
};

/** An absolute file path. */
export const absolutePath: Form = text('a path that begins with /', (value) => value.startsWith('/') && !value.includes('\0'));

/** The path of a route. */
export const routePath: Form = text('a path that begins with /, without spaces', (value) => /^\/\S*$/.test(value));

/** Location of labeled data: a URI, or a path inside a container. */
export const dataset: Form = text('a URI such as s3://bucket/path/, or a path that begins with /', (value) =>
  /^([a-z][a-z0-9+.-]*:\/)?\/\S+$/.test(value),
);

/** A model on the Hugging Face hub: its owner and name. */
export const hubRepository: Form = text('owner/name on the hub, such as Qwen/Qwen3-8B', (value) =>
  /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/.test(value),
);

/** Location of a model: a URI with something behind its scheme. */
export const modelUri: Form = text('a URI such as s3://bucket/models/v3', (value) =>
  /^\S*[^\s:/]\S*$/.test(value.replace(/^[a-z0-9+.-]+:/, '')),
);

/** The name of a request header. */
export const headerName: Form = text('the name of a header, such as x-model', (value) =>
  /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,256}$/.test(value),
);

/** A Python object, as Ray imports it. @see https://docs.ray.io/en/latest/serve/api/doc/ray.serve.schema.ServeApplicationSchema.html */
export const importPath: Form = text('module:object, such as fraud.app:deployment', (value) =>
  value.includes(':') ? /^[^\s:]+:[^\s:]+$/.test(value) : /^[^\s.]\S*\.[^\s.]+$/.test(value),
);

/** How often an operator reads a secret again. @see https://pkg.go.dev/time#ParseDuration */
export const refreshInterval: Form = text('an interval such as 1h or 1h30m, or 0 for never', (value) =>
  /^(0|(\d+(\.\d+)?[smh])+)$/.test(value),
);

/** A key of a Secret or ConfigMap. */
export const dataKey: Form = text('letters, digits, dashes, underscores and dots', (value) =>
  /^[-._A-Za-z0-9]{1,253}$/.test(value),
);

/** The key of a label or annotation: a name, optionally prefixed with a domain and a slash. */
export const qualifiedName: Form = text('a name such as team or company.com/team', (value) => {
  const [name = '', prefix, ...more] = value.split('/').reverse();
  return more.length === 0 && isNamePart(name) && (prefix === undefined || isSubdomain(prefix));
});

/** The name of a resource that a device plugin provides, or of huge pages. */
export const extendedResource: Form = text(
  'a resource such as rdma/hca or hugepages-2Mi',
  (value) => /^hugepages-\d+[KMG]i$/.test(value) || (value.includes('/') && qualifiedName.fits(value)),
);

/** The value of a label. */
export const labelText: Form = text(
  'letters, digits, dashes, underscores and dots, at most 63',
  (value) => value === '' || isNamePart(value),
);

/** The name of an environment variable. */
export const variableName: Form = text('letters, digits, underscores, dashes and dots, with no digit in front', (value) =>
  /^[-._A-Za-z][-._A-Za-z0-9]*$/.test(value),
);

/** Why something is disabled, for readers a year later. */
export const reason: Form = text('the reason, in a few words', (value) => value.trim().length >= 10);

/** A minor version of Kubernetes. */
export const minorVersion: Form = text('a minor version of Kubernetes, such as 1.33', (value) => /^1\.\d{1,2}$/.test(value));
