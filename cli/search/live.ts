/** A search on a terminal: finished trials scroll by, below them progress is redrawn in place. */
import type { EpochEvent, OpenedEvent, SearchEvent } from '../../runtime/search/events.ts';
import type { DoneTrial } from '../../runtime/store/records.ts';
import { countOf } from '../../util/words.ts';
import { formatLoss, formatEstimate, formatSeconds } from '../format.ts';
import { LiveRegion, type LiveLine } from './LiveRegion.ts';
import type { ViewOptions } from './plain.ts';
import {
  bestText,
  endingLines,
  openingLines,
  supernetLine,
  TimeLeft,
  trialLine,
  type SearchView,
} from './view.ts';

/** Redrawn so often, in milliseconds, where nothing else happens. */
const TICK = 1000;
const BAR_WIDTH = 30;

/** What runs at the moment. */
interface Running {
  readonly title: string;
  readonly final: boolean;
  readonly started: number;
  readonly epoch: EpochEvent | undefined;
}

/** A view that redraws in place. `now` tells the time in milliseconds. */
export function liveView(
  { output, colors, search, warn }: ViewOptions,
  now: () => number = Date.now,
): SearchView {
  const region = new LiveRegion(output);
  const time = new TimeLeft(search);
  let opened: OpenedEvent | undefined;
  let done = 0;
  let best: DoneTrial | undefined;
  let running: Running | undefined;
  let stopping = false;

  const elapsed = (): number => (running ? (now() - running.started) / 1000 : 0);
  const share = (): number => (running?.epoch ? running.epoch.epoch / running.epoch.epochs : 0);

  const lines = (): LiveLine[] => {
    if (opened === undefined) return [];
    return [
      { text: '' },
      { text: overview(), paint: colors.cyan },
      ...(running ? [{ text: runningText(running, elapsed()) }] : []),
      ...(best ? [{ text: `best     ${bestText(best)}`, paint: colors.green }] : []),
      ...(stopping ? [{ text: 'stopping; Ctrl-C again ends at once', paint: colors.yellow }] : []),
    ];
  };
  const overview = (): string => {
    const left = running && !stopping ? secondsLeft(running) : undefined;
    const estimate = left === undefined ? '' : `, ${formatEstimate(left)} left`;
    const { trials = Infinity, minutes } = search.budget;
    const most = Math.min(trials, Number(opened?.allowed ?? Infinity));
    if (Number.isFinite(trials)) {
      const full = running?.final ? 1 : (done + share()) / most;
      return `${bar(full)} ${done} of ${countOf(most, 'trial')}${estimate}`;
    }
    const limit = minutes === undefined ? '' : `, for ${countOf(minutes, 'minute')}`;
    return `${countOf(done, 'trial')}${limit}${estimate}`;
  };
  const secondsLeft = ({ final, epoch }: Running): number | undefined => {
    if (!final) return time.ofTrials(share(), elapsed());
    return epoch && (elapsed() * (epoch.epochs - epoch.epoch)) / epoch.epoch;
  };

  const draw = (): void => region.draw(lines());
  const timer = setInterval(draw, TICK).unref();
  const begin = (title: string, final: boolean): void => {
    running = { title, final, started: now(), epoch: undefined };
  };

  const onEvent = (event: SearchEvent): void => {
    switch (event.kind) {
      case 'opened':
        opened = event;
        done = event.trials;
        best = event.best;
        time.start(event);
        region.print(...openingLines(event, search, colors));
        break;
      case 'trialStarted':
        begin(`trial ${event.number}`, false);
        break;
      case 'epoch':
        if (running) running = { ...running, epoch: event };
        break;
      case 'supernetEpoch':
        region.print(supernetLine(event));
        break;
      case 'trialFinished':
        done++;
        best = event.best;
        time.add(event.trial);
        running = undefined;
        region.print(trialLine(event, search, colors));
        break;
      case 'retrainStarted':
        begin('final', true);
        break;
      case 'warning':
        region.draw([]);
        warn(event.diagnostic);
        break;
      case 'trialsEnded':
        running = undefined;
        region.print(...endingLines(event, search));
        break;
      case 'finished':
        running = undefined;
        break;
      default:
        event satisfies never;
    }
    draw();
  };

  return {
    onEvent,
    stopping: () => {
      stopping = true;
      draw();
    },
    close: () => {
      clearInterval(timer);
      region.close();
    },
  };
}

function runningText({ title, final, epoch }: Running, elapsed: number): string {
  const what = final ? 'the best network is trained anew: ' : '';
  const progress = epoch
    ? `epoch ${epoch.epoch} of ${epoch.epochs}, loss ${formatLoss(epoch.loss)}`
    : 'first epoch';
  return `${title.padEnd(8)} ${what}${progress}, ${formatSeconds(Math.floor(elapsed))}`;
}

function bar(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * BAR_WIDTH);
  return '━'.repeat(full) + '─'.repeat(BAR_WIDTH - full);
}
