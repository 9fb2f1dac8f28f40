/** What is shown of a comparison while it runs: a line for each search that has ended, and on a terminal the one that runs. */
import type { SearchSpec } from '../../compiler/search/search.ts';
import type { ComparedRun } from '../../runtime/search/compare/comparison.ts';
import type { SearchEvent } from '../../runtime/search/events.ts';
import { countOf } from '../../util/words.ts';
import { LiveRegion } from '../search/LiveRegion.ts';
import type { Output } from '../terminal.ts';
import { formatObjective } from './format.ts';

export interface CompareView {
  readonly begin: (strategy: string, seed: number, finished: number) => void;
  readonly onEvent: (event: SearchEvent) => void;
  readonly finish: (strategy: string, run: ComparedRun) => void;
  /** Writes something else in between. */
  readonly pause: (write: () => void) => void;
  readonly stopping: () => void;
  readonly close: () => void;
}

/** A view of so many searches. */
export function compareView(
  output: Output,
  { objectives, budget }: SearchSpec,
  {
    strategies,
    searches,
    live,
  }: { readonly strategies: readonly string[]; readonly searches: number; readonly live: boolean },
): CompareView {
  const width = Math.max(...strategies.map(({ length }) => length));
  const region = live ? new LiveRegion(output) : undefined;
  const say = (line: string): void => (region ? region.print(line) : output.write(`${line}\n`));
  let running = '';
  const draw = (more: string): void => region?.draw([{ text: `${running}${more}` }]);
  return {
    begin: (strategy, seed, finished) => {
      running = `search ${finished + 1} of ${searches}: ${strategy}, seed ${seed}`;
      draw('');
    },
    onEvent: (event) => {
      if (event.kind !== 'trialFinished') return;
      const most = budget.trials === undefined ? '' : ` of ${budget.trials}`;
      draw(`, trial ${event.trial.number + 1}${most}`);
    },
    finish: (strategy, { seed, trials, curve }) => {
      const best = curve.at(-1)?.best;
      const found = best === undefined ? 'nothing found' : `best ${formatObjective(best, objectives[0])}`;
      say(`seed ${seed}  ${strategy.padEnd(width)}  ${countOf(trials, 'trial')}, ${found}`);
    },
    pause: (write) => {
      region?.draw([]);
      write();
    },
    stopping: () => say('stopping'),
    close: () => region?.close(),
  };
}
