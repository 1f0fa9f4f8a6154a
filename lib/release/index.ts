/**
 * Releases of whole stacks: plan, gate, apply, wait, commit or undo; records, rollback, history. The verbs that change something
 * are async generators: they yield what happens and return how it ended. Nothing here prints, and nothing runs in the cluster.
 *
 * @example
 * const engine = { api: await connect(), host: systemHost() };
 * const run = apply(engine, 'dist/prod/fraud-model');
 * for (let step = await run.next(); ; step = await run.next()) {
 *   if (step.done) process.exit(EXIT_CODES[step.value.outcome]);
 *   console.log(step.value.type);
 * }
 */
export {
  type ConnectOptions,
  clientOver,
  connect,
  type KubeApi,
  loadConnection,
  type Transport,
  TransportError,
} from '../client';
export type { ManifestFiles, ReadOptions, SourceFile } from '../manifests';
export { apply } from './apply';
export type { Conflict, FieldPolicy } from './conflicts';
export type { FieldChange } from './diff';
export { type Engine, EXIT_CODES, type Outcome, type ReleaseEvent, type ReleaseResult } from './events';
export type { Gate } from './gates';
export { history, list, type ReleaseName } from './history';
export type { Host } from './host';
export { type Desired, type LoadOptions, load } from './load';
export { manifest } from './manifest';
export type { ReleaseOptions } from './options';
export { type ObjectOverview, type Overview, status } from './overview';
export type { Plan, PlanAction, PlannedObject } from './plan';
export { applySaved, type PlanFile, planFileOf, saved } from './plan-file';
export { describeMetric, type JudgedMetric, judge } from './proof';
export { type Proposal, plan } from './propose';
export type { ChangeCounts, Failure, GateEvidence, Head, Revision, RevisionState } from './record';
export { rollback } from './rollback';
export type { PodPhase, PodState } from './status';
export { systemHost } from './system-host';
export { uninstall } from './uninstall';
