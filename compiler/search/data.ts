/** Reads a data set as a command line names it: `digits(split: writers)`. */
import { hasErrors, type Checked } from '../../grammar/diagnostics.ts';
import { parseExpression } from '../../grammar/parse.ts';
import type { Source } from '../../grammar/source.ts';
import type { StaticValue } from '../space/space.ts';
import { FieldReader } from './fields.ts';
import type { DataSpec } from './search.ts';
import type { Vocabulary } from './vocabulary.ts';

/** The data set that a text names, or what is wrong with it. */
export function readDataText(source: Source, vocabulary: Vocabulary): Checked<DataSpec> {
  const { value: node, diagnostics: problems } = parseExpression(source);
  if (!node || hasErrors(problems)) return { value: undefined, diagnostics: problems };
  const reader = new FieldReader(source, new Map());
  const call = reader.call(node, 'data');
  const args: Record<string, StaticValue> = {};
  if (call) {
    for (const [name, arg] of reader.named(call, undefined)) {
      const value = reader.value(arg.value, name);
      if (value !== undefined) args[name] = value;
    }
  }
  const spec = call && { name: call.name, args };
  if (spec && call) reader.adopt(vocabulary.checkData(spec), call.at);
  const { diagnostics } = reader;
  return { value: hasErrors(diagnostics) ? undefined : spec, diagnostics };
}
