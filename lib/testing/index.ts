/** Helpers for stack tests with vitest, Jest or any other runner: objects, releases on an in-memory cluster, failures. */

export { loadProject } from '../project/load-project';
export {
  type Condition,
  crashLoop,
  gateReports,
  imageNotFound,
  probeNeverReady,
} from '../rehearsal/conditions';
export { asFiles, type Rehearsal, type RehearsalOptions, type ReleaseRun, rehearsal, type Watch } from '../rehearsal/rehearsal';
export {
  type InjectedFailure,
  podBehaviorFor,
  type StageOptions,
  type TestRelease,
  testRelease,
  type Version,
} from '../rehearsal/stage';
export { FAILURES, type FailureKind, type SimulationEvent, simulate } from '../rehearsal/story';
export {
  type AccessRule,
  type Clock,
  createSandbox,
  type NodeSpec,
  type PodBehavior,
  type PodBehaviorHook,
  type PodOutcome,
  RealClock,
  type Sandbox,
  type Served,
  serve,
  VirtualClock,
} from '../sandbox';
export { type Action, nodeDrain, rollbackAction, upgrade } from './actions';
export { findObject, findObjects, type Objects } from './find';
export { type GoldenObject, goldenMismatches, type Mismatch } from './golden';
export { type MatcherResult, matchers, type ServingMatchers } from './matchers';
