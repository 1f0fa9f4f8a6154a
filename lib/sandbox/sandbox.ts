import type { Clock } from '../client/clock';
import type { Transport } from '../client/transport';
import { type Obj, textOrEmpty } from '../kube/fields';
import type { KubeObject } from '../kube/object';
import { controllersOf } from './controllers/all';
import { Kit } from './controllers/kit';
import type { PodBehaviorHook } from './controllers/pod-behavior';
import { Runtime } from './controllers/runtime';
import { VirtualClock } from './core/clock';
import { DEFAULT_NODES, type NodeSpec, nodeObject } from './core/nodes';
import { type AccessRule, World } from './core/world';
import { type Hook, type NetworkError, SandboxTransport } from './http/transport';
import { controllerContext } from './write/context';
import { createObject } from './write/create';

export interface SandboxOptions {
  /** Clock. Default: a virtual clock, driven by tests. */
  readonly clock?: Clock;
  /** Nodes. Default: three without GPUs, two with GPUs. */
  readonly nodes?: readonly NodeSpec[];
  /** Permissions of the user. Default: all. */
  readonly rules?: readonly AccessRule[];
  /** Behavior of pods without annotations. */
  readonly podBehavior?: PodBehaviorHook;
  /** Time between a change and the controllers' reaction. Default: 1 ms. */
  readonly controllerDelayMs?: number;
  /** Creates the errors of requests without a response. Default: an Error with `kind` and `sent`. */
  readonly networkError?: NetworkError;
}

/** An in-memory Kubernetes API server with its controllers. The same input gives the same UIDs, versions, times and names. */
export interface Sandbox {
  /** A transport to the server, for a client. */
  readonly transport: Transport;
  /** Clock of the sandbox. */
  readonly clock: Clock;
  /** Opens another transport to the same server, as from another process. */
  connect(): Transport;
  /** Calls back before and after every request; call the result to stop. */
  intercept(hook: Hook): () => void;
  /** Returns the current stored objects of a kind. */
  objects(apiVersion: string, kind: string, namespace?: string): readonly KubeObject[];
  /** Returns one stored object. */
  get(apiVersion: string, kind: string, namespace: string, name: string): KubeObject | undefined;
  /** Sets the user's permissions. */
  allow(rules: readonly AccessRule[]): void;
  /** Stops or resumes controllers, scheduler and kubelets. */
  pauseControllers(paused: boolean): void;
  /** Drops old changes: watches that start before now get 410. */
  compact(): void;
  /** Adds a node, like a cluster autoscaler. */
  addNode(node: NodeSpec): void;
  /** Calls back after every stored change of an object; call the result to stop. */
  onChange(listener: () => void): () => void;
  /** The resourceVersion of the last change; constant while nothing changes. */
  readonly revision: number;
}

/** Creates a sandbox with the namespaces of every cluster. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const clock = options.clock ?? new VirtualClock();
  const world = new World(clock, options.rules);
  const kit = new Kit(world);
  const runtime = new Runtime(world, controllersOf(kit, options.podBehavior), options.controllerDelayMs ?? 1);
  const hooks = new Set<Hook>();
  const networkError = options.networkError ?? plainError;
  const connect = () => new SandboxTransport(world, hooks, networkError);
  const addNode = (node: NodeSpec) => put(world, 'v1', 'Node', nodeObject(node, world.now()));
  for (const name of ['default', 'kube-system', 'kube-public', 'kube-node-lease']) put(world, 'v1', 'Namespace', namespace(name));
  put(world, 'storage.k8s.io/v1', 'StorageClass', STANDARD_CLASS);
  for (const node of options.nodes ?? DEFAULT_NODES) addNode(node);

  return {
    transport: connect(),
    clock,
    connect,
    addNode,
    intercept: (hook) => {
      hooks.add(hook);
      return () => hooks.delete(hook);
    },
    objects: (apiVersion, kind, inNamespace) => kit.all(find(world, apiVersion, kind), inNamespace).map(asKubeObject),
    get: (apiVersion, kind, inNamespace, name) => {
      const found = world.store.get(find(world, apiVersion, kind), inNamespace, name);
      return found === undefined ? undefined : asKubeObject(found);
    },
    allow: (rules) => {
      world.rules = rules;
    },
    pauseControllers: (paused) => runtime.pause(paused),
    compact: () => world.store.compact(),
    onChange: (listener) => world.store.subscribe(listener),
    get revision() {
      return world.store.revision;
    },
  };
}

function find(world: World, apiVersion: string, kind: string) {
  const found = world.registry.find(apiVersion, kind);
  if (found === undefined) throw new Error(`sandbox: no kind ${apiVersion} ${kind}`);
  return found;
}

function asKubeObject(object: Obj): KubeObject {
  const metadata = typeof object.metadata === 'object' ? { ...object.metadata } : {};
  return {
    ...object,
    apiVersion: textOrEmpty(object, 'apiVersion'),
    kind: textOrEmpty(object, 'kind'),
    metadata: { ...metadata, name: textOrEmpty(object, 'metadata', 'name') },
  };
}

function put(world: World, apiVersion: string, kind: string, object: Obj): void {
  const info = find(world, apiVersion, kind);
  createObject(world, info, structuredClone(object), controllerContext('kube-apiserver'));
}

const namespace = (name: string): Obj => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
});

const STANDARD_CLASS: Obj = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: 'kubernetes.io/host-path',
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'Immediate',
};

const plainError: NetworkError = (kind, sent) => Object.assign(new Error(`no answer: ${kind}`), { kind, sent });
