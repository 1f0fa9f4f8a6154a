/** One series of an instant query: its labels and its value now. */
export interface Sample {
  /** Labels of the series. */
  readonly labels: Readonly<Record<string, string>>;
  /** Its value. */
  readonly value: number;
}

/** Responds to PromQL. */
export interface MetricsSource {
  /** Evaluates a query now. Rejects with a `ServingError` when there is no usable response. */
  query(promql: string, signal?: AbortSignal): Promise<readonly Sample[]>;
}

/** What a measurement is of: the pods, and the seconds that it looks back. */
export interface MeasuredPods {
  readonly namespace: string;
  /** Regular expression for the names of the pods. */
  readonly pods: string;
  readonly windowSeconds: number;
}

/** A query with `$pods` and `$window` replaced: label matchers for the pods, and how far to look back. */
export function filledIn(query: string, { namespace, pods, windowSeconds }: MeasuredPods): string {
  const matchers = `namespace=${JSON.stringify(namespace)},pod=~${JSON.stringify(pods)}`;
  return query.replaceAll('$pods', matchers).replaceAll('$window', `${Math.max(1, Math.round(windowSeconds))}s`);
}

/** Regular expression for the names of a Deployment's pods, and of no other Deployment's whose name begins the same. */
export function podsOfDeployment(name: string): string {
  return `${name.replaceAll('.', '\\.')}-[0-9a-z]+-[0-9a-z]{5}`;
}

/** Regular expression for the names of all pods that serve for a Deployment, a canary's candidate included, or for a group of nodes. */
export function podsOfServer(name: string): string {
  return `${name.replaceAll('.', '\\.')}(-canary-[0-9a-z]+)?-([0-9a-z]+-[0-9a-z]{5}|[0-9]+(-[0-9]+)?)`;
}
