/** Checks a `search` block and fills in its defaults: from syntax to {@link SearchSpec}. */
import type { AmountsNode, Expr, FieldNode, SearchNode } from '../../grammar/ast.ts';
import { hasErrors, type Checked } from '../../grammar/diagnostics.ts';
import type { Source } from '../../grammar/source.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import { listWords } from '../../util/words.ts';
import type { StaticValue } from '../space/space.ts';
import { FieldReader, isWhole, MOST, type Call } from './fields.ts';
import type { BudgetSpec, DataSpec, ObjectiveSpec, SearchSpec, StrategySpec, TrainSpec } from './search.ts';
import { defaultTrain, readTrain } from './train.ts';
import type { Vocabulary } from './vocabulary.ts';

/** The fields of a search, for messages and for `--set`. */
export const searchFields = [
  'data',
  'strategy',
  'evaluate',
  'retrain',
  'maximize',
  'minimize',
  'budget',
  'seed',
] as const;

/** Checks one search of a file. */
export function checkSearch(
  node: SearchNode,
  source: Source,
  vocabulary: Vocabulary,
  sources: ReadonlyMap<object, Source> = new Map(),
): Checked<SearchSpec> {
  const reader = new FieldReader(source, sources);
  const fields = collect(reader, node);
  const missing = (name: string): void =>
    reader.report('missingField', { search: node.name.text, name }, reader.at(node.name), {
      hint: name === 'data' ? 'write `data digits`' : 'write `budget 20 trials`',
    });
  if (!fields.has('data')) missing('data');
  if (!fields.has('budget')) missing('budget');
  const data = readNamed(reader, fields.get('data'), 'data');
  if (data) reader.adopt(vocabulary.checkData(data.spec), data.call.at);
  const strategy = readNamed(reader, fields.get('strategy'), 'strategy');
  if (strategy) reader.adopt(vocabulary.checkStrategy(strategy.spec), strategy.call.at);
  const evaluate = readTraining(reader, fields.get('evaluate'), 'evaluate', defaultTrain);
  const spec: SearchSpec = {
    name: node.name.text,
    space: node.space.text,
    data: data?.spec ?? { name: '', args: {} },
    strategy: strategy?.spec ?? { name: 'random', args: {} },
    evaluate,
    retrain: readTraining(reader, fields.get('retrain'), 'retrain', evaluate),
    objective: readObjective(reader, fields),
    budget: readBudget(reader, fields.get('budget')),
    seed: readSeed(reader, fields.get('seed')),
  };
  const { diagnostics } = reader;
  return { value: hasErrors(diagnostics) ? undefined : spec, diagnostics };
}

type Fields = ReadonlyMap<string, FieldNode>;

function collect(reader: FieldReader, node: SearchNode): Fields {
  const fields = new Map<string, FieldNode>();
  for (const field of node.fields) {
    const name = field.name.text;
    if (!searchFields.some((f) => f === name)) {
      reader.report('unknownField', { name }, reader.at(field.name), {
        hint: didYouMean(name, searchFields) ?? `fields are ${listWords(searchFields)}`,
      });
    } else if (fields.has(name)) reader.report('repeatedName', { name }, reader.at(field.name));
    else fields.set(name, field);
  }
  return fields;
}

/** The field's value as an expression; amounts belong to `budget` alone, records to genomes and programs. */
function expression(reader: FieldReader, field: FieldNode): Expr | undefined {
  const { value } = field;
  const name = field.name.text;
  switch (value.kind) {
    case 'amounts':
      reader.report('badField', { name, found: 'an amount with a unit' }, reader.at(value), {
        expected: 'a value without a unit',
      });
      return undefined;
    case 'record':
    case 'counted':
      reader.report('badField', { name, found: foundInstead[value.kind] }, reader.at(value), {
        expected: 'a value',
      });
      return undefined;
    default:
      return value;
  }
}

const foundInstead = { record: 'fields in braces', counted: 'a number of items' } as const;

function readTraining(
  reader: FieldReader,
  field: FieldNode | undefined,
  name: string,
  otherwise: TrainSpec,
): TrainSpec {
  const node = field && expression(reader, field);
  const call = node && reader.call(node, name);
  return call ? readTrain(reader, call, otherwise) : otherwise;
}

