/**
 * An alert on the rate at which an error budget is consumed: it fires when both windows exceed the rate, the long one for
 * significance, the short one so that it resolves soon after the cause ends.
 * @see https://sre.google/workbook/alerting-on-slos/#6-multiwindow-multi-burn-rate-alerts
 */
export interface BurnRate {
  /** Multiple of the consumption rate that the period's budget allows. */
  readonly rate: number;
  readonly long: Window;
  readonly short: Window;
  readonly severity: 'page' | 'ticket';
}

/** Windows of recorded ratios. */
const WINDOWS = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'] as const;
/** A window of recorded ratios. */
export type Window = (typeof WINDOWS)[number];

/** The alerts of the workbook, for a period of 30 days: 2 % of the budget in 1 h, 5 % in 6 h, 10 % in 1 d and in 3 d. */
export const BURN_RATES: readonly BurnRate[] = [
  { rate: 14.4, long: '1h', short: '5m', severity: 'page' },
  { rate: 6, long: '6h', short: '30m', severity: 'page' },
  { rate: 3, long: '1d', short: '2h', severity: 'ticket' },
  { rate: 1, long: '3d', short: '6h', severity: 'ticket' },
];

/** One objective of one server, as queries. */
export interface Indicator {
  /** `availability`, `request-seconds`: part of the rule names. */
  readonly name: string;
  /** Labels of its series: namespace, server and objective. */
  readonly labels: Readonly<Record<string, string>>;
  /** Fraction of requests that must meet it. */
  readonly objective: number;
  /** PromQL for the requests per second that violate it. */
  readonly bad: (window: string) => string;
  /** PromQL for all requests per second. */
  readonly all: (window: string) => string;
}

/** A rule of a PrometheusRule. */
export type Rule = {
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
} & ({ readonly record: string } | { readonly alert: string; readonly annotations: Readonly<Record<string, string>> });

/** Name of the recorded ratio over a window. */
export function ratioOver(window: Window): string {
  return `serving:objective_errors:ratio_rate${window}`;
}

/** Label matchers, in the order of the labels. */
export function matchers(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',');
}

/** The recording rules and alerts of one objective. */
export function burnRateRules({ labels, objective, bad, all }: Indicator): readonly Rule[] {
  const budget = Number((1 - objective).toPrecision(12));
  const selector = matchers(labels);
  const { server = '', objective: promise = '' } = labels;
  return [
    ...WINDOWS.map((window): Rule => ({ record: ratioOver(window), expr: `${bad(window)} / (${all(window)} > 0)`, labels })),
    ...BURN_RATES.map(({ rate, long, short, severity }): Rule => {
      const beyond = (window: Window) => `${ratioOver(window)}{${selector}} > ${Number((rate * budget).toPrecision(12))}`;
      return {
        alert: 'ServingErrorBudgetBurn',
        expr: `${beyond(long)} and ${beyond(short)}`,
        labels: { ...labels, severity, long, short },
        annotations: {
          summary: `${server} uses up its error budget for ${promise} ${rate} times too fast`,
          description: `{{ $value | humanizePercentage }} of the requests of the last ${long} broke the objective of ${percentOf(objective)} %.`,
        },
      };
    }),
  ];
}

/** A fraction in percent, without trailing decimals: 99.9. */
export function percentOf(fraction: number): number {
  return Number((fraction * 100).toPrecision(8));
}
