import { quantile } from '../canary-picture';
import { HOLD } from '../canary-stack';
import { CANARY_RATE, type CanaryRecording, lost, stepsSeen } from '../canary-traffic';

/** `docs/canary-under-traffic.md`. */
export function canaryPage(recording: CanaryRecording, history: readonly string[]): string {
  const { steps, sent, configurations } = recording;
  const rows = steps.map(({ title, from, to, exitCode = '' }, index) => {
    const during = sent.filter(({ at }) => at >= from && at < (steps[index + 1]?.from ?? Number.POSITIVE_INFINITY));
    const taken = during.map(({ ms }) => ms);
    const errors = during.filter(({ status }) => status === 500).length;
    const seconds = ((to - from) / 1000).toFixed(1);
    return [
      index + 1,
      title,
      exitCode,
      seconds,
      during.length,
      lost(during).length,
      errors,
      quantile(taken, 0.5),
      quantile(taken, 0.99),
    ];
  });
  const shares = stepsSeen(recording).map(({ version, percent, verdict, seconds, requests, share }) => [
    version,
    percent,
    share,
    verdict,
    seconds.toFixed(1),
    requests,
  ]);
  return `# Canaries under traffic

Four canaries on a real node, behind a gateway, judged by a real Prometheus, under constant requests: of a better model, of one that fails
every twentieth request, of one that takes three times as long, and of one that gets too few requests to say. The stack is a
\`ModelServer\` with two replicas and \`strategy: canary({ steps: [10, 50, 100], hold: '${HOLD}s', … })\`, a \`Route\` and a \`MetricsExporter\`.
A client in the cluster sends ${CANARY_RATE} requests per second to the gateway, half of them on connections that it keeps, half on new ones. It
counts every request and repeats none. Made by \`npm run canary-report\`; \`npm run test:e2e\` checks the same.

![Weight, errors and latency over time](canary-under-traffic.svg)

One run; the grey bands are the rows of this table. Times are those of a machine with two cores on which everything ran, other work too.

${table(['', 'release', 'exit code', 'seconds', 'requests', 'lost', 'failed by the model', 'p50 ms', 'p99 ms'], rows)}

A request is lost when no version of the model responds to it: ${lost(sent).length} of ${sent.length}.

## Shares

What clients saw of each step, from the moment at which the gateway reported its weights until the verdict:

${table(['version', 'weight %', 'share %', 'verdict', 'seconds', 'requests'], shares)}

## What the releases said

${steps
  .filter(({ message }) => message !== '')
  .map(({ title, message }) => `- ${title}: \`${message.replaceAll('`', "'")}\``)
  .join('\n')}

\`serving history\` afterwards:

${history.map((line) => `- \`${line}\``).join('\n')}

## Why nothing is lost

- A step begins when every parent of the route reports \`Accepted\` and \`ResolvedRefs\` for the weights that were applied.
- The candidate goes when the gateway reports the route without it, and a moment later; its pods then finish what they have.
- Candidate pods serve only when they are ready, and are told to stop only after a pause (\`preStop\`) in which every proxy forgets them.

## What runs

The data plane is HAProxy, Debian's package, which a helper of the tests configures from the live HTTPRoute and the EndpointSlices, as
implementations of the Gateway API do: ${configurations} configurations in this run. It sends nothing twice. Prometheus is Debian's package; it
scrapes the pods every second, and the release reaches it through the API server's Service proxy. The server is Node.js without packages,
with the models of \`apps/images\`; its flaws are variables of its images.
`;
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  const right = head.map((name) => (['', 'release', 'version', 'verdict'].includes(name) ? '---' : '---:'));
  return [line(head), line(right), ...rows.map(line)].join('\n');
}
