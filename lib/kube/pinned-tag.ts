/**
 * An image tag that names a version: it contains a digit. `latest`, `stable` and the empty tag do not compile, because what they
 * run depends on when a node pulled them. For a tag known only at run time, use `pinnedTag`.
 */
export type PinnedTag =
  // written out, so that the compiler prints the name rather than ten variants
  | `${string}0${string}`
  | `${string}1${string}`
  | `${string}2${string}`
  | `${string}3${string}`
  | `${string}4${string}`
  | `${string}5${string}`
  | `${string}6${string}`
  | `${string}7${string}`
  | `${string}8${string}`
  | `${string}9${string}`
  // for a version with its own type, as runtimes have: `v${version}`
  | `${'v' | ''}${number}.${number}.${number}`;
