import type { Plan, ReleaseEvent, ReleaseResult } from '../../release';
import { endingText } from '../print/ending';
import type { Output } from '../print/output';
import { planMarkdown, planSummary, planText } from '../print/plan';
import { clean, oneLine, safe } from '../print/safe';
import { count, isTerminal, type Look, lookOf } from '../print/style';
import { frame } from './frame';
import { annotation, endAnnotation, group, stepSummary, writeStepSummary } from './github';
import { eventLines, pulse } from './lines';
import { LiveBlock } from './live-block';
import { advance, begin, type Progress } from './progress';

/** Prints a release while it runs. */
export interface Reporter {
  event(event: ReleaseEvent): void;
  /** Prints a message that is not an event, such as a warning of the API server, or an interrupt. */
  note(text: string): void;
  result(result: ReleaseResult): void;
  /** Stops without a result and restores the terminal. */
  close(): void;
}

/** Options for a reporter. */
export interface ReporterOptions {
  readonly output: Output;
  /** Time budget of the release in milliseconds. */
  readonly budgetMs?: number;
  /** Whether to suggest next commands at the end. Default: yes. */
  readonly steps?: boolean;
  readonly screen?: ReporterScreen;
  readonly env?: NodeJS.ProcessEnv;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** The parts of standard output that reporters need. */
export interface ReporterScreen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** Often enough to look live. */
const DRAW_MS = 125;
/** Interval of progress lines in logs. */
const PULSE_MS = 10_000;
/** The rest of a longer plan is left to `serving plan`. */
const MOST_PLAN_LINES = 60;

/** Creates the reporter for an output: a live block on a terminal, lines elsewhere, JSON for machines. */
export function reporterFor(options: ReporterOptions): Reporter {
  const { output, screen = process.stdout, env = process.env } = options;
  if (output !== 'text') return jsonReporter(output, screen);
  return isTerminal(screen, env) ? new BlockReporter(options) : new LineReporter(options);
}

/** Plans contain whole objects, including Secrets; only the summary is printed. */
export function eventJson(event: ReleaseEvent): object {
  return event.type === 'planned' ? { ...event, plan: planSummary(event.plan) } : event;
}

/** Plans are cleaned by their printers, which use little of them. */
function cleanEvent(event: ReleaseEvent): ReleaseEvent {
  return event.type === 'planned' ? event : clean(event);
}

function jsonReporter(output: Output, screen: ReporterScreen): Reporter {
  const print = (value: object) => void screen.write(safe(`${JSON.stringify(value)}\n`));
  return {
    event: (event) => (output === 'ndjson' ? print(eventJson(event)) : undefined),
    note: (text) => void process.stderr.write(`${oneLine(text)}\n`),
    result: (result) => print(output === 'ndjson' ? { type: 'result', ...result } : result),
    close: () => undefined,
  };
}

/** Base of both text reporters: the state of the release, the clock, colors. */
abstract class TextReporter implements Reporter {
  protected progress: Progress;
  protected readonly options: ReporterOptions;
  protected readonly screen: ReporterScreen;
  protected readonly env: NodeJS.ProcessEnv;
  protected readonly now: () => number;
  /** Digest of the plan that was printed. */
  private printed: string | undefined;
  private readonly timer: NodeJS.Timeout;

  constructor(options: ReporterOptions, everyMs: number) {
    this.options = options;
    this.screen = options.screen ?? process.stdout;
    this.env = options.env ?? process.env;
    this.now = options.now ?? Date.now;
    const { budgetMs } = options;
    this.progress = begin(this.now(), budgetMs === undefined ? {} : { budgetMs });
    this.timer = setInterval(() => this.tick(), everyMs);
    this.timer.unref();
  }

  protected abstract tick(): void;
  abstract event(event: ReleaseEvent): void;
  abstract note(text: string): void;
  abstract result(result: ReleaseResult): void;

  close(): void {
    clearInterval(this.timer);
  }

  protected get look(): Look {
    return lookOf(this.screen, this.env);
  }

  protected print(lines: readonly string[]): void {
    if (lines.length > 0) this.screen.write(safe(`${lines.join('\n')}\n`));
  }

