import { rmSync, writeFileSync } from 'node:fs';
import { describe, ServingError } from '../errors/problem';
import { EXIT_CODES, systemHost } from '../release';
import {
  behaviour,
  crashLoop,
  imageMissing,
  probeNeverReady,
  RealClock,
  rehearsal,
  type StoryEvent,
  serve,
  stageFor,
  story,
} from '../testing';
import { printHistory } from './print/history';
import { printLine } from './print/line';
import { releasePrinter } from './print/release';
import type { RehearseFlags, SandboxFailure, SandboxFlags } from './rehearse-command';

/** Slow enough to be watched, quick enough to be waited for. */
const PACE = { startMs: 150, readyMs: 250, jobMs: 400 };

/** Plays releases of a folder and prints what happens, as it happens. */
export async function rehearse(folder: string, { fail }: RehearseFlags): Promise<void> {
  // The sandbox's timers do not keep a process alive.
  const alive = setInterval(() => {}, 1000);
  try {
    const stage = await stageFor(systemHost().read(folder), { clock: new RealClock(), pace: PACE });
    const progress = story(stage, fail);
    for (let step = await progress.next(); ; step = await progress.next()) {
      if (step.done === true) {
        // Also a release that went through is wrong where it should have failed.
        process.exitCode = step.value === undefined ? 0 : EXIT_CODES[step.value] || 1;
        return;
      }
      const text = storyText(step.value);
      if (text !== '') printLine(text);
    }
  } catch (error) {
    if (!(error instanceof ServingError)) throw error;
    process.stderr.write(`${error.problems.map(describe).join('\n')}\n`);
    process.exitCode = 1;
  } finally {
    clearInterval(alive);
  }
}

const printer = releasePrinter('text');

function storyText(happened: StoryEvent): string {
  switch (happened.type) {
    case 'title':
      return `\n== ${happened.text}`;
    case 'note':
      return happened.text;
    case 'release':
      return printer.event(happened.event);
    case 'result':
      return printer.result(happened.result);
    case 'history':
      return printHistory(happened.revisions, 'text');
  }
}

const CONDITIONS = {
  gate: 'gate fails',
  image: imageMissing(),
  crash: crashLoop(),
  unready: probeNeverReady(),
} as const satisfies Record<SandboxFailure, unknown>;

/** Serves a sandbox until it is interrupted. Gates pass in it, unless a version is to fail. */
export async function sandbox({ port, kubeconfig, fail = [] }: SandboxFlags): Promise<void> {
  const afflictions = fail.map(([version, what]) => [version, CONDITIONS[what]] as const);
  const here = rehearsal({
    clock: new RealClock(),
    script: (pod) => ({ ...PACE, ...behaviour(here.sandbox, pod, afflictions) }),
  });
  const served = await serve(here.sandbox, port === undefined ? {} : { port });
  writeFileSync(kubeconfig, served.kubeconfig, { mode: 0o600 });
  printLine(
    [
      `A cluster in memory listens on ${served.url}. It is gone when this ends (Ctrl-C).`,
      `  export KUBECONFIG=${kubeconfig}`,
      '  kubectl get nodes',
      '  serving apply dist/staging/fraud-model --create-namespace',
    ].join('\n'),
  );
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve()).once('SIGTERM', () => resolve());
  });
  await served.close();
  rmSync(kubeconfig, { force: true });
}
