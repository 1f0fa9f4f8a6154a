/**
 * An image tag that names a version: it has a digit in it. `latest`, `stable` and the empty tag do not compile, because what
 * they run depends on when a node pulled it. A tag that is only known at run time goes through `pinnedTag`.
 */
export type PinnedTag =
  // written out, so that the compiler prints the name and not the ten of them
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
  // of a version that is a type of its own, as runtimes have them: `v${version}`
  | `${'v' | ''}${number}.${number}.${number}`;
