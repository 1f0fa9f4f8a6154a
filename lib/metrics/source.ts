/** One series of an instant query: its labels and its current value. */
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

/** The scope of a measurement: the pods, and the lookback in seconds. */
export interface MeasuredPods {
  readonly namespace: string;
  /** Regular expression for pod names. */
  readonly pods: string;
  readonly windowSeconds: number;
}

/** A query with `$pods` and `$window` replaced: label matchers for the pods, and the lookback time. */
export function filledIn(query: string, { namespace, pods, windowSeconds }: MeasuredPods): string {
  const matchers = `namespace=${JSON.stringify(namespace)},pod=~${JSON.stringify(pods)}`;
  return query.replaceAll('$pods', matchers).replaceAll('$window', `${Math.max(1, Math.round(windowSeconds))}s`);
}

/** Regular expression for pod names of a Deployment, without those of Deployments whose names start the same. */
export function podsOfDeployment(name: string): string {
  return `${name.replaceAll('.', '\\.')}-[0-9a-z]+-[0-9a-z]{5}`;
}

/** Regular expression for names of all pods serving for a Deployment, including a canary's candidate, or a multi-node group. */
export function podsOfServer(name: string): string {
  return `${name.replaceAll('.', '\\.')}(-canary-[0-9a-z]+)?-([0-9a-z]+-[0-9a-z]{5}|[0-9]+(-[0-9]+)?)`;
}
