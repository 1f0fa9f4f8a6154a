import { type Candidate, candidateOf } from '../../canary/candidate';
import type { CanaryPlan } from '../../canary/plan';
import { shiftedRoute } from '../../canary/route';
import { withoutScaleIn } from '../../canary/scale-in';
import { named, uidOf } from '../../kube/address';
import { CANDIDATE_LABEL, RELEASE_LABEL } from '../../kube/contract';
import { fieldsAt, numberAt } from '../../kube/fields';
import { displayName, type KubeObject, keyOf } from '../../kube/object';
import { createTemporary, removeTemporary, temporaryOf } from '../gate/temporary';
import type { CanaryStep } from '../model/canary-step';
import { refuseWhenInterrupted } from '../model/failure';
import type { Plan, PlannedObject } from '../model/plan';
import { type JournalStep, type KindPlace, placeOf, uniquePlaces } from '../model/record';
import { manifestOf, ownedBy } from '../ownership/fields';
import type { Session } from '../record/session';
import { settled } from '../rollout/settled';
import { rollout } from '../rollout/wait';
import { Steps } from './steps';

/** A canary of this run: its plan, and the objects it creates. */
interface Planned {
  readonly plan: CanaryPlan;
  readonly workload: PlannedObject | undefined;
  readonly candidate: Candidate;
  /** The objects that shift its traffic, as they were when planned. */
  readonly shifting: readonly PlannedObject[];
  /** The autoscalers of the stable version. */
  readonly autoscalers: readonly PlannedObject[];
}

/**
 * The canaries of one release. Candidates are temporary objects of the run; traffic shifts are steps of the journal. So a release
 * that dies at any moment is rolled back like any other: first traffic, then candidates.
 */
export class Canaries {
  /** Results of the steps so far. */
  readonly evidence: CanaryStep[] = [];
  /** Milliseconds spent holding steps, which do not count against any timeout. */
  heldMs = 0;
  private readonly session: Session;
  private readonly id: string;
  private readonly release: string;
  private readonly all: readonly Planned[];
  private readonly attempted: Set<string>;

  /** @param attempted keys of objects for which a write was sent */
  constructor(session: Session, planned: Plan, id: string, attempted: Set<string>) {
    [this.session, this.id, this.release, this.attempted] = [session, id, planned.release, attempted];
    this.all = (planned.canaries ?? []).map((plan, index) => ({
      plan,
      workload: planned.objects.find(({ manifest }) => manifest !== undefined && displayName(manifest) === plan.workload),
      candidate: candidateOf(plan, planned.objects, `${id}${index}`),
      shifting: planned.objects.filter(({ key }) => plan.shifting.includes(key)),
      autoscalers: planned.objects.filter(({ key }) => plan.autoscalers.includes(key)),
    }));
  }

  /** Kinds and namespaces of all temporary objects that the canaries create. */
  places(): readonly KindPlace[] {
    return this.all.flatMap(({ candidate }) => [...candidate.support, candidate.deployment].map(placeOf));
  }

  /** Canary objects as journal steps, where the plan leaves them unchanged. */
  steps(): readonly JournalStep[] {
    return this.held().flatMap(({ action, live }) =>
      action === 'unchanged' && live ? [{ action: 'change' as const, object: named(live), before: live }] : [],
    );
  }

  /** Whether an object shifts traffic or scales a stable version, so that only this class writes it. */
  owns({ key }: PlannedObject): boolean {
    return this.held().some((one) => one.key === key);
  }

