/**
 * What the compiler knows of values that are written out. A value of a wider type, as from a config, passes here and is checked at
 * synth. Each type is the value itself or, in its place, the words that the compiler prints.
 */

/** An image whose version is a prop of its own. */
export type Untagged<Image extends string> = string extends Image
  ? string
  : Image extends `${string}@${string}` | `${string}://${string}`
    ? 'an image without scheme, tag and digest'
    : Image extends `${string}:${infer Tag}`
      ? Tag extends `${string}/${string}`
        ? Image // the port of a registry
        : 'an image without scheme, tag and digest'
      : Image;

/** A model on the Hugging Face hub. */
export type HubRepository<Repo extends string> = string extends Repo
  ? `${string}/${string}`
  : Repo extends `${string}/${string}/${string}`
    ? 'owner/name on the hub'
    : Repo extends `${string}/${string}`
      ? Repo
      : 'owner/name on the hub';

/** A directory of a volume. */
export type SubPath<Path extends string> = string extends Path
  ? string
  : Path extends `/${string}` | '..' | `../${string}` | `${string}/..` | `${string}/../${string}`
    ? 'a path inside the volume, without a leading / and without ..'
    : Path;

/** A location in a bucket. */
export type BucketUri<Uri extends string> = string extends Uri
  ? `s3://${string}` | `gs://${string}`
  : Uri extends 's3://' | 'gs://' | `${string}:///${string}`
    ? 's3:// or gs://, the bucket and a path'
    : Uri extends `s3://${string}` | `gs://${string}`
      ? Uri
      : 's3:// or gs://, the bucket and a path';

/** A host name. */
export type HostName<Host extends string> = string extends Host
  ? string
  : Host extends `${string}:${string}` | `${string}/${string}` | `${string} ${string}` | ''
    ? 'a host name without scheme, port and path'
    : Host;

/** A whole number above 0. */
export type Natural<N extends number> = number extends N
  ? number
  : `${N}` extends '0' | `-${string}` | `${string}.${string}`
    ? 'a whole number above 0'
    : N;

/** The number of a port: at most five digits, and a smaller first one of five. */
export type PortNumber<N extends number> = number extends N
  ? number
  : `${N}` extends '0' | `-${string}` | `${string}.${string}`
    ? 'a port from 1 to 65535'
    : `${N}` extends `${infer First}${infer _2}${infer _3}${infer _4}${infer _5}${infer More}`
      ? `${First}${More}` extends '1' | '2' | '3' | '4' | '5' | '6'
        ? N
        : 'a port from 1 to 65535'
      : N;

/** A fraction above 0. */
export type PositiveFraction<N extends number> = number extends N
  ? number
  : `${N}` extends '1' | `0.${string}` | `${string}e-${string}`
    ? N
    : 'a fraction above 0 and at most 1, such as 0.9';

/** A tuple as long as a whole percentage. */
type Percents<N extends number, Counted extends readonly 0[] = []> = Counted['length'] extends N
  ? Counted
  : Counted['length'] extends 100
    ? 'none'
    : Percents<N, readonly [...Counted, 0]>;

/** A whole percentage above 0. */
export type Percent<N extends number> = number extends N
  ? number
  : Percents<N> extends readonly [0, ...(readonly 0[])]
    ? N
    : 'a whole percentage from 1 to 100';

/** Percentages of which each is above the one before. */
export type Rising<Steps extends readonly number[], Before extends readonly 0[] = []> = number extends Steps[number]
  ? true
  : Steps extends readonly [infer First extends number, ...infer Rest extends readonly number[]]
    ? Percents<First> extends infer Now extends readonly [...Before, 0, ...(readonly 0[])]
      ? Rest extends readonly []
        ? true
        : Rising<Rest, Now>
      : false
    : false;

/** The steps of a canary. */
export type Steps<Given extends readonly number[]> =
  Rising<Given> extends true ? Given : 'whole percentages from 1 to 100, each above the one before';