function readNamed(
  reader: FieldReader,
  field: FieldNode | undefined,
  name: string,
): { readonly spec: DataSpec & StrategySpec; readonly call: Call } | undefined {
  const node = field && expression(reader, field);
  const call = node && reader.call(node, name);
  if (!call) return undefined;
  const args: Record<string, StaticValue> = {};
  for (const [key, arg] of reader.named(call, undefined)) {
    const value = reader.value(arg.value, key);
    if (value !== undefined) args[key] = value;
  }
  return { spec: { name: call.name, args }, call };
}

function readObjective(reader: FieldReader, fields: Fields): ObjectiveSpec {
  const [up, down] = [fields.get('maximize'), fields.get('minimize')];
  const field = up ?? down;
  if (!field) return { direction: 'maximize', metric: 'accuracy' };
  if (up && down) {
    reader.report('badField', { name: 'minimize', found: 'given beside `maximize`' }, reader.at(down), {
      expected: 'one objective',
    });
  }
  const direction = up ? 'maximize' : 'minimize';
  const metrics = ['accuracy', 'loss', 'params', 'macs'] as const;
  const node = expression(reader, field);
  const call = node && reader.call(node, direction);
  if (!call) return { direction, metric: 'accuracy' };
  reader.named(call, []);
  const metric = metrics.find((m) => m === call.name);
  if (!metric) {
    reader.report('unknownMethod', { what: 'metric', name: call.name }, call.at, {
      expected: listWords(metrics.map((m) => `\`${m}\``)),
      hint: didYouMean(call.name, metrics),
    });
  }
  return { direction, metric: metric ?? 'accuracy' };
}

function readBudget(reader: FieldReader, field: FieldNode | undefined): BudgetSpec {
  if (!field) return { trials: undefined, minutes: undefined };
  if (field.value.kind !== 'amounts') {
    reader.report('badField', { name: 'budget', found: 'without a unit' }, reader.at(field.value), {
      expected: '`20 trials`, `10 minutes`, or both joined by `or`',
    });
    return { trials: undefined, minutes: undefined };
  }
  return readAmounts(reader, field.value);
}

function readAmounts(reader: FieldReader, { amounts }: AmountsNode): BudgetSpec {
  let trials: number | undefined;
  let minutes: number | undefined;
  for (const amount of amounts) {
    const { number, unit } = amount;
    const at = reader.at(amount);
    const { value } = number;
    const factor = { seconds: 1 / 60, second: 1 / 60, minutes: 1, minute: 1, hours: 60, hour: 60 }[unit.text];
    if (unit.text === 'trials' || unit.text === 'trial') {
      if (trials !== undefined) reader.report('repeatedArgument', { name: 'trials' }, at);
      if (isWhole(value)) trials = value;
      else {
        const expected = `a whole number of trials, from 1 to ${MOST}`;
        reader.report('badField', { name: 'budget', found: number.raw }, at, { expected });
      }
    } else if (factor !== undefined) {
      if (minutes !== undefined) reader.report('repeatedArgument', { name: 'minutes' }, at);
      if (value > 0) minutes = value * factor;
      else
        reader.report('badField', { name: 'budget', found: number.raw }, at, { expected: 'a time above 0' });
    } else {
      const units = ['trials', 'seconds', 'minutes', 'hours'];
      reader.report('badField', { name: 'budget', found: `measured in \`${unit.text}\`` }, reader.at(unit), {
        expected: listWords(units),
        hint: didYouMean(unit.text, units),
      });
    }
  }
  return { trials, minutes };
}

function readSeed(reader: FieldReader, field: FieldNode | undefined): number {
  const node = field && expression(reader, field);
  const value = node && reader.value(node, 'seed');
  if (node === undefined || value === undefined) return 1;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 32) return value;
  reader.report(
    'badField',
    { name: 'seed', found: typeof value === 'number' ? String(value) : 'this' },
    reader.at(node),
    {
      expected: 'a whole number from 0 to 4294967295',
    },
  );
  return 1;
}
