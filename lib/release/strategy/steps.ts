import type { Candidate } from '../../canary/candidate';
import type { CanaryPlan, PlannedStep } from '../../canary/plan';
import type { KubeObject } from '../../kube/object';
import { type Analysis, analyze } from '../../metrics/analysis';
import { prometheus } from '../../metrics/prometheus';
import { podsOfDeployment } from '../../metrics/source';
import type { CanaryStep } from '../model/canary-step';
import type { Run } from '../model/engine';
import { ReleaseError } from '../model/failure';
import { StepWatch } from './step-watch';

/** Number of analyses in each hold: before its end, only a failure counts. */
const LOOKS = 5;
const SIGNIFICANCE = 0.05;
/** Minimum interval between two analyses; Prometheus scrapes every 15 or 30 seconds. */
const SHORTEST_LOOK_MS = 1_000;

/** Holds and judges the steps of one canary. */
export class Steps {
  private readonly run: Run;
  private readonly plan: CanaryPlan;
  private readonly candidate: Candidate;
  private readonly namespace: string;
  private readonly watch: StepWatch;

  constructor(run: Run, release: string, plan: CanaryPlan, candidate: Candidate, deployment: KubeObject) {
    [this.run, this.plan, this.candidate] = [run, plan, candidate];
    this.namespace = deployment.metadata.namespace ?? '';
    this.watch = new StepWatch(run, release, deployment);
  }

  /** Holds a step for as long as the strategy sets. Throws when it does not pass, after passing the results to `failed`. */
  async hold(step: PlannedStep, index: number, failed: (shown: CanaryStep) => void): Promise<CanaryStep> {
    const { run, plan } = this;
    const { holdSeconds, patienceSeconds, measure } = plan.strategy;
    const { workload, split, steps } = plan;
    const began = run.host.uptime();
    const about = { workload, type: plan.strategy.type, split, ...step, started: new Date(run.host.now()).toISOString() };
    run.emit({ type: 'canary-step', workload, number: index + 1, of: steps.length, ...step, holdMs: holdSeconds * 1000 });
    const shown = (verdict: CanaryStep['verdict'], analysis?: Analysis, reason?: string): CanaryStep => {
      const why = reason ?? analysis?.reason;
      const counted = analysis === undefined ? {} : { requests: analysis.requests, stableRequests: analysis.stableRequests };
      const seconds = Math.round((run.host.uptime() - began) / 100) / 10;
      const evidence = {
        ...about,
        seconds,
        verdict,
        ...(why === undefined ? {} : { reason: why }),
        ...counted,
        measured: analysis?.measured ?? [],
      };
      run.emit({ type: 'canary-judged', step: evidence });
      return evidence;
    };
    const fail = (verdict: 'failed' | 'inconclusive' | 'aborted', analysis?: Analysis, reason?: string): never => {
      const evidence = shown(verdict, analysis, reason);
      failed(evidence);
      throw failureOf(evidence, analysis?.remedy);
    };
    const lookMs = Math.max(SHORTEST_LOOK_MS, (holdSeconds * 1000) / (LOOKS + 1));
    const due = began + holdSeconds * 1000;
    const end = due + patienceSeconds * 1000;
    let next = measure === undefined ? due : Math.min(due, began + lookMs);
    let paused = false;
    while (true) {
      const event = await this.watch.next(paused ? undefined : next);
      if (event.kind === 'fault') return fail('failed', undefined, event.message);
      if (event.kind === 'command') {
        run.emit({ type: 'canary-command', workload, command: event.command });
        if (event.command === 'abort') return fail('aborted');
        if (event.command === 'promote') return shown('promoted');
        paused = event.command === 'pause';
        continue;
      }
      const now = run.host.uptime();
      const analysis = measure === undefined ? undefined : await this.analysis(step, now - began);
      if (analysis?.verdict === 'failed') return fail('failed', analysis);
      if (now >= due && (analysis === undefined || analysis.verdict === 'passed')) return shown('passed', analysis);
      if (now >= end) return fail('inconclusive', analysis);
      if (now >= due && analysis !== undefined)
        run.emit({ type: 'canary-inconclusive', workload, reason: analysis.reason ?? '', leftMs: end - now });
      next = now < due ? Math.min(due, now + lookMs) : Math.min(end, now + lookMs);
    }
  }

  /** Measures both versions since the start of the step. */
  private analysis({ share, percent }: PlannedStep, elapsedMs: number): Promise<Analysis> {
    const { run, plan, candidate, namespace } = this;
    const { measure, type } = plan.strategy;
    if (measure === undefined) throw new Error('a step without measurements is not analyzed');
    const source = run.metrics?.(measure.prometheus) ?? prometheus(measure.prometheus, run.api);
    const of = (name: string) => ({ namespace, pods: podsOfDeployment(name), windowSeconds: elapsedMs / 1000 });
    const alone = type !== 'shadow' && share >= 100 && percent >= 100;
    const name = plan.workload.slice(plan.workload.indexOf('/') + 1);
    // Repeated analyses of one step: each needs a correspondingly stricter significance.
    const significance = SIGNIFICANCE / (LOOKS + 1);
    return analyze(source, measure, { candidate: of(candidate.name), ...(alone ? {} : { stable: of(name) }), significance });
  }
}

const CODES = { failed: 'CANARY_FAILED', inconclusive: 'CANARY_INCONCLUSIVE', aborted: 'CANARY_ABORTED' } as const;

function failureOf({ workload, type, share, percent, verdict, reason }: CanaryStep, measuring?: string): ReleaseError {
  const code = verdict === 'aborted' || verdict === 'inconclusive' ? CODES[verdict] : CODES.failed;
  const at = type === 'shadow' ? `with ${percent} % of the requests mirrored to it` : `at ${share} % of the requests`;
  const message =
    verdict === 'aborted'
      ? `the canary was aborted ${at}`
      : `the new version did not pass ${at}${reason === undefined ? '' : `: ${reason}`}`;
  const remedy =
    verdict === 'inconclusive'
      ? (measuring ?? 'Give it more requests or a longer hold, or promote the step.')
      : 'The stable version takes all requests; correct the new one.';
  return new ReleaseError({ code, subject: workload, message, remedy });
}
