/** The sandbox: an in-memory Kubernetes API server with controllers. */

export type { Clock } from '../client/clock';
export type { PodBehavior, PodBehaviorHook, PodOutcome } from './controllers/pod-behavior';
export { RealClock, VirtualClock } from './core/clock';
export { DEFAULT_NODES, type NodeSpec } from './core/nodes';
export type { AccessRule } from './core/world';
export type { Call, Fault, Hook, NetworkError } from './http/transport';
export { createSandbox, type Sandbox, type SandboxOptions } from './sandbox';
export { type Served, serve } from './serve/serve';
