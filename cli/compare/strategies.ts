/** `--strategies a, b(x: 1), c`: the strategies of a comparison, as they are written in a search. */
import { parseExpression } from '../../grammar/parse.ts';
import { print } from '../../grammar/print.ts';
import { refuse } from '../../grammar/diagnostics.ts';
import { excerpt } from '../../util/words.ts';

/** What a comparison always holds. */
export const BASELINE = 'random';

/** The strategies of a list, each in the formatter's layout; random search is the first, whether or not it is named. */
export function readStrategies(text: string): readonly string[] {
  const named = partsOf(text).map(layout);
  if (named.includes('')) refuse('badValue', { option: '--strategies', value: excerpt(text) }, { expected });
  const twice = named.find((strategy, i) => named.indexOf(strategy) !== i);
  if (twice !== undefined) refuse('strategyTwice', { strategy: excerpt(twice, 80) });
  return [BASELINE, ...named.filter((strategy) => strategy !== BASELINE)];
}

const expected =
  'names parted by commas, with arguments where wanted, such as `evolution(population: 20), bayesian`';

/** Parts at the commas outside of brackets and quotes. */
function partsOf(text: string): readonly string[] {
  const parts: string[] = [];
  let [part, depth, quoted] = ['', 0, false];
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    else if (!quoted && '([{'.includes(character)) depth++;
    else if (!quoted && ')]}'.includes(character)) depth--;
    if (character === ',' && depth === 0 && !quoted) {
      parts.push(part.trim());
      part = '';
    } else part += character;
  }
  return [...parts, part.trim()];
}

/** One layout for equal strategies; a text that cannot be parsed is left for the compiler to explain. */
function layout(text: string): string {
  const { value } = parseExpression({ name: '--strategies', text });
  return value ? print(value) : text;
}
