// How long releases take on a control plane that is 40 ms away: a loopback proxy holds back what goes either way for 20 ms. A stack of
// five models, with helm 3, helm 4, kubectl and this project in turns; medians. Needs ../shared and `npm run build`.
//   node test/bench/distance.mjs [--rounds 5]
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { budget, median } from './compare.mjs';
import { chart, clusterTool, main, peers, renderModels } from './given.mjs';

const rounds = Number(parseArgs({ options: { rounds: { type: 'string' } } }).values.rounds ?? 5);
const dir = mkdtempSync(join(tmpdir(), 'serving-distance-'));
const near = join(dir, 'cluster/kubeconfig');
const far = join(dir, 'far.kubeconfig');
const size = ['--set', 'count=5'];
const file = renderModels(join(dir, 'five.yaml'), 'count=5');

/** Holds back every chunk of bytes, in either direction, in a thread of its own: the tools are waited for in this one. */
const PROXY = `
const { createServer, connect } = require('node:net');
const { parentPort, workerData } = require('node:worker_threads');
const held = (from, to) => {
  from.on('data', (chunk) => setTimeout(() => to.write(chunk), workerData.ms));
  from.on('end', () => setTimeout(() => to.end(), workerData.ms));
  from.on('error', () => to.destroy());
};
const server = createServer({ noDelay: true }, (client) => {
  const upstream = connect({ port: workerData.port, host: '127.0.0.1', noDelay: true });
  held(client, upstream);
  held(upstream, client);
});
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

async function startProxy() {
  const text = readFileSync(near, 'utf8');
  const port = /https:\/\/[^:\s]+:(\d+)/.exec(text)?.[1];
  const worker = new Worker(PROXY, { eval: true, workerData: { port: Number(port), ms: 20 } });
  const own = await new Promise((done) => worker.once('message', done));
  writeFileSync(far, text.replace(/(https:\/\/[^:\s]+):\d+/, `$1:${own}`));
  return worker;
}

const helm = (binary) => {
  const run = (...args) => [[join(peers, binary), ...args, '-n', binary]];
  const given = ['big', chart, ...size, '--wait', '--timeout', '5m'];
  return {
    install: run('install', ...given, '--create-namespace'),
    nothing: run('upgrade', ...given),
    uninstall: run('uninstall', 'big', '--wait'),
  };
};
const kubectl = () => {
  const binary = join(execFileSync(clusterTool, ['bin'], { encoding: 'utf8' }).trim(), 'kubectl');
  const run = (...args) => [binary, '-n', 'kubectl', ...args];
  const release = [
    run('apply', '--server-side', '-f', file),
    run('wait', '--for=condition=Available', 'deployment', '--all', '--timeout=5m'),
  ];
  return {
    install: [[binary, 'create', 'namespace', 'kubectl'], ...release],
    nothing: release,
    uninstall: [[binary, 'delete', 'namespace', 'kubectl']],
  };
};
const apply = [[process.execPath, main, 'apply', file, '--release', 'big', '-n', 'serving', '--create-namespace']];
const tools = {
  helm3: helm('helm3'),
  helm4: helm('helm4'),
  kubectl: kubectl(),
  serving: {
    install: apply,
    nothing: apply,
    uninstall: [[process.execPath, main, 'uninstall', 'big', '-n', 'serving', '--yes']],
  },
};

const times = new Map();
let proxy;
try {
  execFileSync(clusterTool, ['up', join(dir, 'cluster')], { stdio: 'ignore' });
  proxy = await startProxy();
  for (let round = 0; round < rounds; round++) {
    for (const [tool, steps] of Object.entries(tools)) {
      for (const [step, commands] of Object.entries(steps)) {
        const began = performance.now();
        for (const [command, ...args] of commands) {
          const { status, stdout, stderr } = spawnSync(command, args, {
            env: { ...process.env, KUBECONFIG: far },
            encoding: 'utf8',
          });
          if (status !== 0) throw new Error(`${command} ${args.join(' ')}\n${stdout}${stderr}`);
        }
        const key = `${tool} ${step}`;
        times.set(key, [...(times.get(key) ?? []), (performance.now() - began) / 1000]);
      }
    }
  }
} finally {
  await proxy?.terminate();
  execFileSync(clusterTool, ['down', join(dir, 'cluster')], { stdio: 'ignore' });
  rmSync(dir, { recursive: true, force: true });
}

const seconds = (tool, step) => median(times.get(`${tool} ${step}`));
for (const step of ['install', 'nothing', 'uninstall']) {
  console.log(
    `40 ms away, ${step}: ${Object.keys(tools)
      .map((tool) => `${tool} ${seconds(tool, step).toFixed(2)} s`)
      .join(', ')}`,
  );
}
const met = ['helm3', 'helm4'].flatMap((tool) => {
  const name = tool.replace('helm', 'helm ');
  return [
    budget(
      `40 ms away, nothing changed, times faster than ${name}`,
      seconds(tool, 'nothing') / seconds('serving', 'nothing'),
      10,
      'at least',
    ),
    budget(`40 ms away, install, times the time of ${name}`, seconds('serving', 'install') / seconds(tool, 'install'), 0.5),
  ];
});
process.exitCode = met.every(Boolean) ? 0 : 1;
