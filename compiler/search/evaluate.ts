/** Reads how candidates are evaluated: `train(...)`, `shared(...)`, `tabular(...)` or `zero_cost(...)`. */
import type { ArgNode, FieldNode } from '../../grammar/ast.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import { listWords } from '../../util/words.ts';
import { formatStatic } from '../space/values.ts';
import { expression, isWhole, MOST, type Call, type FieldReader } from './fields.ts';
import {
  zeroCostScores,
  type CurveSpec,
  type SharedEvaluation,
  type EvaluateSpec,
  type TabularEvaluation,
  type TrainEvaluation,
  type ZeroCostEvaluation,
} from './search.ts';
import { defaultTrain, readTrain, trainArguments } from './train.ts';

/** What a training of shared weights takes: one network is trained a step only, so that averages and schedules of its own make no sense. */
const sharedArguments = ['epochs', 'batch', 'optimizer', 'schedule', 'clip'];

type Args = ReadonlyMap<string, ArgNode>;

/** Ways to evaluate: what a call of each means. */
const ways: { readonly [K in EvaluateSpec['kind']]: (reader: FieldReader, call: Call) => EvaluateSpec } = {
  train: readTrainEvaluation,
  shared: readShared,
  tabular: readTabular,
  zero_cost: readZeroCost,
};

const names: readonly string[] = Object.keys(ways);

const isWay = (name: string): name is EvaluateSpec['kind'] => names.includes(name);

/** The evaluation that is written, or a training with the usual settings. */
export function readEvaluation(reader: FieldReader, field: FieldNode | undefined): EvaluateSpec {
  const usual: EvaluateSpec = { kind: 'train', train: defaultTrain };
  const node = field && expression(reader, field);
  const call = node && reader.call(node, 'evaluate');
  if (!call) return usual;
  if (isWay(call.name)) return ways[call.name](reader, call);
  reader.report('unknownMethod', { what: 'way to evaluate', name: call.name }, call.at, {
    expected: listWords(
      names.map((name) => `\`${name}(...)\``),
      'or',
    ),
    hint: didYouMean(call.name, names),
  });
  return usual;
}

const share = 'a number above 0 and below 1';
const isShare = (n: number): boolean => n > 0 && n < 1;

function readTrainEvaluation(reader: FieldReader, call: Call): TrainEvaluation {
  const args = reader.named(call, [...trainArguments, 'subset', 'repeats', 'cache', 'stop']);
  const train = readTrain(reader, args, defaultTrain);
  const subset = reader.number(args, 'subset', 1, 'a number above 0 and at most 1', (n) => n > 0 && n <= 1);
  const repeats = reader.number(
    args,
    'repeats',
    1,
    'a whole number from 1 to 1000',
    (n) => n <= 1000 && isWhole(n),
  );
  const cache = reader.flag(args, 'cache', false);
  const stop = readStop(reader, args.get('stop'));
  const repeated = args.get('repeats');
  if (stop && repeats > 1 && repeated) {
    reader.report('badField', { name: 'repeats', found: `${repeats} beside \`stop\`` }, reader.at(repeated), {
      expected: 'one training where trainings may be ended early',
    });
  }
  return {
    kind: 'train',
    train,
    ...(subset < 1 ? { subset } : {}),
    ...(repeats > 1 ? { repeats } : {}),
    ...(cache ? { cache } : {}),
    ...(stop ? { stop } : {}),
  };
}

function readStop(reader: FieldReader, arg: ArgNode | undefined): CurveSpec | undefined {
  const call = arg && reader.call(arg.value, 'stop');
  if (!call) return undefined;
  if (call.name !== 'curve') {
    reader.report('unknownMethod', { what: 'way to stop', name: call.name }, call.at, {
      expected: '`curve(delta: 0.95, after: 0.25, least: 20)`',
      hint: didYouMean(call.name, ['curve']),
    });
    return undefined;
  }
  const args = reader.named(call, ['delta', 'after', 'least']);
  return {
    delta: reader.number(args, 'delta', 0.95, share, isShare),
    after: reader.number(args, 'after', 0.25, share, isShare),
    least: reader.number(args, 'least', 20, `a whole number from 5 to ${MOST}`, (n) => n >= 5 && isWhole(n)),
  };
}

function readShared(reader: FieldReader, call: Call): SharedEvaluation {
  const args = reader.named(call, [...sharedArguments, 'train']);
  const arg = args.get('train');
  const method = arg && reader.call(arg.value, 'train');
  return {
    kind: 'shared',
    train: readTrain(reader, args, defaultTrain),
    method: method && { name: method.name, args: reader.values(method) },
  };
}

function readTabular(reader: FieldReader, call: Call): TabularEvaluation {
  const known = ['file', 'key', 'column', 'accuracy', 'scale', 'loss', 'latency', 'test'];
  const args = reader.named(call, known);
  const text = (name: string, wanted: string): string | undefined => readText(reader, args, name, wanted);
  for (const name of ['file', 'accuracy']) {
    if (args.has(name)) continue;
    reader.report('badField', { name: 'evaluate', found: `without \`${name}\`` }, call.at, {
      expected: '`tabular(file: "results.csv", key: NOTATION, accuracy: COLUMN)`',
    });
  }
  const column = 'a word, or a text in quotes: the name of a column';
  return {
    kind: 'tabular',
    file: text('file', 'a path in quotes') ?? '',
    key: text('key', 'the name of a notation of the space'),
    column: text('column', column),
    accuracy: text('accuracy', column) ?? '',
    scale: reader.number(args, 'scale', 1, 'a number above 0', (n) => n > 0),
    loss: text('loss', column),
    latency: text('latency', column),
    test: text('test', column),
  };
}

function readText(reader: FieldReader, args: Args, name: string, wanted: string): string | undefined {
  const arg = args.get(name);
  const value = arg && reader.value(arg.value, name);
  if (arg === undefined || value === undefined) return undefined;
  if (typeof value === 'string' && value !== '') return value;
  reader.report('badField', { name, found: formatStatic(value) }, reader.at(arg), { expected: wanted });
  return undefined;
}

function readZeroCost(reader: FieldReader, call: Call): ZeroCostEvaluation {
  const args = reader.named(call, ['score', 'batch']);
  const named = readText(reader, args, 'score', 'the name of a score');
  const score = zeroCostScores.find((one) => one === named);
  if (score === undefined) {
    reader.report(
      'badField',
      { name: 'score', found: named === undefined ? 'left out' : `\`${named}\`` },
      call.at,
      {
        expected: listWords(
          zeroCostScores.map((one) => `\`${one}\``),
          'or',
        ),
        hint: named === undefined ? undefined : didYouMean(named, zeroCostScores),
      },
    );
  }
  const batch = reader.number(args, 'batch', defaultTrain.batch, `a whole number from 1 to ${MOST}`, isWhole);
  return { kind: 'zero_cost', score: score ?? 'synflow', batch };
}
