/** A difference between environments that is meant, with the reason. Everything that differs and is not declared is drift. */
export interface ExpectedDifference {
  /** The stack it is about. @default every stack */
  readonly stack?: string;
  /** The role: `model-server`, `redis`. @default every component */
  readonly component?: string;
  /** Kind of the objects. @default every kind */
  readonly kind?: string;
  /**
   * The field, and everything below it: `spec.template.spec.containers[*].resources`. `*` stands for one step or one name.
   * @default the object as a whole: it is there in one environment and not in another
   */
  readonly path?: string;
  /** Why they differ, one sentence. */
  readonly reason: string;
}

/** A place in the matrix. */
export interface Place {
  /** The stack. */
  readonly stack: string;
  /** The role of the component, `model-server`. */
  readonly component: string;
  /** `Deployment/fraud-model`. */
  readonly object: string;
  /** Empty for the object as a whole. */
  readonly path: string;
}

/** Whether a declaration is about a place. */
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
