/**
 * Long short-term memory (Hochreiter & Schmidhuber 1997, with the forget gate of Gers, Schmidhuber & Cummins 2000) as
 * nodes of a Graph: i, f, o = sigmoid(W [x, h] + b), g = tanh(W [x, h] + b), c' = f c + i g, h' = o tanh(c').
 */
import type { GraphBuilder } from '../../../compiler/graph/builder.ts';
import type { Initializer, NodeId } from '../../../compiler/graph/graph.ts';

/** Kernel [in, out] and bias [out]. */
export interface Dense {
  readonly kernel: NodeId;
  readonly bias: NodeId;
}

const gates = ['input', 'forget', 'output', 'candidate'] as const;

/** The weights of one layer. Each gate reads [x, h]. */
export type LstmWeights = Readonly<Record<(typeof gates)[number], Dense>>;

/** What a layer passes on: h and c, each [rows, units]. */
export interface LstmState {
  readonly hidden: NodeId;
  readonly cell: NodeId;
}

/** As large as keeps the variance of a layer of `inputs` and `outputs` numbers (Glorot & Bengio 2010, equation 16). */
export function glorot(inputs: number, outputs: number): Initializer {
  return { kind: 'uniform', limit: Math.sqrt(6 / (inputs + outputs)) };
}

export function denseWeights(
  builder: GraphBuilder,
  name: string,
  [inputs, outputs]: readonly [number, number],
  init: Initializer,
): Dense {
  return {
    kernel: builder.parameter(`${name}.kernel`, [inputs, outputs], init),
    bias: builder.parameter(`${name}.bias`, [outputs], init),
  };
}

/** x W + b */
export function dense(builder: GraphBuilder, x: NodeId, { kernel, bias }: Dense): NodeId {
  const product = builder.op('matmul', [x, kernel], { transposeA: false, transposeB: false });
  return builder.op('bias_add', [product, bias], {});
}

/** A layer that reads `inputs` numbers, as many as it has units where nothing is said. */
export function lstmWeights(
  builder: GraphBuilder,
  name: string,
  units: number,
  init: Initializer,
  inputs: number = units,
): LstmWeights {
  const gate = (which: string): Dense =>
    denseWeights(builder, `${name}.${which}`, [inputs + units, units], init);
  return {
    input: gate('input'),
    forget: gate('forget'),
    output: gate('output'),
    candidate: gate('candidate'),
  };
}

/** One step of a layer. */
export function lstmStep(
  builder: GraphBuilder,
  weights: LstmWeights,
  x: NodeId,
  { hidden, cell }: LstmState,
): LstmState {
  const read = builder.op('concat', [x, hidden], {});
  const gate = (which: keyof LstmWeights, name: 'sigmoid' | 'tanh'): NodeId =>
    builder.op('activation', [dense(builder, read, weights[which])], { name });
  const kept = builder.op('mul', [gate('forget', 'sigmoid'), cell], {});
  const written = builder.op('mul', [gate('input', 'sigmoid'), gate('candidate', 'tanh')], {});
  const next = builder.op('add', [kept, written], {});
  const shown = builder.op('activation', [next], { name: 'tanh' });
  return { hidden: builder.op('mul', [gate('output', 'sigmoid'), shown], {}), cell: next };
}
