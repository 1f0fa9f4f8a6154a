import { isFields } from '../kube/fields';
import { httpUrl } from '../kube/forms';

/** A fraction: the query's count, relative to all requests or to another count. */
export interface FractionCheck {
  readonly name: string;
  /** PromQL for the number of bad requests, or of mirrored pairs that differ. */
  readonly bad: string;
  /** PromQL for the total; below `minRequests` is inconclusive. @default - the requests */
  readonly of?: string;
}

/** A quantile of a histogram. */
export interface QuantileCheck {
  readonly name: string;
  /** PromQL for the counts by bucket, with the label `le`. */
  readonly buckets: string;
  /** The quantile, 0.99. */
  readonly quantile: number;
}

/** The value of any query. */
export interface ValueCheck {
  readonly name: string;
  /** PromQL for one number. */
  readonly query: string;
  /** Minimum passing value. @default - no lower bound */
  readonly min?: number;
}

/** One check of a step, and its bounds. */
export type Check = (FractionCheck | QuantileCheck | ValueCheck) & {
  /** Maximum passing value. @default - no upper bound */
  readonly max?: number;
  /** Maximum ratio of the candidate's value to the stable version's. @default - not compared */
  readonly maxRatio?: number;
};

/** Measurements for canary steps. In queries, `$pods` stands for label matchers and `$window` for the lookback time. */
export interface Measure {
  /** URL of Prometheus inside the cluster: `http://prometheus.monitoring:9090`. */
  readonly prometheus: string;
  /** PromQL for the number of requests. */
  readonly requests: string;
  /** Minimum number of requests for a conclusive step. @default 50 */
  readonly minRequests: number;
  readonly checks: readonly Check[];
}

const DEFAULT_MIN_REQUESTS = 50;
const LONGEST_QUERY = 4_000;
const MOST_CHECKS = 20;

/** Called with each problem: path within the measure, value found, value expected. */
type Refuse = (path: string, got: unknown, expected: string) => undefined;

/** Parses a measure from JSON. Invalid input is passed to `refuse`, and undefined is returned. */
export function measureFrom(value: unknown, refuse: Refuse): Measure | undefined {
  if (!isFields(value)) return refuse('', value, '{"prometheus":"http://…","requests":"…","checks":[…]}');
  const { prometheus, requests, minRequests = DEFAULT_MIN_REQUESTS, checks, ...rest } = value;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) return refuse(`.${unknown}`, rest[unknown], 'prometheus, requests, minRequests, checks');
  if (typeof prometheus !== 'string' || !isOpenHttpUrl(prometheus))
    return refuse('.prometheus', prometheus, 'an http or https URL without credentials');
  if (!isQuery(requests)) return refuse('.requests', requests, 'PromQL with $pods and $window');
  if (typeof minRequests !== 'number' || !Number.isInteger(minRequests) || minRequests < 1)
    return refuse('.minRequests', minRequests, 'a whole number of at least 1');
  if (!Array.isArray(checks) || checks.length === 0 || checks.length > MOST_CHECKS)
    return refuse('.checks', checks, `1 to ${MOST_CHECKS} checks`);
  const read = checks.map((check: unknown, index) =>
    checkFrom(check, (path, got, expected) => refuse(`.checks[${index}]${path}`, got, expected)),
  );
  const complete = read.flatMap((check) => check ?? []);
  return complete.length === checks.length ? { prometheus, requests, minRequests, checks: complete } : undefined;
}

const BOUNDS = { max: 'a number', min: 'a number', maxRatio: 'a number above 0' } as const;

/** What a count of bad requests can be at most, and a quantile of a duration. */
function maxFault(kind: 'fraction' | 'quantile' | 'value', max: unknown, min: unknown): string | undefined {
  if (typeof max !== 'number') return undefined;
  if (kind === 'fraction') return max >= 0 && max <= 1 ? undefined : 'a fraction from 0 to 1, such as 0.01';
  if (kind === 'quantile') return max > 0 ? undefined : 'seconds, more than 0';
  return typeof min === 'number' && max < min ? `at least min, ${min}` : undefined;
}

function checkFrom(value: unknown, refuse: Refuse): Check | undefined {
  if (!isFields(value)) return refuse('', value, '{"name":"errors","bad":"…","max":0.01}');
  const { name, bad, of, buckets, quantile, query, max, min, maxRatio, ...rest } = value;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined)
    return refuse(`.${unknown}`, rest[unknown], 'name, bad or buckets or query, of, quantile, max, min, maxRatio');
  if (typeof name !== 'string' || !/^[\w .:-]{1,60}$/.test(name)) return refuse('.name', name, 'a name of at most 60 letters');
  for (const [field, bound] of Object.entries({ max, min, maxRatio })) {
    const sound =
      bound === undefined || (typeof bound === 'number' && Number.isFinite(bound) && (field !== 'maxRatio' || bound > 0));
    if (!sound) return refuse(`.${field}`, bound, BOUNDS[field as keyof typeof BOUNDS]);
  }
  if (max === undefined && min === undefined && maxRatio === undefined) return refuse('', value, 'max, min or maxRatio');
  const bounds = { name, ...numbers({ max, maxRatio }) };
  const fault = maxFault(bad !== undefined ? 'fraction' : buckets !== undefined ? 'quantile' : 'value', max, min);
  if (fault !== undefined) return refuse('.max', max, fault);
  if ([bad, buckets, query].filter((one) => one !== undefined).length !== 1)
    return refuse('', value, 'one of bad, buckets, query');
  if (of !== undefined && (bad === undefined || !isQuery(of)))
    return refuse('.of', of, 'PromQL with $pods and $window, next to bad');
  if (query !== undefined)
    return isQuery(query) ? { ...bounds, query, ...numbers({ min }) } : refuse('.query', query, 'PromQL with $pods');
  if (min !== undefined) return refuse('.min', min, 'nothing: only a query has a lower bound');
  if (bad !== undefined)
    return isQuery(bad)
      ? { ...bounds, bad, ...(of === undefined ? {} : { of }) }
      : refuse('.bad', bad, 'PromQL with $pods and $window');
  if (typeof quantile !== 'number' || !(quantile > 0 && quantile < 1))
    return refuse('.quantile', quantile, 'a number between 0 and 1');
  return isQuery(buckets)
    ? { ...bounds, buckets, quantile }
    : refuse('.buckets', buckets, 'PromQL with $pods and $window, by (le)');
}

function numbers(values: Readonly<Record<string, unknown>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
}

/** Without `$pods`, a query would measure the same for both versions. */
function isQuery(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_QUERY && value.includes('$pods');
}

/** Credentials in a URL would be in the manifest. */
function isOpenHttpUrl(text: string): boolean {
  if (!httpUrl.fits(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}
