import { describe, expect, it } from 'vitest';
import { score } from '../../apps/images/fraud-model';
import { trainedModels } from '../../apps/images/train';
import type { Sent } from '../e2e/images/client';
import { knownTransactions } from '../e2e/images/known-transactions';
import { connectionsIn, edgesMade } from '../e2e/observer';
import { picture } from '../e2e/picture';
import { failed, type Recording, type Step, unproven, wrong } from '../e2e/recording';
import { page } from '../e2e/report/page';

const models = trainedModels();
const probability = (version: string, transaction: string) => {
  const model = models.find((one) => one.version === version);
  return model ? score(model, knownTransactions().get(transaction) ?? {}) : Number.NaN;
};
const sent = (at: number, model: string, more: Partial<Sent> = {}): Sent => {
  const transaction = 'tx-3';
  return {
    at,
    ms: 5,
    transaction,
    fresh: true,
    status: 200,
    model,
    pod: 'server-1',
    probability: probability(model, transaction),
    ...more,
  };
};
const step = (title: string, from: number, more: Partial<Step> = {}): Step => ({
  title,
  from,
  to: from + 1000,
  exitCode: 0,
  message: '',
  before: [],
  after: [],
  ...more,
});
const recording = (answers: readonly Sent[], steps: readonly Step[] = [step('upgrade', 2000)]): Recording => ({
  steps,
  sent: answers,
  passedBefore: ['v2.1.0'],
});

describe('what is counted of a recording', () => {
  it('counts as lost what has no prediction, whatever the reason', () => {
    const lost = [sent(1, 'v2.1.0', { status: 503 }), { ...sent(2, 'v2.1.0', { status: 0 }), error: 'ECONNREFUSED' }];
    const { model: _model, ...mute } = sent(3, 'v2.1.0');
    expect(failed([sent(0, 'v2.1.0'), ...lost, mute])).toEqual([...lost, mute]);
  });

  it('counts as wrong an answer that the named model does not give, or of a model that nobody knows', () => {
    const right = sent(0, 'v2.1.0');
    const answers = [right, { ...right, probability: 0.5 }, { ...right, model: 'v2.2.0' }, { ...right, model: 'v9.9.9' }];
    expect(wrong(answers)).toEqual(answers.slice(1));
  });

  it('counts as unproven an answer from before the gate had passed, without a gate, and of a candidate', () => {
    const passed = step('upgrade', 2000, { passed: { version: 'v2.2.0', at: 2500 } });
    const answers = [
      sent(0, 'v2.1.0'),
      sent(2400, 'v2.2.0'),
      sent(2600, 'v2.2.0'),
      sent(2700, 'v2.3.0'),
      sent(2800, 'v2.2.0', { pod: 'server-candidate-abc' }),
    ];
    expect(unproven(recording(answers, [passed])).map(({ at }) => at)).toEqual([2400, 2700, 2800]);
  });
});

describe('the connection table of the kernel', () => {
  it('says who called and who answered, behind the address of a Service', () => {
    const table = [
      'ipv4 2 tcp 6 86399 ESTABLISHED src=10.245.1.6 dst=10.96.7.7 sport=4000 dport=80 src=10.245.1.9 dst=10.245.1.6 sport=8080 dport=4000 [ASSURED] mark=0 zone=0 use=2',
      'ipv4 2 tcp 6 9 SYN_SENT src=10.245.1.6 dst=10.245.1.8 sport=4001 dport=22 [UNREPLIED] src=10.245.1.8 dst=10.245.1.6 sport=22 dport=4001 mark=0 zone=0 use=2',
      'ipv4 2 udp 17 20 src=10.245.1.6 dst=10.246.1.2 sport=5000 dport=53 src=10.246.1.2 dst=10.245.1.6 sport=53 dport=5000 mark=0 zone=0 use=2',
      '',
    ].join('\n');
    expect(connectionsIn(table)).toEqual([{ from: '10.245.1.6', to: '10.245.1.9', port: 8080 }]);
  });
});

describe('the connections that were made', () => {
  it('are told by roles: of this stack, of who is around it, and not of the test itself or of other stacks', async () => {
    const pod = (uid: string, podIP: string, labels: Readonly<Record<string, string>>, namespace = 'n') =>
      [uid, { apiVersion: 'v1', kind: 'Pod', metadata: { name: uid, uid, namespace, labels }, status: { podIP } }] as const;
    const own = (role: string, partOf = 'stack') => ({
      'cdk8s-serving/pod-of': `${partOf}-${role}`,
      'app.kubernetes.io/part-of': partOf,
    });
    const pods = new Map([
      pod('a', '10.245.1.2', own('server')),
      pod('b', '10.245.1.3', own('server')),
      pod('c', '10.245.1.4', own('gate')),
      pod('d', '10.245.1.5', own('server', 'other')),
      pod('e', '10.245.1.6', { app: 'client' }, 'monitoring'),
      pod('f', '10.245.1.7', { app: 'feature-store' }),
    ]);
    const calls = [
      '1.4>10.245.1.2:8080',
      '1.4>10.245.1.3:8080',
      '1.4>10.246.1.1:443',
      '1.6>10.245.1.5:80',
      '1.2>10.245.1.7:8082',
      '1.1>10.245.1.2:8080',
    ];
    const connections = calls.map((call) => {
      const [, from = '', to = '', port] = /^(.*)>(.*):(.*)$/.exec(call) ?? [];
      return { from: `10.245.${from}`, to, port: Number(port) };
    });
    const observer = { pods, connections: async () => connections, look: async () => undefined, stop: () => undefined };
    expect(await edgesMade(observer, '10.246.1.2', 'stack')).toEqual([
      'gate > object-store:443',
      'gate > server:8080',
      'server > feature-store:8082',
    ]);
  });
});

describe('the page', () => {
  const answers = [
    ...Array.from({ length: 40 }, (_, i) => sent(1000 + i * 25, 'v2.1.0')),
    ...Array.from({ length: 40 }, (_, i) => sent(2000 + i * 25, 'v2.2.0')),
    sent(3000, 'v2.2.0', { status: 503 }),
  ];
  const run = recording(answers, [step('upgrade', 2000, { passed: { version: 'v2.2.0', at: 1990 } })]);

  it('shows requests by version and those that were lost, the same bytes for the same recording', () => {
    const svg = picture(run);
    expect(picture(run)).toBe(svg);
    for (const words of ['v2.1.0: 40', 'v2.2.0: 40', 'failed: 1', '40/s']) expect(svg).toContain(words);
    expect(svg.match(/<polygon/g)).toHaveLength(3);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('counts the requests of every step and run', () => {
    const refused = sent(2100, 'v2.1.0', { status: 0, error: 'connect ECONNREFUSED 10.96.1.2:80' });
    const helm = recording([...answers, refused], [step('upgrade', 2000, { exitCode: 1, message: 'hook failed' })]);
    const text = page({ runs: [run, run], haste: run, helm, history: ['2 deployed v2.2.0'] });
    expect(text).toContain('| 1 | upgrade | 0 | 1.0 | 41 | 1 | 5.0 | 5.0 |');
    expect(text).toContain('| 2 | 81 | 1 | 0 | 0 |');
    expect(text).toContain('162 requests');
    expect(text).toContain('1 × connect ECONNREFUSED');
    expect(text).toContain('loses 1 of 81 requests');
    expect(text).toContain('- upgrade: `hook failed`');
    expect(text).not.toMatch(/NaN|undefined/);
  });
});
