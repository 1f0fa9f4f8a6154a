import type { Clock } from '../../client/clock';
import type { Obj } from '../../kube/fields';
import { Registry } from './registry';
import { Store } from './store';

/** A rule for the user's permissions, as in a Role. `*` matches all. */
export interface AccessRule {
  /** `get`, `list`, `patch`, …; `*` for all. */
  readonly verbs: readonly string[];
  /** `''` is the core group; `*` for all. */
  readonly apiGroups: readonly string[];
  /** `deployments`, `pods/log`, …; `*` for all. */
  readonly resources: readonly string[];
  /** Restricts the rule to objects with these names. */
  readonly resourceNames?: readonly string[];
  /** Default: every namespace. */
  readonly namespaces?: readonly string[];
}

const ALL_ACCESS: readonly AccessRule[] = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }];

const SUFFIX_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** State shared by all parts of the server. Everything that looks random comes from counters, so that runs are repeatable. */
export class World {
  readonly store: Store;
  readonly registry = new Registry();
  readonly clock: Clock;
  /** Permissions of the user; tests change them. */
  rules: readonly AccessRule[];
  /** Log lines of containers, by `namespace/pod/container` (and `…/previous`). */
  readonly logs = new Map<string, string[]>();
  /** Objects for which the first write stores a new version even without a change. */
  readonly unsettled = new WeakSet<Obj>();
  private uids = 0;
  private suffixes = 0;
  private addresses = 0;
  private ports = 0;

  constructor(clock: Clock, rules: readonly AccessRule[] = ALL_ACCESS) {
    this.clock = clock;
    this.rules = rules;
    this.store = new Store();
  }

  /** Current time in the format of objects: seconds. */
  now(): string {
    return `${new Date(this.clock.now()).toISOString().slice(0, 19)}Z`;
  }

  newUid(): string {
    const count = (++this.uids).toString(16);
    return `5a4db000-0000-4000-8000-${count.padStart(12, '0')}`;
  }

  /** Five letters, like the server's suffix for `generateName`. */
  newSuffix(): string {
    let rest = (++this.suffixes * 7_368_787) % SUFFIX_LETTERS.length ** 5;
    let text = '';
    for (let i = 0; i < 5; i++) {
      text += SUFFIX_LETTERS[rest % SUFFIX_LETTERS.length];
      rest = Math.floor(rest / SUFFIX_LETTERS.length);
    }
    return text;
  }

  newServiceIp(): string {
    const count = ++this.addresses;
    return `10.96.${count >> 8}.${count & 255}`;
  }

  newNodePort(): number {
    return 30_000 + this.ports++;
  }
}
