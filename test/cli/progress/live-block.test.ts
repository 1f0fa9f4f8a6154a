import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LiveBlock } from '../../../lib/cli/progress/live-block';
import { reporterFor } from '../../../lib/cli/progress/reporters';
import { shown } from '../on-terminal';
import { planned, said, started, wave, written } from './events';

/** The terminal's driver makes a line break go to the first column. */
const screenOf = (out: readonly string[]) => shown(out.join('').replaceAll('\n', '\r\n'));

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

it('draws over what it has drawn, also when there are fewer lines, and is gone when it is cleared', () => {
  const out: string[] = [];
  const block = new LiveBlock({ write: (text) => out.push(text) });
  block.draw(['one', 'two', 'three']);
  block.draw(['1', '2']);
  expect(screenOf(out)).toEqual({ lines: ['1', '2', ''], cursor: 'hidden' });
  block.clear();
  block.clear();
  out.push('after\n');
  expect(screenOf(out)).toEqual({ lines: ['after', ''], cursor: 'shown' });
});

it('keeps what is said meanwhile above the block, and the block below it once', () => {
  const out: string[] = [];
  const screen = { isTTY: true, columns: 80, rows: 24, write: (text: string) => out.push(text) };
  const reporter = reporterFor({ output: 'text', env: { NO_COLOR: '1' }, screen });
  for (const event of [
    planned('Deployment/a'),
    started,
    wave(1, 1, 'Deployment/a'),
    written('Deployment/a'),
    said('Deployment/a', 'Updated: 0/1'),
  ]) {
    reporter.event(event);
    vi.advanceTimersByTime(1000);
  }
  reporter.note('warning: policy/v1beta1 is deprecated');
  reporter.event(said('Deployment/a', 'Updated: 1/1'));
  vi.advanceTimersByTime(1000);
  expect(screenOf(out).lines).toEqual([
    'other',
    '  + create Deployment/a',
    'fraud in team: 1 to create',
    'warning: policy/v1beta1 is deprecated',
    'fraud in team, revision 2 (upgrade): rolling out                           0:06',
    '● objects  0 of 1 done, 1 waiting',
    '  · Deployment/a  Updated: 1/1                                             0:02',
    '',
  ]);
  reporter.close();
  expect(screenOf(out)).toMatchObject({ cursor: 'shown', lines: { length: 5 } });
});
