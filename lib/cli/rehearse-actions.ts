import { rmSync, writeFileSync } from 'node:fs';
import { describe, ServingError } from '../errors/problem';
import { EXIT_CODES, type SourceFile, systemHost } from '../release';
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
import type { RehearseFlags, SandboxFailure, SandboxFlags } from './commands/rehearse';
import { printHistory } from './print/history';
import { printLine } from './print/line';
import type { Output } from './print/output';
import { painter } from './print/style';
import { eventJson, type Reporter, reporterFor } from './progress/reporters';

/** Slow enough to be watched, quick enough to be waited for. */
const PACE = { startMs: 150, readyMs: 250, jobMs: 400 };

/** Plays releases of a folder and prints what happens, as it happens. */
export async function rehearse(folder: string, { fail, output, recursive = false }: RehearseFlags): Promise<void> {
  // The sandbox's timers do not keep a process alive.
  const alive = setInterval(() => {}, 1000);
  // An interrupt is an ordinary end: whatever is drawn is cleared away.
  const stop = () => process.exit(130);
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const teller = tellerFor(output);
  try {
    const stage = await stageFor(filesOf(folder, recursive), { clock: new RealClock(), pace: PACE });
    const progress = story(stage, fail);
    for (let step = await progress.next(); ; step = await progress.next()) {
      if (step.done === true) {
        // Also a release that went through is wrong where it should have failed.
        process.exitCode = step.value === undefined ? 0 : EXIT_CODES[step.value] || 1;
        return teller.end();
      }
      teller.tell(step.value);
    }
  } catch (error) {
    if (!(error instanceof ServingError)) throw error;
    process.stderr.write(`${error.problems.map(describe).join('\n')}\n`);
    process.exitCode = 1;
  } finally {
    teller.end();
    clearInterval(alive);
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

function filesOf(folder: string, recursive: boolean): readonly SourceFile[] {
  const { files, problems } = systemHost().read(folder, { recursive });
  if (problems.length > 0) throw new ServingError(problems);
  return files;
}

/** Tells a story; `end` leaves the terminal as it was. */
interface Teller {
  tell(happened: StoryEvent): void;
  end(): void;
}

function tellerFor(output: Output): Teller {
  if (output === 'text') return textTeller();
  const events: object[] = [];
  const asJson = (happened: StoryEvent) =>
    happened.type === 'release' ? { ...happened, event: eventJson(happened.event) } : happened;
  if (output === 'ndjson') return { tell: (happened) => printLine(JSON.stringify(asJson(happened))), end: () => undefined };
  return {
    tell: (happened) => void (happened.type === 'release' || events.push(happened)),
    end: () => {
      if (events.length > 0) printLine(JSON.stringify(events.splice(0)));
    },
  };
}

/** Each release of the story gets a reporter of its own. */
function textTeller(): Teller {
  let reporter: Reporter | undefined;
  const open = () => {
    reporter ??= reporterFor({ output: 'text', steps: false });
    return reporter;
  };
  const end = () => {
    reporter?.close();
    reporter = undefined;
  };
  const paint = painter(process.stdout);
  const tell = (happened: StoryEvent): void => {
    if (happened.type === 'title') printLine(`\n${paint('strong', `== ${happened.text}`)}`);
    else if (happened.type === 'note') printLine(happened.text);
    else if (happened.type === 'history') printLine(printHistory(happened.revisions, 'text', paint));
    else if (happened.type === 'release') open().event(happened.event);
    else {
      open().result(happened.result);
      end();
    }
  };
  return { tell, end };
}

const CONDITIONS = {
  gate: 'gate fails',
  image: imageMissing(),
  crash: crashLoop(),
  unready: probeNeverReady(),
} as const satisfies Record<SandboxFailure, unknown>;

/** Room for every stack that a team would try, one pod a node too. */
const NODES = Array.from({ length: 20 }, (_, index) => ({ name: `node-${index + 1}`, cpu: '32', memory: '128Gi' }));

/** Serves a sandbox until it is interrupted. Gates pass in it, unless a version is to fail. */
export async function sandbox({ port, kubeconfig, fail = [] }: SandboxFlags): Promise<void> {
  const afflictions = fail.map(([version, what]) => [version, CONDITIONS[what]] as const);
  const here = rehearsal({
    clock: new RealClock(),
    nodes: NODES,
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
