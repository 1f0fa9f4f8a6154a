import { CODES, type ProblemCode } from '../../errors/codes';
import type { Problem } from '../../errors/problem';
import { displayName, type KubeObject } from '../../kube/object';
import { type Inventory, inventoryOf } from '../inventory/inventory';
import { type CheckContext, ownSeverity } from './context';

/** `error`: cannot work, or must not be released. `warning`: may be intended, or valid with objects already in the cluster. */
export type Severity = 'error' | 'warning';

/** A problem that a rule found. */
export interface Finding extends Problem {
  /** Rule ID, for exceptions. */
  readonly rule: string;
  /** Whether it fails a synth. */
  readonly severity: Severity;
  /** The affected object. */
  readonly object: KubeObject;
}

/** A check of manifests. Pure: equal objects and context give equal findings. */
export interface Rule {
  /** Rule ID: the code in lower case, `dangling-service`. */
  readonly id: string;
  /** Code of its findings. */
  readonly code: ProblemCode;
  /** Whether its findings fail a synth. */
  readonly severity: Severity;
  /** Whether it is a style rule: its findings are warnings on objects that this library did not render. */
  readonly style: boolean;
  /** Why it is a problem. */
  readonly reason: string;
  /** The fix, unless a finding has a better one. */
  readonly remedy: string;
  /** IDs of the same rule in linters. */
  readonly lints: readonly string[];
  /** Checks all objects and returns findings. */
  check(objects: readonly KubeObject[], context?: CheckContext): readonly Finding[];
}

/** What a rule reports at one location. */
export interface Found {
  readonly object: KubeObject;
  readonly path?: string;
  readonly message: string;
  readonly got?: unknown;
  readonly expected?: string;
  readonly nearest?: string | undefined;
  /** @default the rule's */
  readonly remedy?: string;
  /** @default the rule's */
  readonly severity?: Severity;
}

/** Creates a finding at one location; an empty path means the whole object. */
export function say(
  object: KubeObject,
  path: string,
  message: string,
  more: Omit<Found, 'object' | 'path' | 'message'> = {},
): readonly Found[] {
  return [{ object, ...(path === '' ? {} : { path }), message, ...more }];
}

/** Creates a rule from a code and a check. Findings of a `style` rule are errors only on objects that this library renders. */
export function rule(
  code: ProblemCode,
  severity: Severity | 'style',
  remedy: string,
  find: (inventory: Inventory, context: CheckContext) => readonly Found[],
  lints = '',
): Rule {
  const id = code.toLowerCase().replaceAll('_', '-');
  const style = severity === 'style';
  const finding = ({ nearest, ...found }: Found, context: CheckContext): Finding => ({
    code,
    subject: displayName(found.object),
    severity: style ? ownSeverity(context, found.object) : severity,
    rule: id,
    remedy,
    ...found,
    ...(nearest === undefined ? {} : { nearest }),
  });
  return {
    id,
    code,
    severity: style ? 'error' : severity,
    style,
    reason: CODES[code].why,
    remedy,
    lints: lints === '' ? [] : lints.split(' '),
    check: (objects, context = {}) => find(inventoryOf(objects), context).map((found) => finding(found, context)),
  };
}
