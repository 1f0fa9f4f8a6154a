import type { Transport, TransportRequest } from '../../lib/client/transport';
import type { Obj } from '../../lib/kube/fields';
import { VirtualClock } from '../../lib/sandbox/core/clock';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../lib/sandbox/sandbox';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Obj;
  readonly text: string;
}

/** Sends a request and reads the whole answer. */
export async function ask(
  transport: Transport,
  method: TransportRequest['method'],
  path: string,
  body?: unknown,
  type = 'application/json',
): Promise<Answer> {
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
  const response = await transport.send({ method, path, body: text, headers: { 'content-type': type, 'user-agent': 'test/1' } });
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  const answer = Buffer.concat(chunks).toString();
  return {
    status: response.status,
    headers: response.headers,
    text: answer,
    body: answer.startsWith('{') ? JSON.parse(answer) : {},
  };
}

/** Server-side apply. */
export function apply(transport: Transport, path: string, object: unknown, manager = 'm', query = ''): Promise<Answer> {
  return ask(transport, 'PATCH', `${path}?fieldManager=${manager}${query}`, object, 'application/apply-patch+yaml');
}

/** A stored object as plain data. */
export function plain(object: unknown): Obj {
  return JSON.parse(JSON.stringify(object ?? {}));
}

/** A sandbox on a virtual clock. */
export function virtual(options: SandboxOptions = {}): {
  readonly sandbox: Sandbox;
  readonly clock: VirtualClock;
  readonly t: Transport;
} {
  const clock = new VirtualClock();
  const sandbox = createSandbox({ ...options, clock });
  return { sandbox, clock, t: sandbox.transport };
}

export const deployment = (
  name: string,
  more: { readonly image?: string; readonly replicas?: number; readonly annotations?: Obj; readonly spec?: Obj } = {},
): Obj => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, labels: { app: name } },
  spec: {
    replicas: more.replicas ?? 2,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name }, ...(more.annotations === undefined ? {} : { annotations: more.annotations }) },
      spec: { containers: [{ name: 'main', image: more.image ?? 'web:1', ports: [{ containerPort: 80 }] }] },
    },
    ...more.spec,
  },
});

export const job = (name: string, annotations: Obj = {}, spec: Obj = {}): Obj => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name },
  spec: {
    template: { metadata: { annotations }, spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'job:1' }] } },
    ...spec,
  },
});

export const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
export const CONFIGMAPS = '/api/v1/namespaces/default/configmaps';
export const JOBS = '/apis/batch/v1/namespaces/default/jobs';
