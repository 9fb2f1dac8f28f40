/** `nas compare FILE`: strategies against random search on a search of the file, at equal cost. */
import { diagnosticToJson } from '../../grammar/diagnosticJson.ts';
import { workerEvaluator } from '../../runtime/evaluate/workerEvaluator.ts';
import type { Comparison } from '../../runtime/search/compare/comparison.ts';
import { countOf } from '../../util/words.ts';
import { compareLines } from '../compare/lines.ts';
import { writePicture } from '../compare/picture.ts';
import {
  planComparison,
  runComparison,
  seedsWarning,
  type Compared,
  type CompareSettings,
  type Plan,
} from '../compare/run.ts';
import { compareView } from '../compare/view.ts';
import { showDiagnostics, type Context } from '../context.ts';
import { stopOnSignal } from '../search/stop.ts';
import { budgetText } from '../search/view.ts';
import { openResults, type StoreOption } from '../store.ts';

export interface CompareOptions extends CompareSettings, StoreOption {
  readonly svg?: string;
  readonly json?: boolean;
}

/** Runs what is missing and prints the comparison; 130 when it was interrupted. */
export async function compare(context: Context, file: string, options: CompareOptions): Promise<number> {
  const plan = await planComparison(context, file, options);
  const { terminal } = context;
  const output = options.json ? terminal.stderr : terminal.stdout;
  output.write(`${opening(plan)}\n`);
  const warning = seedsWarning(plan);
  if (warning) showDiagnostics(context, [warning]);
  const store = await openResults(context, options, true);
  const evaluator = terminal.evaluator?.() ?? workerEvaluator();
  const { search } = plan.compiled;
  const live = output.isTerminal && terminal.env['TERM'] !== 'dumb';
  const view = compareView(output, search, {
    strategies: plan.strategies,
    searches: plan.searches.length,
    live,
  });
  const stop = stopOnSignal(terminal, view);
  let compared: Compared;
  try {
    compared = await runComparison(context, plan, {
      store,
      evaluator,
      view,
      signal: stop.signal,
      fresh: options.fresh === true,
    });
  } finally {
    view.close();
    await evaluator.close();
    stop.end();
    await store.close();
  }
  if (compared.kind === 'finished') {
    await show(context, plan, compared.comparison, options);
    return 0;
  }
  const { kind, finished } = compared;
  if (kind === 'stopped') showDiagnostics(context, compared.diagnostics);
  const diagnostics = kind === 'stopped' ? compared.diagnostics.map(diagnosticToJson) : undefined;
  if (options.json) {
    context.printJson({
      status: kind,
      finished,
      searches: plan.searches.length,
      ...(diagnostics && { diagnostics }),
    });
  } else {
    context.print(
      `stopped; ${finished} of ${countOf(plan.searches.length, 'search', 'searches')} finished and kept in ${store.folder}`,
      'The same command goes on after the last finished trial.',
    );
  }
  return kind === 'stopped' ? 1 : stop.exitCode();
}

function opening({ compiled: { search }, strategies, seeds }: Plan): string {
  return `search ${search.name} of ${search.space}: ${strategies.join(', ')}; ${countOf(seeds, 'seed')} each, ${budgetText(search.budget)} a search`;
}

async function show(
  context: Context,
  { compiled: { search } }: Plan,
  comparison: Comparison,
  { svg, json, store }: CompareOptions,
): Promise<void> {
  if (svg !== undefined) await writePicture(context, svg, comparison, search.name);
  if (json) {
    const { name, space } = search;
    context.printJson({ status: 'finished', search: name, space, ...comparison });
    return;
  }
  const where = store === undefined ? '' : ` --store ${store}`;
  context.print('', ...compareLines(comparison, context.colors), '');
  if (svg !== undefined) context.print(`wrote ${svg}`);
  context.print(`The searches are experiments of their own: \`nas trials --list${where}\` shows them.`);
}
