/**
 * `genome NAME { ... }`: networks of any topology, nodes and weighted connections that a search adds one by one (NEAT, Stanley
 * & Miikkulainen 2002). The record says what every genome has in common; rates and populations belong to the strategy.
 *
 * | field | is | unless it is said |
 * | --- | --- | --- |
 * | `inputs` | input nodes | |
 * | `outputs` | output nodes | |
 * | `bias` | whether there is a node that is always 1 | `true` |
 * | `activations` | what a node may do with its sum: names, or names with a steepness | `[sigmoid(4.9)]` |
 * | `recurrent` | whether connections may form cycles | `false` |
 * | `max_nodes` | nodes of one genome, those above included | 100 more than these |
 */
import type { Expr, FieldNode, GenomeNode } from '../../grammar/ast.ts';
import { hasErrors, type Checked } from '../../grammar/diagnostics.ts';
import type { Source } from '../../grammar/source.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import { excerpt, listWords } from '../../util/words.ts';
import { genomeActivationNames, isGenomeActivation, type GenomeActivationName } from './activations.ts';
import { constant, describeField, grouped, RecordReader } from './fields.ts';

/** A checked genome: what all networks of the space have in common. There is no finite number of them. */
export interface Genome {
  readonly name: string;
  readonly inputs: number;
  /** Whether one more node feeds a constant 1. */
  readonly bias: boolean;
  readonly outputs: number;
  /** What a node may apply to its sum; the first is that of the nodes at the start. */
  readonly activations: readonly SteepActivation[];
  /** Whether connections may form cycles. */
  readonly recurrent: boolean;
  /** Nodes of one genome: inputs, bias, outputs and hidden ones. */
  readonly maxNodes: number;
}

/** `sigmoid(4.9)`: the function of 4.9 times the sum. */
export interface SteepActivation {
  readonly name: GenomeActivationName;
  readonly steepness: number;
}

/** Nodes of one genome that there may be at most. */
export const nodeLimit = 10_000;

/** Connections of the first genomes, which join every input to every output. */
export const connectionLimit = 1_000_000;

const fieldNames = ['inputs', 'bias', 'outputs', 'activations', 'recurrent', 'max_nodes'] as const;

/** The steep sigmoid of the paper: nearly a step, and nearly linear between -0.5 and 0.5. */
const defaultActivations: readonly SteepActivation[] = [{ name: 'sigmoid', steepness: 4.9 }];

/** Hidden nodes for which there is room where `max_nodes` is not given. */
const defaultRoom = 100;

/** Checks a `genome` and fills in its defaults. */
export function checkGenome(node: GenomeNode, source: Source): Checked<Genome> {
  const reader = new RecordReader(source);
  const owner = { text: `the genome \`${node.name.text}\``, node: node.name };
  const fields = reader.fields(node.fields, fieldNames, { inputs: 'inputs 2', outputs: 'outputs 1' }, owner);
  const ends = { from: 1, to: nodeLimit };
  const inputs = reader.whole(fields.get('inputs'), ends);
  const outputs = reader.whole(fields.get('outputs'), ends);
  const bias = reader.flag(fields.get('bias')) ?? true;
  const recurrent = reader.flag(fields.get('recurrent')) ?? false;
  const activations = readActivations(reader, fields.get('activations'));
  const most = reader.whole(fields.get('max_nodes'), ends);
  if (inputs === undefined || outputs === undefined)
    return { value: undefined, diagnostics: reader.diagnostics };
  const sources = inputs + (bias ? 1 : 0);
  const given = sources + outputs;
  const maxNodes = most ?? Math.min(given + defaultRoom, nodeLimit);
  if (given > maxNodes) {
    const named = `the inputs${bias ? ', the bias' : ''} and the outputs are ${grouped(given)} nodes`;
    const place = fields.get('max_nodes')?.value ?? node.name;
    reader.wrong(`${named}, and \`max_nodes\` is ${grouped(maxNodes)}`, place, `${grouped(given)} or more`);
  } else if (sources * outputs > connectionLimit) {
    const found = `${grouped(sources)} nodes joined to ${grouped(outputs)} are more than`;
    const wanted = 'fewer inputs or outputs: the first genomes join each input to each output';
    reader.wrong(
      `${found} ${grouped(connectionLimit)} connections`,
      fields.get('outputs') ?? node.name,
      wanted,
    );
  }
  const { diagnostics } = reader;
  if (hasErrors(diagnostics)) return { value: undefined, diagnostics };
  return {
    value: { name: node.name.text, inputs, bias, outputs, activations, recurrent, maxNodes },
    diagnostics,
  };
}

function readActivations(reader: RecordReader, field: FieldNode | undefined): readonly SteepActivation[] {
  if (!field) return defaultActivations;
  const { value } = field;
  if (value.kind !== 'list') {
    const problem = `\`activations\` cannot be ${describeField(value)}`;
    reader.wrong(problem, value, 'a list such as `[sigmoid(4.9), tanh]`');
    return defaultActivations;
  }
  const found: SteepActivation[] = [];
  for (const item of reader.items(value, 'activations') ?? []) {
    const activation = readActivation(reader, item);
    if (!activation) continue;
    const same = found.some((f) => f.name === activation.name && f.steepness === activation.steepness);
    if (same) reader.wrong('this activation stands in the list already', item, undefined, 'leave one out');
    else found.push(activation);
  }
  return found;
}

/** `tanh` or `sigmoid(4.9)` */
function readActivation(reader: RecordReader, item: Expr): SteepActivation | undefined {
  const callee = item.kind === 'call' ? item.callee : item;
  if (callee.kind !== 'reference') {
    reader.wrong('this is no activation', item, 'a name, or a name with its steepness: `sigmoid(4.9)`');
    return undefined;
  }
  const { name } = callee;
  if (!isGenomeActivation(name)) {
    const known = listWords(genomeActivationNames, 'and');
    const hint = didYouMean(name, genomeActivationNames) ?? `there are ${known}`;
    reader.wrong(`there is no activation \`${excerpt(name)}\``, callee, undefined, hint);
    return undefined;
  }
  if (item.kind !== 'call') return { name, steepness: 1 };
  const [arg, ...others] = [...item.args, ...item.statics];
  const steepness = arg && constant(arg.value);
  const named = arg?.name !== undefined && arg.name.text !== 'steepness';
  if (others.length > 0 || named || typeof steepness !== 'number' || !(steepness > 0 && steepness <= 1000)) {
    const wanted = `one number, its steepness, above 0 and up to 1,000: \`${name}(4.9)\``;
    reader.wrong(`\`${name}\` cannot take this`, item, wanted);
    return undefined;
  }
  return { name, steepness };
}
