/** Helpers for tests of stacks, with vitest, Jest or any other runner: objects, releases on a cluster in memory, what goes wrong. */

export {
  type Condition,
  crashLoop,
  gateReports,
  imageMissing,
  probeNeverReady,
} from '../rehearsal/conditions';
export { asFiles, type Course, type Rehearsal, type RehearsalOptions, rehearsal } from '../rehearsal/rehearsal';
export { type Affliction, behaviour, type Stage, type StageOptions, stageFor, type Version } from '../rehearsal/stage';
export { FAILURES, type FailureKind, type StoryEvent, story } from '../rehearsal/story';
export {
  type AccessRule,
  type Clock,
  createSandbox,
  type NodeSpec,
  type PodOutcome,
  type PodScript,
  RealClock,
  type Sandbox,
  type ScriptHook,
  type Served,
  serve,
  VirtualClock,
} from '../sandbox';
export { type Action, nodeDrain, rollbackAction, upgrade } from './actions';
export { findObject, findObjects, type Objects } from './find';
export { type GoldenObject, goldenMismatches, type Mismatch } from './golden';
export { type MatcherResult, matchers, type ServingMatchers } from './matchers';
