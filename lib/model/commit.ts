type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9' | 'a' | 'b' | 'c' | 'd' | 'e' | 'f';

/** Counts the digits of a hexadecimal string; never for any other string. */
type Digits<Text extends string, Count extends readonly unknown[] = []> = Text extends `${infer First}${infer Rest}`
  ? First extends Digit
    ? Digits<Rest, readonly [...Count, 0]>
    : never
  : Count['length'];

/** A commit: 40 hexadecimal digits. A literal branch name does not compile; one from a config is refused at synth. */
export type Commit<Text extends string> = string extends Text
  ? string
  : [Digits<Text>] extends [never]
    ? 'a commit of 40 hexadecimal digits'
    : Digits<Text> extends 40
      ? Text
      : 'a commit of 40 hexadecimal digits';

/** An image with its whole digest. */
export type WithDigest<Image extends string> = string extends Image
  ? `${string}@sha256:${string}`
  : Image extends `${string}@sha256:${infer Hex}`
    ? string extends Hex
      ? Image
      : [Digits<Hex>] extends [64]
        ? Image
        : 'repository@sha256: and 64 hexadecimal digits'
    : 'repository@sha256: and 64 hexadecimal digits';

/** Whether a string is a commit. */
export function isCommit(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}
