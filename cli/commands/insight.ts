/** `nas insight EXPERIMENT...`: what experiments, or a table of results, say of their space. */
import { existsSync } from 'node:fs';
import { refuse } from '../../grammar/diagnostics.ts';
import { identify } from '../../runtime/search/identify.ts';
import { insightOfExperiments, type Insight } from '../../runtime/search/insight/insight.ts';
import { conditionOf, recall, type Conditioned } from '../../runtime/search/insight/recall.ts';
import { readExperiment } from '../../runtime/search/report.ts';
import { experimentId } from '../../runtime/store/identity.ts';
import type { Store } from '../../runtime/store/Store.ts';
import type { Context } from '../context.ts';
import { insightJson } from '../insight/json.ts';
import { insightLines } from '../insight/lines.ts';
import { insightOfFile, type TableOptions } from '../insight/table.ts';
import { loadSearch } from '../load.ts';
import { openResults, type StoreOption } from '../store.ts';
import { pathFrom } from '../terminal.ts';

export interface InsightOptions extends TableOptions, StoreOption {
  /** Percent. */
  readonly best: number;
  readonly permutations: number;
  readonly seed: number;
  readonly json?: boolean;
}

/** Prints what was found. */
export async function insight(
  context: Context,
  words: readonly string[],
  options: InsightOptions,
): Promise<number> {
  const { best, permutations, seed } = options;
  const analysis = { best: best / 100, permutations, seed };
  const found =
    options.table === undefined
      ? await ofExperiments(context, words, options)
      : await insightOfFile(context, words, { ...options, table: options.table }, analysis);
  if (options.json) context.printJson(insightJson(found));
  else context.print(...insightLines(found, context.colors));
  return 0;
}

async function ofExperiments(
  context: Context,
  words: readonly string[],
  options: InsightOptions,
): Promise<Insight> {
  for (const [given, option] of [
    [options.space, '--space'],
    [options.column, '--column'],
    [options.minimize, '--minimize'],
  ] as const) {
    if (given === undefined) continue;
    const hint = '`--table` reads a table of results through the space of a file';
    refuse('conflictingOptions', { first: option, second: 'an experiment' }, { hint });
  }
  // Before the store is opened: what is wrong with a file is to be said in any case.
  const asked: (string | Conditioned)[] = [];
  for (const word of words) asked.push(await askedFor(context, word, options));
  const store = await openResults(context, options, false);
  try {
    const ids = new Set<string>();
    for (const [i, one] of asked.entries()) {
      const found = typeof one === 'string' ? [one] : await sameSearch(store, one, words[i] ?? '');
      for (const id of found) ids.add(id);
    }
    const recalled = [];
    for (const id of ids) recalled.push(recall(await readExperiment(store, id)));
    const { best, permutations, seed } = options;
    return insightOfExperiments(recalled, { best: best / 100, permutations, seed });
  } finally {
    await store.close();
  }
}

/** The experiment that a word names, or the search of the file that it names. */
async function askedFor(
  context: Context,
  word: string,
  { search, set }: InsightOptions,
): Promise<string | Conditioned> {
  if (/^[0-9a-f]{12}$/.test(word) && !existsSync(pathFrom(context.terminal, word))) return word;
  const { compiled, settings } = await loadSearch(context, word, {
    ...(search === undefined ? {} : { search }),
    ...(set === undefined ? {} : { set }),
  });
  const identity = await identify(compiled, settings, context.terminal.cwd);
  const { name, objectives } = compiled.search;
  return { id: experimentId(identity), identity, name, objectives };
}

/** All experiments of the store that differ from a search in strategy and seed at most. */
async function sameSearch(store: Store, asked: Conditioned, file: string): Promise<readonly string[]> {
  const { key } = conditionOf(asked);
  const near = (await store.experiments()).filter(
    ({ identity }) => identity.space === asked.identity.space && identity.data === asked.identity.data,
  );
  const found = near.filter((record) => conditionOf(record).key === key).map(({ id }) => id);
  if (found.length > 0) return found;
  const hint = `\`nas search ${file}\` with the same settings runs it; \`nas trials --list\` shows what was run`;
  return refuse('experimentUnknown', { experiment: asked.id, path: store.folder }, { hint });
}
