import { shortNumber } from '../../metrics/analysis';
import type { CanaryPlan, CanaryStep, Measured, PlannedStep } from '../../release';
import { oneLine } from './safe';
import { count } from './style';

/** `canary Deployment/fraud-model: 10 % → 50 % → 100 %, 5m each, by HTTPRoute`, and its requirements. */
export function canaryText({ workload, strategy, split, steps, devices, autoscalers }: CanaryPlan): string {
  const { type, holdSeconds, measure } = strategy;
  const shares = type === 'shadow' ? `${steps[0]?.percent ?? 0} % mirrored` : steps.map(shareText).join(' → ');
  const checks = measure === undefined ? 'nothing measured' : measure.checks.map(({ name }) => name).join(', ');
  const spare = Object.entries(devices).map(([name, count]) => `needs ${count} spare ${name}`);
  const scaling = autoscalers.length === 0 ? [] : ['no scale-in meanwhile'];
  return [
    `${NAMES[type]} ${workload}: ${shares}`,
    `${timeText(holdSeconds)} each`,
    SPLITS[split],
    checks,
    ...spare,
    ...scaling,
  ].join(', ');
}

const NAMES = { canary: 'canary', shadow: 'shadow', blueGreen: 'blue-green' } as const;
const SPLITS = { route: 'by a route', service: 'by the Service', replicas: 'by the number of pods' } as const;

/** The requested percentage of a step, and the actual one if it differs. */
function shareText({ percent, share }: PlannedStep): string {
  return share === percent ? `${percent} %` : `${percent} % (really ${share} %)`;
}

/** `canary Deployment/fraud-model step 1 of 3: 10 % on 1 pod`. */
export function stepText({
  workload,
  number,
  of,
  ...step
}: PlannedStep & { readonly workload: string; readonly number: number; readonly of: number }): string {
  const pods = count(step.replicas, 'pod');
  return `canary ${workload} step ${number} of ${of}: ${shareText(step)} on ${pods}`;
}

/** `10 % passed: errors 0.001 (≤ 0.01; stable 0.002), 812 requests`. */
export function judgedText({ type, percent, share, verdict, reason, requests, measured }: CanaryStep): string {
  const at = type === 'shadow' ? `${percent} % mirrored` : `${share} %`;
  const numbers = [...measured.map(measuredText), ...(requests === undefined ? [] : [count(requests, 'request')])].join(', ');
  const told = [numbers, measured.length > 0 ? '' : oneLine(reason ?? '')].filter((part) => part !== '').join('; ');
  return `${at} ${verdict}${told === '' ? '' : `: ${told}`}`;
}

function measuredText({ name, candidate, stable, max, min, maxRatio, chance }: Measured): string {
  const facts = [
    ...(max === undefined ? [] : [`≤ ${max}`]),
    ...(min === undefined ? [] : [`≥ ${min}`]),
    ...(maxRatio === undefined ? [] : [`≤ ${maxRatio} × stable`]),
    ...(stable === undefined ? [] : [`stable ${shortNumber(stable)}`]),
    ...(chance === undefined ? [] : [`p ${shortNumber(chance)}`]),
  ];
  return `${name} ${candidate === undefined ? 'unknown' : shortNumber(candidate)} (${facts.join('; ')})`;
}

/** Formats seconds for people. */
function timeText(seconds: number): string {
  if (seconds >= 60 && seconds % 60 === 0) return `${seconds / 60}m`;
  return `${seconds}s`;
}
