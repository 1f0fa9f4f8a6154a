import { ServingError } from '../errors/problem';
import type { KubeObject } from '../kube/object';
import type { ManifestFiles } from '../manifests';
import { type Desired, namespacesIn } from '../manifests/load';
import type { Engine, Run } from './model/engine';
import type { ReleaseEvent, ReleaseResult } from './model/events';
import { isLost, isUnreachable } from './model/failure';
import type { Former } from './model/former';
import type { ReleaseOptions } from './model/options';
import { changesOf, type Plan } from './model/plan';
import { stream } from './model/stream';
import type { Survey } from './model/survey';
import { agentProblems } from './ownership/agent';
import { ownedBy } from './ownership/fields';
import { makePlan } from './planning/make-plan';
import { survey } from './planning/survey';
import { createNamespaces, missingNamespaces, withdrawNamespaces } from './preflight/namespace';
import { preflight } from './preflight/preflight';
import { signatureProblems } from './preflight/signature';
import { Lock, type Peek } from './record/lock';
import { rebuild } from './record/rebuild';
import { lastFailed } from './record/record';
import { Session } from './record/session';
import { recover } from './recover';
import { Release } from './release';

/** Applies a directory of manifests to the cluster, all or nothing. */
export function apply(
  engine: Engine,
  path: string,
  options: ReleaseOptions = {},
): AsyncGenerator<ReleaseEvent, ReleaseResult, void> {
  return releasing(engine, () => engine.host.read(path, options), options);
}

/** The source of a release, and its own preconditions. */
export interface Origin {
  /** The revision to roll back to. */
  readonly of?: number;
  /** Problems of this plan that only its origin can find, such as changes since it was saved. */
  readonly check?: (planned: Plan) => ReleaseResult['problems'];
  /** What another tool released and these manifests take over. */
  readonly former?: (desired: Desired) => Promise<Former | undefined>;
}

/** A complete release, whatever the source of its manifests. Never throws a `ServingError`: it ends with a result. */
export function releasing(
  engine: Engine,
  wanted: (run: Run) => ManifestFiles | Desired | Promise<Desired>,
  options: ReleaseOptions,
  origin: Origin = {},
): AsyncGenerator<ReleaseEvent, ReleaseResult, void> {
  return stream(async (emit, signal) => {
    const run: Run = { ...engine, emit, signal };
    const attempt = new Attempt(run, options, origin);
    try {
      const next = await attempt.take(await wanted(run));
      // Not within `take`, which would hold all that it has read until the end.
      return await (next instanceof Release ? next.carryOut() : next);
    } catch (error) {
      if (!(error instanceof ServingError)) throw error;
      // Nothing was started, except perhaps the recovery of an earlier release, which the next run continues.
      const outcome = isLost(error) || (attempt.begun && isUnreachable(error)) ? 'interrupted' : 'refused';
      return { outcome, release: attempt.release, namespace: attempt.namespace, problems: error.problems };
    } finally {
      await attempt.close();
    }
  }, options.signal);
}

/** A survey together with what another tool has released. */
export async function withFormer(found: Survey, { former }: Origin): Promise<Survey> {
  const before = await former?.(found.desired);
  return before === undefined ? found : { ...found, former: before };
}

/** Plans, takes the lock, and plans again when the record has changed since the plan. */
class Attempt {
  session: Session | undefined;
  release: string;
  namespace: string;
  begun = false;
  /** Namespaces created for this release. */
  private readonly made: KubeObject[] = [];
  private readonly run: Run;
  private readonly options: ReleaseOptions;
  private readonly origin: Origin;

  constructor(run: Run, options: ReleaseOptions, origin: Origin) {
    [this.run, this.options, this.origin] = [run, options, origin];
    [this.release, this.namespace] = [options.release ?? '', options.namespace ?? ''];
  }

