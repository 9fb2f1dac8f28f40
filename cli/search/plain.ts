/** A search in plain lines, for pipes, logs and continuous integration. */
import type { SearchSpec } from '../../compiler/search/search.ts';
import type { Diagnostic } from '../../grammar/diagnostics.ts';
import { countOf } from '../../util/words.ts';
import type { Colors } from '../context.ts';
import type { Output } from '../terminal.ts';
import { endingLines, openingLines, supernetLine, trialLine, type SearchView } from './view.ts';

/** What a view is made with. `warn` draws a diagnostic on stderr. */
export interface ViewOptions {
  readonly output: Output;
  readonly colors: Colors;
  readonly search: SearchSpec;
  readonly warn: (diagnostic: Diagnostic) => void;
}

/** A view that writes each line once. */
export function plainView({ output, colors, search, warn }: ViewOptions): SearchView {
  const write = (...lines: readonly string[]): void => {
    output.write(lines.map((line) => `${line}\n`).join(''));
  };
  return {
    onEvent: (event) => {
      switch (event.kind) {
        case 'opened':
          return write(...openingLines(event, search, colors));
        case 'trialFinished':
          return write(trialLine(event, search, colors));
        case 'retrainStarted':
          return write(
            `training the network of trial ${event.winner.number} anew, for ${countOf(search.retrain?.epochs ?? 0, 'epoch')}`,
          );
        case 'warning':
          return warn(event.diagnostic);
        case 'trialsEnded':
          return write(...endingLines(event, search));
        case 'supernetEpoch':
          return write(supernetLine(event));
        case 'trialStarted':
        case 'epoch':
        case 'finished':
          return undefined;
        default:
          return event satisfies never;
      }
    },
    stopping: () => write('stopping'),
    close: () => undefined,
  };
}
