/**
 * `program NAME { ... }`: programs that learn (AutoML-Zero, Real, Liang, So & Le 2020, section 3.1). A program is three lists of
 * instructions over a typed memory: `setup` runs once, `predict` makes a prediction of an example, `learn` changes the memory.
 * The label s0 and the features v0 are read only; the prediction is s1.
 */
import type { FieldNode, ProgramNode } from '../../grammar/ast.ts';
import { hasErrors, type Checked } from '../../grammar/diagnostics.ts';
import type { Source } from '../../grammar/source.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import { excerpt } from '../../util/words.ts';
import { describeField, grouped, RecordReader } from './fields.ts';
import {
  isProgramOp,
  programOpNames,
  programOps,
  type MemoryType,
  type ProgramOpName,
} from './programOps.ts';

/** A checked space of programs. */
export interface ProgramSpace {
  readonly name: string;
  /** Length of a vector; a matrix has as many rows and columns. */
  readonly features: number;
  readonly memory: ProgramMemory;
  readonly functions: { readonly [K in FunctionName]: FunctionSpace };
}

/** How many of each type there are. */
export interface ProgramMemory {
  readonly scalars: number;
  readonly vectors: number;
  readonly matrices: number;
}

/** One of the three lists: its length and the instructions that may stand in it. */
export interface FunctionSpace {
  readonly length: number;
  readonly ops: readonly ProgramOpName[];
}

export type FunctionName = 'setup' | 'predict' | 'learn';

/** The functions of a program in the order in which they first run. */
export const functionNames: readonly FunctionName[] = ['setup', 'predict', 'learn'];

/** Instructions of one function that there may be at most. */
export const lengthLimit = 1000;

/** Numbers in the memory of one program that there may be at most. */
export const memoryLimit: number = 1 << 24;

/** How each field is written. */
const examples = {
  features: 'features 4',
  memory: 'memory { scalars 4, vectors 3, matrices 1 }',
  setup: 'setup 10 of [s_const, v_add]',
  predict: 'predict 2 of [dot, s_add]',
  learn: 'learn 8 of [s_sub, s_mul, sv_mul, v_add]',
} as const;

const bounds = {
  features: { from: 1, to: 4096 },
  // The label and the prediction, the features.
  scalars: { from: 2, to: 256 },
  vectors: { from: 1, to: 256 },
  matrices: { from: 0, to: 256 },
} as const;

const parts = { scalar: 'scalars', vector: 'vectors', matrix: 'matrices' } as const;
const letters = { scalar: 's', vector: 'v', matrix: 'm' } as const;

/** Addresses that an instruction may read: all of them. */
export function readable(memory: ProgramMemory, type: MemoryType): number {
  return memory[parts[type]];
}

/** Addresses that it may write: s1, v1 and m0 are the first. */
export function writable(memory: ProgramMemory, type: MemoryType): number {
  return memory[parts[type]] - (type === 'matrix' ? 0 : 1);
}

/** The ways to write an instruction: one for each choice of its addresses, its constants left out. */
export function formsOf(memory: ProgramMemory, name: ProgramOpName): number {
  const { inputs, output } = programOps[name];
  const reads = inputs.reduce((product, type) => product * readable(memory, type), 1);
  return output === undefined ? reads : reads * writable(memory, output);
}

/** The ways to write one instruction of a function. */
export function instructionForms({ memory, functions }: ProgramSpace, name: FunctionName): number {
  return functions[name].ops.reduce((sum, op) => sum + formsOf(memory, op), 0);
}

/** Programs of the space, constants left out: for each function, the forms of an instruction to the power of its length. */
export function countPrograms(space: ProgramSpace): bigint {
  return functionNames.reduce(
    (product, name) =>
      product * BigInt(instructionForms(space, name)) ** BigInt(space.functions[name].length),
    1n,
  );
}

/** Checks a `program`. */
export function checkProgram(node: ProgramNode, source: Source): Checked<ProgramSpace> {
  const reader = new RecordReader(source);
  const owner = { text: `the program \`${node.name.text}\``, node: node.name };
  const known = ['features', 'memory', ...functionNames] as const;
  const fields = reader.fields(node.fields, known, examples, owner);
  const features = reader.whole(fields.get('features'), bounds.features);
  const memory = readMemory(reader, fields.get('memory'));
  const read = new Map(functionNames.map((name) => [name, readFunction(reader, fields.get(name), memory)]));
  if (features !== undefined && memory) {
    const numbers = memory.scalars + features * memory.vectors + features ** 2 * memory.matrices;
    if (numbers > memoryLimit) {
      const problem = `the memory holds ${grouped(numbers)} numbers`;
      const place = fields.get('memory') ?? node.name;
      reader.wrong(
        problem,
        place,
        `${grouped(memoryLimit)} at most`,
        'take fewer features or fewer matrices',
      );
    }
  }
  const { diagnostics } = reader;
  const [setup, predict, learn] = functionNames.map((name) => read.get(name));
  if (hasErrors(diagnostics) || features === undefined || !memory || !setup || !predict || !learn) {
    return { value: undefined, diagnostics };
  }
  return {
    value: { name: node.name.text, features, memory, functions: { setup, predict, learn } },
    diagnostics,
  };
}

