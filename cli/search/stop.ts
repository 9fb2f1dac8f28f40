/** Stops a search on Ctrl-C: the first one in order, a second one at once. */
import type { StopSignal, Terminal } from '../terminal.ts';
import type { SearchView } from './view.ts';

/** Two signals within so many milliseconds are one key press that came here by two ways, as through npm. */
const SAME_PRESS = 300;

const exitCodesOf: Readonly<Record<StopSignal, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

export interface Stop {
  readonly signal: AbortSignal;
  /** 130 after Ctrl-C; what a shell says of the other signals. */
  readonly exitCode: () => number;
  /** Leaves signals to their usual effect again. */
  readonly end: () => void;
}

/** Listens to the terminal until `end`. */
export function stopOnSignal(terminal: Terminal, view: SearchView, now: () => number = Date.now): Stop {
  const controller = new AbortController();
  let first: { readonly signal: StopSignal; readonly at: number } | undefined;
  const end = terminal.onStop((signal) => {
    if (first === undefined) {
      first = { signal, at: now() };
      view.stopping();
      controller.abort();
    } else if (now() - first.at > SAME_PRESS) {
      view.close();
      terminal.exit(exitCodesOf[signal]);
    }
  });
  return { signal: controller.signal, exitCode: () => exitCodesOf[first?.signal ?? 'SIGINT'], end };
}
