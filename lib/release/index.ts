/**
 * Releases of whole stacks: plan, gate, apply, wait, commit or roll back; records, rollback, history. Verbs that make changes are
 * async generators: they yield events and return the result. Nothing here prints, and nothing runs in the cluster.
 *
 * @example
 * const engine = { api: await connect(), host: systemHost() };
 * const run = apply(engine, 'dist/prod/fraud-model');
 * for (let step = await run.next(); ; step = await run.next()) {
 *   if (step.done) process.exit(EXIT_CODES[step.value.outcome]);
 *   console.log(step.value.type);
 * }
 */

export type { CanaryPlan, PlannedStep } from '../canary/plan';
export type { Split } from '../canary/share';
export type { Strategy } from '../canary/strategy';
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
export type { Gate } from '../manifests/gates';
export { type Desired, type LoadOptions, load } from '../manifests/load';
export type { Analysis, Measured } from '../metrics/analysis';
export { type PrometheusAccess, prometheus } from '../metrics/prometheus';
export type { MetricsSource, Sample } from '../metrics/source';
export { type AdoptOptions, adopt, planAdoption } from './adopt';
export type { Unlisted } from './adoption/former-helm';
export type { HelmRecordEnd } from './adoption/helm-records';
export { apply } from './apply';
export { applyPlanFile } from './apply-plan-file';
export { formatMetric, judge } from './gate/thresholds';
export { history, type Listed, list, type ReleaseName } from './history';
export { manifest } from './manifest';
export type { CanaryStep } from './model/canary-step';
export type { Engine, RecordSigner } from './model/engine';
export type { ReleaseEvent, ReleaseResult } from './model/events';
export { EXIT_CODES } from './model/exit-codes';
export type { Host } from './model/host';
export type { ReleaseOptions } from './model/options';
export type { Outcome, RevisionState } from './model/outcome';
export type { Conflict, FieldChange, FieldPolicy, Plan, PlanAction, PlannedObject } from './model/plan';
export type { PodPhase, PodState } from './model/pod-state';
export type { Head } from './model/record';
export type { ChangeCounts, Failure, GateEvidence, JudgedMetric, Revision } from './model/revision';
export type { Drift, EditedField } from './ownership/drift';
export { type Proposal, plan } from './plan';
export { type PlanFile, parsePlanFile, toPlanFile } from './planning/plan-file';
export { clusterId, recordSigner, SIGNING_KEY, type Signer, signerFrom } from './record/signing';
export { commandSigner, SIGNING_COMMAND } from './record/signing-command';
export { type RepairOptions, repair } from './repair';
export { rollback } from './rollback';
export { type ObjectOverview, type Overview, status } from './status';
export { type CanaryDecision, decideCanary } from './strategy/command';
export { systemHost } from './system-host';
export { type UninstallOptions, uninstall } from './uninstall';
