import type { Construct } from 'constructs';
import type { PolicyRule } from '../kube/api-types';
import type { PinnedImage } from '../kube/image';
import type { Env } from '../kube/pod';
import type { HealthChecks } from '../kube/probes';
import { type Flag, flagArgs, flagProblems } from '../runtimes/flags';
import type { RuntimePorts } from '../runtimes/runtime';
import type { Component } from '../stack/component';
import { Workload } from '../stack/workload';
import type { WorkloadProps } from '../stack/workload-props';
import type { ModelServer } from './model-server';

/** Properties of every router that finds its servers' pods through the API server. */
export type DiscoveryRouterProps = WorkloadProps & {
  /** Image of the router. */
  readonly image: PinnedImage;
  /** Port of the Service. @default 80 */
  readonly servicePort?: number;
  /** Additional arguments not covered by other options. @default - none */
  readonly extraArgs?: readonly string[];
};

/** What differs between routers. */
export interface RouterFacts {
  /** Name of the program in messages. */
  readonly program: string;
  readonly command?: readonly string[];
  readonly ports: RuntimePorts;
  readonly servicePorts?: readonly string[];
  readonly health: HealthChecks;
  readonly metricsPort?: string;
  readonly verbs: PolicyRule['verbs'];
  readonly env: Env;
  /** How the router is told which pods are its servers'. */
  readonly selection: (router: Component) => readonly string[];
  /** Its command line. */
  readonly commandLine: (context: RouterContext) => {
    readonly flags: readonly Flag[];
    /** Flags with several values. */
    readonly lists?: readonly string[];
  };
}

/** What a router's command line needs of its component. */
export interface RouterContext {
  readonly namespace: string | undefined;
  /** Seconds to finish requests after SIGTERM. */
  readonly finishSeconds: number;
  /** What `selection` returns. */
  readonly selection: readonly string[];
}

/** A router in front of model servers: token and Role for its discovery, and a shutdown that takes longer than its servers'. */
export abstract class DiscoveryRouter extends Workload {
  /** Whether responses stream. */
  readonly streams: boolean = true;
  readonly #selection: readonly string[];

  protected constructor(
    scope: Construct,
    id: string,
    props: DiscoveryRouterProps,
    servers: readonly ModelServer[],
    facts: RouterFacts,
  ) {
    const { servicePort = 80, extraArgs = [] } = props;
    // A router that stops before its servers cuts the streams it forwards.
    const finish = Math.max(30, ...servers.map(({ graceSeconds }) => graceSeconds));
    super(
      scope,
      id,
      'router',
      { rules: [{ apiGroups: [''], resources: ['pods'], verbs: facts.verbs }], ...props },
      {
        image: props.image,
        ports: facts.ports,
        servicePort,
        ...(facts.servicePorts === undefined ? {} : { servicePorts: facts.servicePorts }),
        health: facts.health,
        metrics: { path: '/metrics', ...(facts.metricsPort === undefined ? {} : { port: facts.metricsPort }) },
        writableDirectories: ['/tmp'],
        env: () => ({ HOME: '/tmp', ...facts.env }),
        commandLine: () => {
          const { flags, lists = [] } = facts.commandLine(this.#context());
          const args = [...flagArgs(flags), ...lists, ...extraArgs];
          return { ...(facts.command === undefined ? {} : { command: facts.command }), args };
        },
        drain: { before: '15s', finish: `${finish}s`, onTerm: 'refuses' },
      },
    );
    this.#selection = facts.selection(this);
    for (const server of servers) server.acceptFrom(this);
    const { flags } = facts.commandLine(this.#context());
    for (const problem of flagProblems(facts.program, undefined, flags, extraArgs)) {
      this.report({ ...problem, path: (problem.path ?? '').replace(/^runtime\./, '') });
    }
  }

  #context(): RouterContext {
    return { namespace: this.settings.namespace, finishSeconds: this.finishSeconds, selection: this.#selection };
  }
}

/** A label selector as `key=value` texts. */
export function labelPairs(labels: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`);
}
