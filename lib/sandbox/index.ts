/** The sandbox: a Kubernetes API server with controllers in memory. */

export type { Clock } from '../client/clock';
export type { AccessRule } from './api/world';
export { RealClock, VirtualClock } from './clock';
export type { PodOutcome, PodScript, ScriptHook } from './controllers/pod-script';
export { DEFAULT_NODES, type NodeSpec } from './nodes';
export { createSandbox, type Sandbox, type SandboxOptions } from './sandbox';
export { type Served, serve } from './serve/serve';
export type { Call, Fault, Hook, NetworkError } from './transport';
