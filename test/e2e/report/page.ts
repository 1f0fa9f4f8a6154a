import { NEEDED } from '../../harness/connections';
import type { Sent } from '../images/client';
import { failed, RATE, type Recording, unproven, wrong } from '../recording';

/** What the page is made of. */
export interface Measured {
  readonly runs: readonly Recording[];
  /** The same stack without its pause before the signal. */
  readonly haste: Recording;
  readonly helm: Recording;
  /** Lines of `serving history` after the last run. */
  readonly history: readonly string[];
}

/** `docs/serving-under-traffic.md`. */
export function page({ runs, haste, helm, history }: Measured): string {
  const last = runs.at(-1);
  if (last === undefined) throw new Error('there is no run');
  const total = runs.reduce((sum, { sent }) => sum + sent.length, 0);
  return `# Serving under traffic

What happens to requests while a model is upgraded, rejected, undone and rolled back. The sample \`ml-serving-stack\` runs on a real node
(kubelet, containerd, kube-proxy); its images are built from \`apps/images\`, with models that are trained when they are built: v2.1.0, a
better v2.2.0, a worse v2.3.0, and v2.4.0, which a server cannot load. A client in the place of an ingress controller sends ${RATE} requests
per second to the Service, half of them on connections that it keeps, half on new ones. It counts every request and repeats none.
Made by \`npm run traffic-report\`; \`npm run test:e2e\` checks the same with one run.

![Requests per second by the version that answered](serving-under-traffic.svg)

The last of ${runs.length} runs; the grey bands are the steps of this table. Latencies are those of a machine with two cores on which
everything ran, other work too.

${table(['', 'step', 'exit code', 'seconds', 'requests', 'lost', 'p50 ms', 'p99 ms'], stepRows(last))}

Every release but the fourth asked its gate first; a rejected version was never rolled out, and the pods before and after a rejection or an undo are the
same ones, without a restart.

## ${runs.length} runs in a row

${table(
  ['run', 'requests', 'lost', 'wrong answers', 'answers before a gate had passed'],
  runs.map((run, i) => [i + 1, run.sent.length, failed(run.sent).length, wrong(run.sent).length, unproven(run).length]),
)}

${total} requests. A wrong answer is one that differs from what the model of the version that it names gives for the transaction, computed apart.
Afterwards \`serving history\` said, of that last run:

${history.map((line) => `- \`${line}\``).join('\n')}

## The first article's chart and helm 3

The same server image, client and rate, one run of \`helm upgrade --atomic\`. Helm is given what the chart forgets: the validator's image holds all
models and the account for the data set, because the hook mounts neither.

${table(['', 'step', 'exit code', 'seconds', 'requests', 'lost', 'p50 ms', 'p99 ms'], stepRows(helm))}

${failed(helm.sent).length} of ${helm.sent.length} requests were lost: ${reasons(helm.sent)}. ${unproven(helm).length} answers came from a version that no gate had let pass: an install
runs no gate, nor does a rollback. What helm said where it failed:

${helm.steps
  .filter(({ message }) => message !== '')
  .map(({ title, message }) => `- ${title}: \`${message.replaceAll('`', "'").slice(0, 200)}\``)
  .join('\n')}

## Why nothing is lost

- The old pod goes only when the new one is ready: surge 1, unavailable 0, and ready means loaded and warmed up.
- A pod that is told to stop goes on for 15 seconds (\`preStop\`) as if nothing had happened, until every node has taken it out of the
  Service. The chart has no such pause: its pod refuses connections that kube-proxy still sends, or is gone when they come. This
  stack without its pause loses ${failed(haste.sent).length} of ${haste.sent.length} requests in two upgrades.
- Then the server takes no new connections, answers what it was asked, and tells kept connections to close; the time that
  this may take is computed (\`terminationGracePeriodSeconds\`).
- A candidate pod has no label that a Service selects by, so it gets the gate's requests and no others.
- Redis is a cache: while it is away the server asks the feature proxy instead, after a fraction of a second.

## What runs

${table(
  ['image', 'what it is'],
  [
    [
      '`fraud-model`',
      'Node.js without packages; a logistic model of some 30 terms, features from the proxy, predictions cached in Redis',
    ],
    ['`feature-store-proxy`, `preprocessor`, `queue-worker`', 'Node.js without packages'],
    [
      '`ml-validator`',
      "Python's standard library; scores the labelled data itself, and compares every answer of the candidate with its own",
    ],
    ['`redis`', "Debian's package, under the tag that the manifests name"],
    ['`my-model-api`', 'the second article: Flask under waitress, a pickled classifier'],
  ],
)}

They run as user 25000 on file systems that nobody can write to, as rendered. Nothing runs for the metrics exporter: each service has its own
\`/metrics\`. The labelled data come from an object store outside the cluster, by signed requests. NetworkPolicies are not enforced on
this node; instead a test evaluates them for every pair of pods and port: they allow the ${NEEDED.length} connections that the run really makes, which the
kernel's connection table shows, and no other.
`;
}

function stepRows({ steps, sent }: Recording): readonly (readonly (string | number)[])[] {
  return steps.map(({ title, from, to, exitCode = '' }, i) => {
    const until = steps[i + 1]?.from ?? Number.POSITIVE_INFINITY;
    const during = sent.filter(({ at }) => at >= from && at < until);
    const taken = during.map(({ ms }) => ms).sort((a, b) => a - b);
    const at = (share: number) => taken[Math.max(0, Math.ceil(share * taken.length) - 1)]?.toFixed(1) ?? '';
    return [i + 1, title, exitCode, ((to - from) / 1000).toFixed(1), during.length, failed(during).length, at(0.5), at(0.99)];
  });
}

function reasons(sent: readonly Sent[]): string {
  const counts = new Map<string, number>();
  for (const { error = 'no prediction' } of failed(sent)) {
    const reason = error.replace(/\d+\.\d+\.\d+\.\d+:\d+/, '').trim();
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts].map(([reason, count]) => `${count} × ${reason}`).join(', ');
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  const right = head.map((name) => (['', 'step', 'image', 'what it is'].includes(name) ? '---' : '---:'));
  return [line(head), line(right), ...rows.map(line)].join('\n');
}
