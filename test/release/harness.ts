import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { connect } from '../../lib/client';
import { formatProblem as describeProblem } from '../../lib/errors/problem';
import type { KubeObject } from '../../lib/kube/object';
import {
  apply,
  type Engine,
  EXIT_CODES,
  type ReleaseEvent,
  type ReleaseOptions,
  type ReleaseResult,
  systemHost,
} from '../../lib/release';
import { SHARED, startCluster, type TestCluster } from '../harness/cluster';
import { folder } from './manifests';

const run = promisify(execFile);

/** How a release went. */
export interface Course {
  readonly result: ReleaseResult;
  readonly exitCode: number;
  readonly events: readonly ReleaseEvent[];
  /** All problems as text. */
  readonly message: string;
  readonly seconds: number;
}

/** Takes a release to its end. */
export async function course(
  progress: AsyncGenerator<ReleaseEvent, ReleaseResult, void>,
  watch?: (event: ReleaseEvent) => void,
): Promise<Course> {
  const began = performance.now();
  const events: ReleaseEvent[] = [];
  for (let step = await progress.next(); ; step = await progress.next()) {
    if (step.done === true) {
      const result = step.value;
      const message = result.problems.map(describeProblem).join('\n');
      return { result, exitCode: EXIT_CODES[result.outcome], events, message, seconds: (performance.now() - began) / 1000 };
    }
    events.push(step.value);
    watch?.(step.value);
  }
}

/** A cluster to release on, with an audit log and an engine. */
export interface ReleaseCluster extends TestCluster {
  readonly engine: Engine;
  namespace(name: string): Promise<string>;
  apply(objects: readonly KubeObject[], options?: ReleaseOptions): Promise<Course>;
  /** Objects of kinds in a namespace, by `Kind/name`. */
  objects(namespace: string, kinds: string): Promise<ReadonlyMap<string, KubeObject>>;
  /** Requests that this project has sent since the last call, with what they were for. */
  requests(): readonly Request[];
}

export interface Request {
  readonly verb: string;
  readonly uri: string;
  readonly code: number;
}

/** Starts a control plane whose audit log counts requests. */
export async function releaseCluster(env: Readonly<Record<string, string>> = {}): Promise<ReleaseCluster> {
  const dir = mkdtempSync(join(tmpdir(), 'serving-audit-'));
  const [policy, log] = [join(dir, 'policy.yaml'), join(dir, 'audit.log')];
  writeFileSync(policy, 'apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules: [{level: Metadata}]\n');
  const flags = `--audit-policy-file=${policy} --audit-log-path=${log}`;
  const cluster = await startCluster({ CLUSTER_APISERVER_FLAGS: flags, ...env });
  const api = await connect({ kubeconfig: cluster.kubeconfig });
  const engine = { api, host: systemHost() };
  let read = 0;
  return {
    ...cluster,
    engine,
    async namespace(name) {
      await cluster.kubectl('create', 'namespace', name);
      return name;
    },
    apply: (objects, options) => course(apply(engine, folder(objects), options)),
    async objects(namespace, kinds) {
      const { items } = JSON.parse(
        await cluster.kubectl('get', kinds, '-n', namespace, '-o', 'json', '--show-managed-fields'),
      ) as {
        items: KubeObject[];
      };
      return new Map(items.map((item) => [`${item.kind}/${item.metadata.name}`, item]));
    },
    requests() {
      const text = readFileSync(log, 'utf8');
      const lines = text.slice(read).split('\n');
      read = text.length - (lines.pop() ?? '').length;
      return lines.flatMap((line) => {
        const event = JSON.parse(line) as {
          userAgent?: string;
          verb: string;
          requestURI: string;
          responseStatus?: { code: number };
        };
        if (event.userAgent?.startsWith('cdk8s-serving/') !== true) return [];
        return [{ verb: event.verb, uri: event.requestURI, code: event.responseStatus?.code ?? 0 }];
      });
    },
    async down() {
      await api.close();
      await cluster.down();
    },
  };
}

/** The requests that stored something, or tried to. */
export function writesOf(requests: readonly Request[]): readonly Request[] {
  return requests.filter(({ verb, uri }) => {
    return (
      ['create', 'update', 'patch', 'delete'].includes(verb) &&
      !uri.includes('dryRun=All') &&
      !uri.includes('authorization.k8s.io')
    );
  });
}

/** What must be equal of an object that nobody was to touch. */
export function identity(object: KubeObject | undefined) {
  return {
    uid: object?.metadata.uid,
    generation: object?.metadata.generation,
    resourceVersion: object?.metadata.resourceVersion,
  };
}

/** What a manifest could say about an object, to compare states field by field. */
export function stateOf(object: KubeObject | undefined) {
  if (object === undefined) return undefined;
  const { status: _status, ...rest } = object;
  const {
    resourceVersion: _version,
    generation: _generation,
    managedFields: _fields,
    annotations,
    ...metadata
  } = object.metadata;
  const { 'deployment.kubernetes.io/revision': _revision, ...own } = annotations ?? {};
  return { ...rest, metadata: { ...metadata, annotations: own } };
}

let bundle: string | undefined;

const ENTRY = `
import { program } from './program';
void program().parseAsync();
`;

/** The cluster commands as one file, to be run as a process of its own: the sources as they are, without a build. */
export function commandLine(): string {
  if (bundle === undefined) {
    bundle = join(mkdtempSync(join(tmpdir(), 'serving-cli-')), 'main.js');
    const stdin = { contents: ENTRY, resolveDir: join(__dirname, '../../lib/cli') };
    buildSync({ stdin, bundle: true, platform: 'node', target: 'node20', outfile: bundle, logLevel: 'error' });
  }
  return bundle;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the command line; `ended` resolves with what it printed. */
export function serving(
  cluster: { readonly kubeconfig: string },
  ...args: readonly string[]
): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const child = spawn(process.execPath, [commandLine(), ...args], { env: { ...process.env, KUBECONFIG: cluster.kubeconfig } });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const ended = new Promise<Ended>((resolve) => child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr })));
  return { child, ended };
}

/** Renders one of the peers' charts with helm. */
export async function helmTemplate(release: string, chart: string, ...args: readonly string[]): Promise<string> {
  const peers = (await run(join(SHARED, 'peers/unpack'))).stdout.trim();
  const { stdout } = await run(join(peers, 'helm3'), ['template', release, join(SHARED, 'peers/charts', chart), ...args], {
    maxBuffer: 2 ** 26,
  });
  const file = join(mkdtempSync(join(tmpdir(), 'serving-helm-')), `${release}.yaml`);
  writeFileSync(file, stdout);
  return file;
}
