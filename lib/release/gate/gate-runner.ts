import type { ServingError } from '../../errors/problem';
import { named } from '../../kube/address';
import { GATE_EXIT, NONCE_VARIABLE, RELEASE_LABEL, TOOL } from '../../kube/contract';
import { fieldsAt, isFields, listAt, textAt, without } from '../../kube/fields';
import { displayName, type KubeObject } from '../../kube/object';
import type { Gate } from '../../manifests/gates';
import { ReleaseError, refuseWhenInterrupted } from '../model/failure';
import { maskFor } from '../model/mask';
import type { Plan } from '../model/plan';
import type { KindPlace } from '../model/record';
import { placeOf } from '../model/record';
import type { GateEvidence } from '../model/revision';
import type { Session } from '../record/session';
import { candidateFor } from './candidate';
import { watchGate } from './job-watch';
import { createTemporary, removeTemporary, temporaryOf } from './temporary';
import { judge } from './thresholds';

/** How many times a gate is started when its pod is taken down; a gate that reached a verdict is never retried. */
const ATTEMPTS = 3;

/** Runs the gates of one release, each in its own Job, created for this plan and removed afterwards. */
export class GateRunner {
  private readonly session: Session;
  private readonly planned: Plan;
  /** The id of this run, carried by all its temporary objects. */
  readonly id: string;

  private readonly deadline: number | undefined;

  /** @param deadline when the whole release must be finished, on the host's monotonic clock */
  constructor(session: Session, planned: Plan, id: string, deadline?: number) {
    [this.session, this.planned, this.id, this.deadline] = [session, planned, id, deadline];
  }

  /** Kinds and namespaces of all temporary objects that the gates may create. */
  places(): readonly KindPlace[] {
    return this.planned.gates.flatMap((gate) => [gate.job, ...gate.support, ...this.candidate(gate).objects].map(placeOf));
  }

  /** Runs a gate until it has a verdict. `error` is the reason it did not pass. */
  async run(gate: Gate): Promise<{ readonly evidence: GateEvidence; readonly error?: ServingError }> {
    const { run } = this.session;
    const { release } = this.planned;
    const candidate = this.candidate(gate);
    try {
      for (const object of [...gate.support, ...candidate.objects])
        await this.create(temporaryOf(object, this.id, RELEASE_LABEL));
      const env = await candidate.ready(run, this.deadline);
      for (let attempts = 1; ; attempts++) {
        refuseWhenInterrupted(run.signal, release);
        run.emit({ type: 'gate-started', gate: gate.name, phase: gate.phase, attempt: attempts });
        const nonce = `${run.host.id()}${run.host.id()}`;
        const job = await this.create(this.jobFor(gate, attempts, [...env, { name: NONCE_VARIABLE, value: nonce }]));
        const { seen, logs, infrastructure } = await watchGate(run, gate.name, job, this.deadline);
        if (infrastructure !== undefined && attempts < ATTEMPTS) {
          run.emit({ type: 'gate-lost', gate: gate.name, reason: infrastructure });
          await this.session.write(() => run.api.remove(named(job)));
          continue;
        }
        const verdict = judge(seen, gate.thresholds, demandsOf(gate, nonce));
        const { exitCode } = seen;
        const base = {
          name: gate.name,
          phase: gate.phase,
          attempts,
          ...verdict,
          ...(exitCode === undefined ? {} : { exitCode }),
        };
        const evidence: GateEvidence = verdict.passed ? base : maskFor(this.planned)({ ...base, logs });
        run.emit({ type: 'gate-judged', evidence });
        return verdict.passed ? { evidence } : { evidence, error: rejection(gate, evidence) };
      }
    } catch (error) {
      if (!(error instanceof ReleaseError) || error.problems[0]?.code !== 'GATE_REJECTED') throw error;
      const evidence = {
        name: gate.name,
        phase: gate.phase,
        passed: false,
        metrics: [],
        attempts: 0,
        reason: error.problems[0].message,
        logs: error.evidence.logs,
      };
      return { evidence, error };
    } finally {
      await this.cleanUp();
    }
  }

  /** Removes all temporary objects of this run. Failures here do not fail the release: the record lists them for the next run. */
  async cleanUp(): Promise<void> {
    const { run, session } = { run: this.id, session: this.session };
    await removeTemporary(session, { run, temporary: this.places() });
  }

  private candidate(gate: Gate) {
    return candidateFor(gate, this.planned, this.id);
  }

  private create(object: KubeObject): Promise<KubeObject> {
    return createTemporary(this.session, object, this.id);
  }

  /** The gate's Job, under a name unique to this plan and attempt. It runs once: retries are decided here. */
  private jobFor(gate: Gate, attempt: number, env: readonly Readonly<Record<string, string>>[]): KubeObject {
    const { digest, release } = this.planned;
    const job = temporaryOf(gate.job, this.id, RELEASE_LABEL);
    const name = `${gate.name.slice(0, 38)}-${digest.slice(0, 8)}-${this.id.slice(0, 6)}-${attempt}`;
    const annotations = { ...job.metadata.annotations, [`${TOOL}/plan`]: digest, [`${TOOL}/gate-of`]: release };
    const spec = without(without(fieldsAt(job, 'spec'), 'ttlSecondsAfterFinished'), 'podFailurePolicy');
    const template = fieldsAt(spec, 'template');
    const podSpec = fieldsAt(template, 'spec');
    const containers = listAt(podSpec, 'containers').map((container) =>
      isFields(container) ? { ...container, env: withEnv(listAt(container, 'env'), env) } : container,
    );
    const once = { restartPolicy: 'Never', containers };
    return {
      ...job,
      metadata: { ...job.metadata, name, annotations },
      spec: { ...spec, backoffLimit: 0, template: { ...template, spec: { ...podSpec, ...once } } },
    };
  }
}

/** What the report of one run must contain. */
function demandsOf({ minSamples, withoutNonce }: Gate, nonce: string) {
  return { ...(minSamples === undefined ? {} : { minSamples }), ...(withoutNonce ? {} : { nonce }) };
}

const HOW_TO_REPORT =
  'Have its container write {"v":1,"metrics":{"auc":0.941},"samples":20000,"nonce":"(GATE_NONCE)"} to /dev/termination-log.';

function rejection(gate: Gate, { reason = 'did not pass', metrics, exitCode, logs = [] }: GateEvidence): ReleaseError {
  const missed = exitCode === GATE_EXIT.belowThreshold || metrics.some(({ ok }) => !ok);
  const remedy = missed ? 'Correct the model or its thresholds.' : exitCode === 0 ? HOW_TO_REPORT : 'Correct the gate.';
  const problem = { code: 'GATE_REJECTED', subject: displayName(gate.job), message: `the gate ${reason}`, remedy } as const;
  return new ReleaseError(problem, { logs });
}

/** Variables with additional ones, which replace those of the same name: an agent's manifests may contain a fallback. */
function withEnv(before: readonly unknown[], env: readonly Readonly<Record<string, string>>[]): readonly unknown[] {
  const names = new Set(env.map(({ name }) => name));
  return [...before.filter((one) => !names.has(textAt(one, 'name') ?? '')), ...env];
}