  /** Lines of a plan, unless it was already printed. */
  protected planLines(plan: Plan): readonly string[] {
    if (plan.digest === this.printed) return [];
    this.printed = plan.digest;
    return planText(plan, this.look, MOST_PLAN_LINES).split('\n');
  }

  /** Summary of an uninstalled release's objects. */
  private removed(): string {
    const states = [...this.progress.objects.values()].map(({ state }) => state);
    const deleted = states.filter((state) => state === 'deleted').length;
    const kept = states.length - deleted;
    return `${count(deleted, 'object')} deleted${kept === 0 ? '' : `, ${kept} left in place`}`;
  }

  protected ending(result: ReleaseResult): readonly string[] {
    const gone = this.progress.action === 'uninstall' && result.outcome === 'succeeded';
    const told = gone ? `${result.release}: uninstalled, ${this.removed()}` : undefined;
    return endingText(result, this.look, this.options.steps ?? true, told).split('\n');
  }
}

class BlockReporter extends TextReporter {
  private readonly block: LiveBlock;
  /** Restores the cursor, however the process ends. */
  private readonly restore = () => this.block.clear();

  constructor(options: ReporterOptions) {
    super(options, DRAW_MS);
    this.block = new LiveBlock(this.screen);
    process.on('exit', this.restore);
    this.tick();
  }

  protected tick(): void {
    const { columns = 80, rows = 24 } = this.screen;
    this.block.draw(frame(this.progress, this.now(), { columns, rows }, this.look.paint));
  }

  event(raw: ReleaseEvent): void {
    const event = cleanEvent(raw);
    this.progress = advance(this.progress, event, this.now());
    // Permanent output goes above the block; the rest is drawn at the next tick.
    if (event.type === 'planned') this.above(this.planLines(event.plan));
    if (event.type === 'warning' || event.type === 'recovering') this.above(eventLines(this.progress, event, this.progress));
  }

  note(text: string): void {
    this.above([oneLine(text)]);
  }

  private above(lines: readonly string[]): void {
    this.block.clear();
    this.print(lines);
    this.tick();
  }

  result(result: ReleaseResult): void {
    const { columns = 80, rows = 24 } = this.screen;
    const last = frame(this.progress, this.now(), { columns, rows }, this.look.paint);
    this.close();
    this.print([...(result.revision === undefined ? [] : last), ...this.ending(clean(result))]);
  }

  override close(): void {
    super.close();
    this.block.clear();
    process.off('exit', this.restore);
  }
}

class LineReporter extends TextReporter {
  private spoke: number;
  private readonly github: boolean;
  /** The plan as Markdown, for the step summary: the plan itself holds every live object. */
  private plan: string | undefined;

  constructor(options: ReporterOptions) {
    super(options, 1000);
    this.spoke = this.now();
    this.github = this.env.GITHUB_ACTIONS === 'true';
  }

  protected tick(): void {
    const now = this.now();
    if (now - this.spoke < PULSE_MS) return;
    const text = pulse(this.progress, now);
    if (text !== undefined) this.timed([text]);
  }

  event(raw: ReleaseEvent): void {
    const event = cleanEvent(raw);
    const before = this.progress;
    this.progress = advance(before, event, this.now());
    if (event.type === 'planned') {
      const lines = this.planLines(event.plan);
      if (this.github) this.plan = planMarkdown(event.plan);
      this.print(this.github && lines.length > 0 ? group(`Plan: ${lines.at(-1)}`, lines.join('\n')) : lines);
    }
    this.timed(eventLines(before, event, this.progress));
    if (this.github) this.print(annotation(event));
  }

  note(text: string): void {
    this.timed([oneLine(text)]);
  }

  /** Lines prefixed with the time of day in UTC. */
  private timed(lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.spoke = this.now();
    const time = new Date(this.spoke).toISOString().slice(11, 19);
    this.print(lines.map((line) => `${this.look.paint('dim', `${time}Z`)} ${line}`));
  }

  result(raw: ReleaseResult): void {
    const result = clean(raw);
    this.close();
    this.print(this.ending(result));
    if (!this.github) return;
    this.print([endAnnotation(result)]);
    writeStepSummary(stepSummary(result, this.plan), this.env);
  }
}