  /** Starts each candidate and shifts its share of traffic to it, step by step. Throws when a step does not pass. */
  async carryOut(deadline: () => number | undefined): Promise<void> {
    const { run } = this.session;
    for (const one of this.all) {
      const { plan, candidate } = one;
      refuseWhenInterrupted(run.signal, this.release);
      const { type } = plan.strategy;
      run.emit({ type: 'canary-started', workload: plan.workload, strategy: type, split: plan.split, steps: plan.steps });
      const scaling = one.autoscalers.flatMap(({ live }) => (live === undefined ? [] : [withoutScaleIn(originalOf(live))]));
      for (const object of [...this.manifestsOf(one, plan.steps[0]?.percent ?? 0), ...scaling])
        await run.api.apply(object, { dryRun: true });
      for (const autoscaler of scaling) await this.write(autoscaler);
      for (const object of candidate.support) await this.create(object);
      let deployment = await this.create(candidate.deployment);
      const steps = new Steps(run, this.release, plan, candidate, deployment);
      for (const [index, step] of plan.steps.entries()) {
        refuseWhenInterrupted(run.signal, this.release);
        if (numberAt(deployment, 'spec', 'replicas') !== step.replicas)
          deployment = await this.session.write(() =>
            run.api.merge(named(candidate.deployment), { spec: { replicas: step.replicas } }),
          );
        const limit = deadline();
        await rollout(run, [deployment], { release: this.release, ...(limit === undefined ? {} : { deadline: limit }) });
        const shifted: KubeObject[] = [];
        for (const shifting of this.manifestsOf(one, step.percent)) shifted.push(await this.write(shifting));
        // The step starts only when the gateway has applied the weights.
        await rollout(run, shifted, { release: this.release, ...(limit === undefined ? {} : { deadline: limit }) });
        const began = run.host.uptime();
        try {
          this.evidence.push(await steps.hold(step, index, (shown) => this.evidence.push(shown)));
        } finally {
          this.heldMs += run.host.uptime() - began;
        }
      }
    }
  }

  /** Returns all requests to the stable versions, which are new by now, and removes the candidates. */
  async retire(): Promise<readonly KubeObject[]> {
    const { api } = this.session.run;
    for (const one of this.all) await this.scaleUp(one);
    const written: KubeObject[] = [];
    for (const { action, manifest, live, conflicts } of this.held()) {
      if (live === undefined) continue;
      const final = action === 'unchanged' || manifest === undefined ? originalOf(live) : manifest;
      written.push(await this.session.write(() => api.apply(final, { force: conflicts.length > 0 })));
    }
    await settled(this.session.run, written);
    await this.cleanUp();
    return written;
  }

  /** Removes the candidates and their related objects. */
  async cleanUp(): Promise<void> {
    if (this.all.length > 0) await removeTemporary(this.session, { run: this.id, temporary: uniquePlaces(this.places()) });
  }

  /** An autoscaler outside this release may have scaled the stable version down while the candidate received its requests. */
  private async scaleUp({ plan: { steps, split }, workload }: Planned): Promise<void> {
    const { api } = this.session.run;
    const { manifest } = workload ?? {};
    // Where the manifests set a count, it has been reached by now.
    if (manifest === undefined || split === 'replicas' || fieldsAt(manifest, 'spec').replicas !== undefined) return;
    const needed = steps.at(-1)?.replicas ?? 0;
    const live = await api.get(named(manifest));
    if (live === undefined || (numberAt(live, 'spec', 'replicas') ?? 1) >= needed) return;
    const scaled = await this.session.write(() => api.merge(named(manifest), { spec: { replicas: needed } }));
    await rollout(this.session.run, [scaled], { release: this.release });
  }

  private held(): readonly PlannedObject[] {
    const all = this.all.flatMap(({ shifting, autoscalers }) => [...shifting, ...autoscalers]);
    return [...new Map(all.map((one) => [one.key, one])).values()];
  }

  /** The objects that shift traffic, for one step: all fields that this tool owns in them, with the share. */
  private manifestsOf({ plan, candidate, shifting }: Planned, percent: number): readonly KubeObject[] {
    return shifting.flatMap(({ live }) => {
      if (live === undefined) return [];
      const original = originalOf(live);
      if (plan.split === 'route') return [shiftedRoute(original, candidate.services, plan.strategy, percent)];
      const selector = { [CANDIDATE_LABEL]: candidate.deployment.metadata.labels?.[CANDIDATE_LABEL] };
      return [{ ...original, spec: { ...fieldsAt(original, 'spec'), selector } }];
    });
  }

  private write(manifest: KubeObject): Promise<KubeObject> {
    const { api } = this.session.run;
    this.attempted.add(keyOf(manifest));
    return this.session.write(() => api.apply(manifest));
  }

  private create(object: KubeObject): Promise<KubeObject> {
    return createTemporary(this.session, temporaryOf(object, this.id, RELEASE_LABEL), this.id);
  }
}

/** The fields that this tool applied to an object, with the uid it must still have. */
function originalOf(live: KubeObject): KubeObject {
  const manifest = manifestOf(live, ownedBy(live) ?? {});
  return { ...manifest, metadata: { ...manifest.metadata, ...uidOf(live) } };
}
