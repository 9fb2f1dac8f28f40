/** Small parts of the command on their own. */
import { describe, expect, test } from 'vitest';
import {
  alignColumns,
  fitWidth,
  formatEstimate,
  formatHits,
  formatSeconds,
  formatShare,
} from '../../cli/format.ts';
import { stopOnSignal } from '../../cli/search/stop.ts';
import { TimeLeft } from '../../cli/search/view.ts';
import type { StopSignal, Terminal } from '../../cli/terminal.ts';
import { trainingsOf, type SearchSpec } from '../../compiler/search/search.ts';
import { search } from '../runtime/search/fakes.ts';

describe('numbers and times', () => {
  test.each([
    [0, '0.0 s'],
    [9.94, '9.9 s'],
    [9.96, '10 s'],
    [59.4, '59 s'],
    [59.6, '1 min 00 s'],
    [192, '3 min 12 s'],
    [3599.4, '59 min 59 s'],
    [3599.6, '1 h 00 min'],
    [90_000, '25 h 00 min'],
  ])('%d seconds', (seconds, text) => expect(formatSeconds(seconds)).toBe(text));

  test.each([
    [3, 'less than a minute'],
    [50, 'about 1 minute'],
    [100, 'about 2 minutes'],
    [5400, 'about 2 hours'],
  ])('about %d seconds', (seconds, text) => expect(formatEstimate(seconds)).toBe(text));

  test('shares and hits', () => {
    expect(formatShare(352 / 360)).toBe('97.8%');
    expect(formatHits({ accuracy: 352 / 360, images: 360 })).toBe('352 of 360');
  });

  test('columns and widths count what a terminal shows', () => {
    const rows = [
      ['字', '1'],
      ['a', '10'],
    ];
    expect(alignColumns(rows, [1])).toEqual(['  字   1', '  a   10']);
    expect(fitWidth('字字字', 5)).toBe('字字…');
    expect(fitWidth('abc', 3)).toBe('abc');
  });
});

describe('the second Ctrl-C', () => {
  function press(...times: readonly number[]) {
    const seen: string[] = [];
    let send: (signal: StopSignal) => void = () => undefined;
    let now = 0;
    const terminal = {
      onStop: (listener: typeof send) => ((send = listener), () => undefined),
      exit: (code: number) => void seen.push(`exit ${code}`),
    } as unknown as Terminal;
    const view = {
      onEvent: () => undefined,
      stopping: () => void seen.push('stopping'),
      close: () => void seen.push('close'),
    };
    const stop = stopOnSignal(terminal, view, () => now);
    for (now of times) send('SIGINT');
    return { seen, aborted: stop.signal.aborted };
  }

  test('ends at once', () => {
    expect(press(1000)).toEqual({ seen: ['stopping'], aborted: true });
    expect(press(1000, 2000)).toEqual({ seen: ['stopping', 'close', 'exit 130'], aborted: true });
  });

  test('unless it is the first one again, come by another way', () => {
    expect(press(1000, 1100, 1300).seen).toEqual(['stopping']);
  });
});

describe('the time left', () => {
  const spec = (budget: SearchSpec['budget']): SearchSpec => ({ ...search, budget });
  const opened = {
    kind: 'opened',
    experiment: '',
    trials: 0,
    best: undefined,
    budget: search.budget,
    allowed: 8n,
  } as const;
  const finalTraining = (1.2 * search.retrain!.epochs) / trainingsOf(search)[0].epochs;

  test('follows from the running trial, then from those that have ended', () => {
    const left = new TimeLeft(spec({ trials: 4, minutes: undefined }));
    left.start(opened);
    expect(left.ofTrials(0, 5)).toBeUndefined();
    expect(left.ofTrials(0.5, 5)).toBeCloseTo(3.5 * 10 + finalTraining * 10);
    left.add({ status: 'done', seconds: 20 } as never);
    expect(left.ofTrials(0.5, 5)).toBeCloseTo(2.5 * 20 + finalTraining * 20);
  });

  test('ends with the space, or with the minutes', () => {
    const exhausted = new TimeLeft(spec({ trials: 100, minutes: undefined }));
    exhausted.start(opened);
    expect(exhausted.ofTrials(0.5, 5)).toBeCloseTo(7.5 * 10 + finalTraining * 10);
    const timed = new TimeLeft(spec({ trials: undefined, minutes: 1 }));
    timed.start({ ...opened, allowed: 1_000_000n });
    expect(timed.ofTrials(0.5, 5)).toBeCloseTo(55 + finalTraining * 10);
  });
});