  /** The release, ready to be carried out; or a result when there is nothing to carry out. */
  async take(wanted: ManifestFiles | Desired): Promise<ReleaseResult | Release> {
    const { run, options, origin } = this;
    /** The survey from before namespaces were created; they are still empty. */
    let read: Survey | undefined;
    while (true) {
      const found = read ?? (await withFormer(await survey(run, wanted, options), origin));
      [this.release, this.namespace] = [found.desired.release, found.desired.namespace];
      if (
        found.stored?.head.journal !== undefined ||
        (this.session && this.session.resourceVersion !== found.stored?.resourceVersion)
      ) {
        await this.open(found);
        continue;
      }
      const missing = read === undefined ? await missingNamespaces(run, found, options) : [];
      read = undefined;
      if (await this.rebuilt(found)) continue;
      for (const problem of [...found.warnings, ...(found.former?.warnings ?? [])]) run.emit({ type: 'warning', problem });
      const { plan: planned, warnings } = await makePlan(run.api, found, options, missing);
      for (const problem of warnings) run.emit({ type: 'warning', problem });
      // A plan that waits for namespaces is made again, and shown, once they exist.
      if (missing.length === 0) run.emit({ type: 'planned', plan: planned });
      const refuse = (problems: ReleaseResult['problems']) => {
        if (missing.length > 0) run.emit({ type: 'planned', plan: planned });
        return this.end('refused', problems);
      };
      const agents = options.adopt === true ? [] : agentProblems(planned.objects.flatMap(({ live }) => live ?? []));
      if (agents.length > 0) return refuse(agents);
      const unsigned = this.proved ? [] : signatureProblems(planned, found.desired);
      const problems = [...planned.problems, ...unsigned, ...(origin.check?.(planned) ?? [])];
      if (problems.length > 0) return refuse(problems);
      if (changesOf(planned).length === 0 && !lastFailed(found.stored?.head)) return this.end('unchanged', []);
      const { release, namespace } = this;
      const peeking = this.session === undefined ? Lock.peek(run, release, namespace).catch(() => undefined) : undefined;
      const [refusals, peek] = await Promise.all([preflight(run, planned, options), peeking]);
      if (refusals.length > 0) return refuse(refusals);
      if (missing.length > 0) {
        // Everything else is accepted; objects inside them can be tried now.
        const made = await createNamespaces(run, missing);
        this.made.push(...made);
        const own = namespacesIn(found.desired);
        if (missing.every(({ metadata }) => !own.has(metadata.name)) && made.length === missing.length) read = found;
        continue;
      }
      const session = this.session ?? (await this.open(found, peek));
      if (session.resourceVersion !== found.stored?.resourceVersion) continue; // another process released in the meantime
      this.begun = true;
      return new Release(session, found, planned, options, this.made, origin.of);
    }
  }

  /** Whether no signature is needed: in a sandbox, and for a rollback to a revision of a signed record. */
  private get proved(): boolean {
    return this.options.allowUnsigned === true || (this.origin.of !== undefined && this.run.signer !== undefined);
  }

  /** Whether a record was lost and has been rebuilt from the live objects. */
  private async rebuilt(found: Survey): Promise<boolean> {
    const own = new Set(this.made.map(({ metadata }) => metadata.uid));
    const left = [...found.live.values()].some((object) => ownedBy(object) !== undefined && !own.has(object.metadata.uid));
    if (found.stored !== undefined || !left) return false;
    const session = await this.open(found);
    return session.resourceVersion === undefined && rebuild(session);
  }

  /** Releases the lock; if nothing was started, it also removes the namespaces created for the release. */
  async close(): Promise<void> {
    await this.session?.close();
    if (!this.begun) await withdrawNamespaces(this.run, this.made);
  }

  /** Takes the lock and recovers an interrupted release. */
  private async open({ desired, stored }: Survey, peek?: Peek): Promise<Session> {
    const { release, namespace } = desired;
    await this.session?.close();
    this.session = await Session.open(this.run, release, namespace, stored?.head.fence ?? 0, {
      ...this.options,
      ...(peek === undefined ? {} : { peek }),
    });
    this.begun = this.session.head.journal !== undefined;
    await recover(this.session, { wanted: desired.objects, ...this.options });
    return this.session;
  }

  private end(outcome: ReleaseResult['outcome'], problems: ReleaseResult['problems']): ReleaseResult {
    return { outcome, release: this.release, namespace: this.namespace, problems };
  }
}
