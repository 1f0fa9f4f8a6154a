import type { Duration } from 'cdk8s';
import type { Forbidden } from './forbidden';
import type { PinnedTag } from './pinned-tag';

/** Forms of texts, keyed by the words that the compiler prints for a mismatch. */
interface Forms {
  "a duration such as '90s' or '5m'": `${number}${'s' | 'm' | 'h'}`;
  "a duration such as '90s' or '5m', or one of cdk8s": Text<"a duration such as '90s' or '5m'"> | Duration;
  "cores as text, such as '2' or '250m'": `${number}` | `${number}m`;
  "bytes with a unit, such as '512Mi' or '16Gi'": `${number}${'Ki' | 'Mi' | 'Gi' | 'Ti' | 'k' | 'M' | 'G' | 'T'}`;
  'an image with a version: repository:tag with a digit in the tag, or repository@sha256:digest':
    | `${string}:${PinnedTag}`
    | `${string}@sha256:${string}`;
  "an interval such as '1h' or '1h30m', or '0' for never":
    | '0'
    | `${number}${'s' | 'm' | 'h'}`
    | `${number}${'m' | 'h'}${number}${'s' | 'm'}`;
  "a URL such as 'http://features:8081'": `http://${string}` | `https://${string}`;
  "a URI such as 's3://bucket/path/', or a path such as '/data'": `${string}://${string}` | `/${string}`;
}

/** Texts of one form. No value has the last member: it exists for the compiler's message. */
export type Text<Such extends keyof Forms> = Forms[Such] | Forbidden<string, Such>;

/**
 * Texts with a form known to the compiler. Under these names they appear in messages as
 * `Text<"a duration such as '90s' or '5m'">`, where an alias would hide the words.
 */
export interface Texts {
  duration: Text<"a duration such as '90s' or '5m'">;
  durationLike: Text<"a duration such as '90s' or '5m', or one of cdk8s">;
  cpu: Text<"cores as text, such as '2' or '250m'">;
  memory: Text<"bytes with a unit, such as '512Mi' or '16Gi'">;
  pinnedImage: Text<'an image with a version: repository:tag with a digit in the tag, or repository@sha256:digest'>;
  refreshInterval: Text<"an interval such as '1h' or '1h30m', or '0' for never">;
  httpUrl: Text<"a URL such as 'http://features:8081'">;
  datasetUri: Text<"a URI such as 's3://bucket/path/', or a path such as '/data'">;
}
