import { CODES, type ProblemCode } from '../../errors/codes';
import type { Problem } from '../../errors/problem';
import { displayName, type KubeObject } from '../../kube/object';
import { type Inventory, inventoryOf } from '../inventory/inventory';
import { type CheckContext, ownSeverity } from './context';

/** `error` cannot work, or must not; `warning` may be meant so, or may be right with what is in the cluster already. */
export type Severity = 'error' | 'warning';

/** A problem that a rule found. */
export interface Finding extends Problem {
  /** The rule's id, by which an exception names it. */
  readonly rule: string;
  /** Whether it fails a synth. */
  readonly severity: Severity;
  /** The object it is about. */
  readonly object: KubeObject;
}

/** One thing that is checked of manifests. Pure: equal objects and context give equal findings. */
export interface Rule {
  /** The code in lower case, `dangling-service`. */
  readonly id: string;
  /** The code of its findings. */
  readonly code: ProblemCode;
  /** Whether its findings fail a synth. */
  readonly severity: Severity;
  /** Whether it judges style: its findings are warnings on objects that this library did not render. */
  readonly style: boolean;
  /** Why it is refused. */
  readonly reason: string;
  /** What the reader can do, unless a finding says it better. */
  readonly remedy: string;
  /** The ids under which linters know it. */
  readonly lints: readonly string[];
  /** Looks at all objects, and says what is wrong. */
  check(objects: readonly KubeObject[], context?: CheckContext): readonly Finding[];
}

/** What a rule says of one place. */
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

/** One thing to say of one place; an empty path means the object as a whole. */
export function say(
  object: KubeObject,
  path: string,
  message: string,
  more: Omit<Found, 'object' | 'path' | 'message'> = {},
): readonly Found[] {
  return [{ object, ...(path === '' ? {} : { path }), message, ...more }];
}

/** Makes a rule of a code and of what looks for it. A rule of `style` fails only what this library renders. */
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
