/** Reads the schedule of a training, such as `cosine(min: 0.001, warmup: 2)`. */
import type { ArgNode, Expr } from '../../grammar/ast.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import { listWords } from '../../util/words.ts';
import { isWhole, MOST, type FieldReader } from './fields.ts';
import type { ScheduleSpec } from './search.ts';

type Args = ReadonlyMap<string, ArgNode>;

/** A schedule: what arguments it takes beside `warmup`, and what they make. */
interface Rule {
  readonly takes: readonly string[];
  readonly read: (reader: FieldReader, args: Args, warmup: { readonly warmup?: number }) => ScheduleSpec;
}

const rules: { readonly [K in ScheduleSpec['name']]: Rule } = {
  constant: { takes: [], read: (_, __, warmup) => ({ name: 'constant', ...warmup }) },
  cosine: {
    takes: ['min'],
    read: (reader, args, warmup) => {
      const min = reader.number(args, 'min', 0, 'a learning rate of 0 or more', (n) => n >= 0);
      return { name: 'cosine', ...(min > 0 ? { min } : {}), ...warmup };
    },
  },
  step: {
    takes: ['every', 'gamma'],
    read: (reader, args, warmup) => ({
      name: 'step',
      every: reader.number(args, 'every', 30, `a whole number of epochs, from 1 to ${MOST}`, isWhole),
      gamma: reader.number(args, 'gamma', 0.1, 'a factor above 0 and at most 1', (n) => n > 0 && n <= 1),
      ...warmup,
    }),
  },
};

const names: readonly string[] = Object.keys(rules);

const isName = (name: string): name is ScheduleSpec['name'] => names.includes(name);

const forms = names.map((name) => (isName(name) ? `${name}(${list(rules[name].takes)})` : name));

function list(takes: readonly string[]): string {
  return [...takes, 'warmup'].map((name) => `${name}: ...`).join(', ');
}

/** The schedule that is written, or `otherwise`. */
export function readSchedule(
  reader: FieldReader,
  node: Expr | undefined,
  otherwise: ScheduleSpec,
): ScheduleSpec {
  const call = node && reader.call(node, 'schedule');
  if (!call) return otherwise;
  if (!isName(call.name)) {
    reader.report('unknownMethod', { what: 'schedule', name: call.name }, call.at, {
      expected: listWords(
        forms.map((form) => `\`${form}\``),
        'or',
      ),
      hint: didYouMean(call.name, names),
    });
    return otherwise;
  }
  const { takes, read } = rules[call.name];
  const args = reader.named(call, [...takes, 'warmup']);
  const wanted = `a whole number of epochs, from 0 to ${MOST}`;
  const warmup = reader.number(args, 'warmup', 0, wanted, (n) => n === 0 || isWhole(n));
  return read(reader, args, warmup > 0 ? { warmup } : {});
}
