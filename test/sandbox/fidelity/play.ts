import { isObj } from '../../../lib/api-schema/json';
import type { Transport, TransportRequest } from '../../../lib/client/transport';
import type { Obj, Value } from '../../../lib/kube/fields';

/** One request of a sequence. `NS` in the path stands for the sequence's own namespace. */
export interface Step {
  readonly method: TransportRequest['method'];
  readonly path: string;
  readonly body?: Value;
  /** Default: `application/json`. */
  readonly type?: string;
}

/** A step, or how to make it from the answers so far (to send back what was read). */
export type StepOf = Step | ((answers: readonly Seen[]) => Step);

/** A sequence of requests with a name. */
export interface Scenario {
  readonly name: string;
  readonly steps: readonly StepOf[];
}

/** What came back. */
export interface Seen {
  readonly request: string;
  readonly status: number;
  readonly body: Value;
}

/** Plays a sequence in a namespace of its own. */
export async function play(transport: Transport, scenario: Scenario, namespace: string): Promise<Seen[]> {
  const answers: Seen[] = [];
  await send(transport, { method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: namespace } } }, namespace);
  for (const step of scenario.steps)
    answers.push(await send(transport, typeof step === 'function' ? step(answers) : step, namespace));
  return answers;
}

async function send(transport: Transport, step: Step, namespace: string): Promise<Seen> {
  const path = step.path.replaceAll('NS', namespace);
  const body =
    typeof step.body === 'string'
      ? step.body
      : step.body === undefined
        ? ''
        : JSON.stringify(step.body).replaceAll('"NS"', JSON.stringify(namespace));
  const headers = { 'content-type': step.type ?? 'application/json', 'user-agent': 'fidelity/1', accept: 'application/json' };
  const response = await transport.send({ method: step.method, path, body, headers });
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  let parsed: Value = text;
  try {
    const lines = text.split('\n').filter((line) => line !== '');
    parsed = path.includes('watch=1') ? lines.map((line): Value => JSON.parse(line)) : JSON.parse(text);
  } catch {
    // not JSON: compared as text
  }
  return {
    request: `${step.method} ${step.path} ${step.type ?? ''} ${body.slice(0, 400)}`,
    status: response.status,
    body: parsed,
  };
}

/** What two servers cannot agree on is replaced: by its order where it has one, by a word where it has not. */
export class Mask {
  private readonly versions: string[] = [];
  private readonly uids: string[] = [];
  private readonly namespace: string;

  constructor(namespace: string) {
    this.namespace = namespace;
  }

  apply(value: Value | undefined, key = ''): Value | undefined {
    if (Array.isArray(value)) {
      const items = value.map((item) => this.apply(item, key) ?? null);
      return key === 'managedFields' || key === 'causes'
        ? items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
        : items;
    }
    if (isObj(value)) {
      const result: Obj = {};
      // The version of a list is that of the whole server, where others write, too.
      const isList = typeof value.kind === 'string' && value.kind.endsWith('List');
      for (const name of Object.keys(value).sort()) {
        if (isList && name === 'metadata') result[name] = 'of a list';
        else result[name] = this.apply(value[name], name);
      }
      return result;
    }
    if (typeof value !== 'string') return value;
    if (key === 'resourceVersion') return `version ${ordinal(this.versions, value)}`;
    if (/^(clusterIP|clusterIPs)$/.test(key) && /^10\.96\./.test(value)) return 'an address';
    return value
      .replaceAll(this.namespace, 'NS')
      .replace(/Invalid value: \{.*?\}: field is immutable/g, 'Invalid value: (a Go value): field is immutable')
      .replace(/patch: Invalid value: ".*?[^\\]":/g, 'patch: Invalid value: (the object):')
      .replace(/^Invalid value: ".*?[^\\]": (strict|json|cannot)/g, 'Invalid value: (the object): $1')
      .replace(/json parse error: [\s\S]*$/, 'json parse error: (why)')
      .replace(/\n@@[\s\S]*$/, '')
      .replace(/in record \(\d+\)/g, 'in record (a version)')
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'a time')
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, (uid) => `uid ${ordinal(this.uids, uid)}`);
  }
}

function ordinal(known: string[], value: string): number {
  const index = known.indexOf(value);
  return index >= 0 ? index : known.push(value) - 1;
}

/** The paths at which two masked answers differ. */
export function differences(real: Value | undefined, mine: Value | undefined, path = ''): string[] {
  if (JSON.stringify(real) === JSON.stringify(mine)) return [];
  if (isObj(real) && isObj(mine)) {
    return [...new Set([...Object.keys(real), ...Object.keys(mine)])].flatMap((key) =>
      differences(real[key], mine[key], `${path}.${key}`),
    );
  }
  if (Array.isArray(real) && Array.isArray(mine) && real.length === mine.length) {
    return real.flatMap((item, i) => differences(item, mine[i], `${path}[${i}]`));
  }
  const show = (value: Value | undefined) => (value === undefined ? 'nothing' : JSON.stringify(value));
  return [`${path}: real ${show(real)?.slice(0, 600)}, sandbox ${show(mine)?.slice(0, 600)}`];
}
