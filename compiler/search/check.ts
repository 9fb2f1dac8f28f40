/** Checks a `search` block and fills in its defaults: from syntax to {@link SearchSpec}. */
import type { AmountsNode, FieldNode, SearchNode } from '../../grammar/ast.ts';
import { hasErrors, type Checked } from '../../grammar/diagnostics.ts';
import type { Source } from '../../grammar/source.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import { listWords } from '../../util/words.ts';
import { readEvaluation } from './evaluate.ts';
import { expression, FieldReader, isWhole, MOST, type Call } from './fields.ts';
import { readObjectives } from './objectives.ts';
import type { BudgetSpec, DataSpec, EvaluateSpec, SearchSpec, StrategySpec, TrainSpec } from './search.ts';
import { defaultTrain, readTrain, trainArguments } from './train.ts';
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
  const { fields, objectives } = collect(reader, node);
  const missing = (name: string): void =>
    reader.report('missingField', { search: node.name.text, name }, reader.at(node.name), {
      hint: name === 'data' ? 'write `data digits`' : 'write `budget 20 trials`',
    });
  const evaluate = readEvaluation(reader, fields.get('evaluate'));
  if (!fields.has('data') && evaluate.kind !== 'tabular') missing('data');
  if (!fields.has('budget')) missing('budget');
  const data = readNamed(reader, fields.get('data'), 'data');
  if (data) reader.adopt(vocabulary.checkData(data.spec), data.call.at);
  const strategy = readNamed(reader, fields.get('strategy'), 'strategy');
  if (strategy) reader.adopt(vocabulary.checkStrategy(strategy.spec), strategy.call.at);
  const spec: SearchSpec = {
    name: node.name.text,
    space: node.space.text,
    data: data?.spec,
    strategy: strategy?.spec ?? { name: 'random', args: {} },
    evaluate,
    retrain: readRetraining(reader, fields.get('retrain'), evaluate),
    objectives: readObjectives(reader, objectives, evaluate),
    budget: readBudget(reader, fields.get('budget')),
    seed: readSeed(reader, fields.get('seed')),
  };
  const { diagnostics } = reader;
  return { value: hasErrors(diagnostics) ? undefined : spec, diagnostics };
}

/** The fields by name; objectives, of which there may be several, in text order. */
interface Fields {
  readonly fields: ReadonlyMap<string, FieldNode>;
  readonly objectives: readonly FieldNode[];
}

function collect(reader: FieldReader, node: SearchNode): Fields {
  const objectives: FieldNode[] = [];
  const fields = new Map<string, FieldNode>();
  for (const field of node.fields) {
    const name = field.name.text;
    if (!searchFields.some((f) => f === name)) {
      reader.report('unknownField', { name }, reader.at(field.name), {
        hint: didYouMean(name, searchFields) ?? `fields are ${listWords(searchFields)}`,
      });
    } else if (name === 'maximize' || name === 'minimize') objectives.push(field);
    else if (fields.has(name)) reader.report('repeatedName', { name }, reader.at(field.name));
    else fields.set(name, field);
  }
  return { fields, objectives };
}

/** How the winner is trained anew: as candidates are, where they are trained and nothing else is said. */
function readRetraining(
  reader: FieldReader,
  field: FieldNode | undefined,
  evaluate: EvaluateSpec,
): TrainSpec | undefined {
  const otherwise = evaluate.kind === 'train' || evaluate.kind === 'shared' ? evaluate.train : defaultTrain;
  if (evaluate.kind === 'tabular') {
    if (field) {
      reader.report('badField', { name: 'retrain', found: 'given beside `tabular`' }, reader.at(field.name), {
        expected: 'nothing: `test` names the column that says how good the winner is',
      });
    }
    return undefined;
  }
  const node = field && expression(reader, field);
  const call = node && reader.call(node, 'retrain');
  if (!call) return otherwise;
  if (call.name === 'train') {
    return readTrain(reader, reader.named(call, [...trainArguments, 'scale']), otherwise);
  }
  reader.report('unknownMethod', { what: 'way to train anew', name: call.name }, call.at, {
    expected: `\`train(${trainArguments.map((name) => `${name}: ...`).join(', ')})\``,
  });
  return otherwise;
}

function readNamed(
  reader: FieldReader,
  field: FieldNode | undefined,
  name: string,
): { readonly spec: DataSpec & StrategySpec; readonly call: Call } | undefined {
  const node = field && expression(reader, field);
  const call = node && reader.call(node, name);
  if (!call) return undefined;
  return { spec: { name: call.name, args: reader.values(call) }, call };
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