/** `memory { scalars 4, vectors 3, matrices 1 }` */
function readMemory(reader: RecordReader, field: FieldNode | undefined): ProgramMemory | undefined {
  if (!field) return undefined;
  const { value } = field;
  if (value.kind !== 'record') {
    const wanted = 'fields in braces: `memory { scalars 4, vectors 3, matrices 1 }`';
    reader.wrong(`\`memory\` cannot be ${describeField(value)}`, value, wanted);
    return undefined;
  }
  const known = ['scalars', 'vectors', 'matrices'] as const;
  const required = { scalars: 'scalars 4', vectors: 'vectors 3' };
  const fields = reader.fields(value.fields, known, required, { text: '`memory`', node: field.name });
  const scalars = reader.whole(fields.get('scalars'), bounds.scalars);
  const vectors = reader.whole(fields.get('vectors'), bounds.vectors);
  const matrices = fields.has('matrices') ? reader.whole(fields.get('matrices'), bounds.matrices) : 0;
  if (scalars === undefined || vectors === undefined || matrices === undefined) return undefined;
  return { scalars, vectors, matrices };
}

/** `setup 10 of [dot, s_sub]` */
function readFunction(
  reader: RecordReader,
  field: FieldNode | undefined,
  memory: ProgramMemory | undefined,
): FunctionSpace | undefined {
  if (!field) return undefined;
  const { value } = field;
  const name = field.name.text;
  if (value.kind !== 'counted') {
    const problem = `\`${name}\` cannot be ${describeField(value)}`;
    reader.wrong(problem, value, `a length and its instructions: \`${name} 8 of [dot, s_sub, s_mul]\``);
    return undefined;
  }
  const { count, items } = value;
  const isLength = Number.isInteger(count.value) && count.value >= 1 && count.value <= lengthLimit;
  if (!isLength) {
    const wanted = `a whole number from 1 to ${grouped(lengthLimit)}`;
    reader.wrong(`\`${name}\` cannot have ${count.raw} instructions`, count, wanted);
  }
  const ops = readOps(reader, items, name, memory);
  return isLength && ops.length > 0 ? { length: count.value, ops } : undefined;
}

function readOps(
  reader: RecordReader,
  list: Parameters<RecordReader['items']>[0],
  name: string,
  memory: ProgramMemory | undefined,
): readonly ProgramOpName[] {
  const found = new Set<ProgramOpName>();
  for (const item of reader.items(list, name) ?? []) {
    if (item.kind !== 'reference') {
      reader.wrong('this is no instruction', item, 'the name of an instruction, such as `dot`');
    } else if (!isProgramOp(item.name)) {
      const hint =
        didYouMean(item.name, programOpNames) ?? 'the reference lists all 65, from no_op to m_gaussian';
      reader.report('unknownInstruction', { name: excerpt(item.name) }, item, { hint });
    } else if (found.has(item.name)) {
      reader.wrong(`\`${item.name}\` stands in \`${name}\` already`, item, undefined, 'leave one out');
    } else {
      found.add(item.name);
      if (memory) checkMemory(reader, item.name, memory, item);
    }
  }
  return [...found];
}

/** An instruction needs something to read and something to write. */
function checkMemory(
  reader: RecordReader,
  name: ProgramOpName,
  memory: ProgramMemory,
  place: Parameters<RecordReader['wrong']>[1],
): void {
  const { inputs, output } = programOps[name];
  const read = inputs.find((type) => readable(memory, type) === 0);
  const lacking = read ?? (output !== undefined && writable(memory, output) === 0 ? output : undefined);
  if (lacking === undefined) return;
  const part = parts[lacking];
  const there = readable(memory, lacking);
  const does = read === undefined ? 'writes' : 'reads';
  const problem = there === 0 ? `the memory has no ${part}` : `\`${letters[lacking]}0\` is read only`;
  reader.report('instructionWithoutMemory', { name, does, type: lacking, problem }, place, {
    hint: `write \`memory { ... ${part} ${there + 1} }\``,
  });
}
