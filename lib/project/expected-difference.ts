/** An intended difference between environments, with the reason. Every undeclared difference is drift. */
export interface ExpectedDifference {
  /** Name of the stack. @default every stack */
  readonly stack?: string;
  /** Role of the component: `model-server`, `redis`. @default every component */
  readonly component?: string;
  /** Kind of the objects. @default every kind */
  readonly kind?: string;
  /**
   * Path of the field, including everything below it: `spec.template.spec.containers[*].resources`. `*` matches one index or one
   * name.
   * @default the whole object: it exists in one environment and not in another
   */
  readonly path?: string;
  /** Why they differ, in one sentence. */
  readonly reason: string;
}

/** A location in the matrix. */
export interface Place {
  /** The stack. */
  readonly stack: string;
  /** The role of the component, `model-server`. */
  readonly component: string;
  /** `Deployment/fraud-model`. */
  readonly object: string;
  /** Empty for the whole object. */
  readonly path: string;
}

/** Whether a declaration covers a location. */
export function covers(expected: ExpectedDifference, place: Place): boolean {
  const { stack = place.stack, component = place.component, kind, path = '' } = expected;
  if (stack !== place.stack || component !== place.component) return false;
  if (kind !== undefined && kind !== place.object.split('/')[0]) return false;
  if (path === '' || place.path === '') return path === place.path;
  return patternOf(path).test(place.path);
}

const patterns = new Map<string, RegExp>();

function patternOf(path: string): RegExp {
  const found = patterns.get(path);
  if (found !== undefined) return found;
  const escaped = path.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^.\\]]*');
  const pattern = new RegExp(`^${escaped}(?:$|[.[])`);
  patterns.set(path, pattern);
  return pattern;
}
