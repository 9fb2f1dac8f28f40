/** ONNX's recurrent layers, unrolled: one copy of the cell for each step, all with the same weights. */
import type { ActivationName } from '../../ops/attributes.ts';
import { flag, floats, int, optionalFloat, optionalInt, strings, word } from '../attributes.ts';
import type { Tensor } from '../compose.ts';
import {
  atMost,
  misfit,
  rule,
  unsupported,
  type OnnxRules,
  type Results,
  type RuleContext,
} from '../rule.ts';

const directions = word('forward', 'reverse', 'bidirectional');

const attributes = {
  activation_alpha: floats,
  activation_beta: floats,
  activations: strings,
  clip: optionalFloat,
  direction: directions,
  hidden_size: optionalInt,
  layout: int(0),
} as const;

interface Written {
  readonly activations: readonly string[] | undefined;
  readonly clip: number | undefined;
  readonly direction: 'forward' | 'reverse' | 'bidirectional';
  readonly hidden_size: number | undefined;
  readonly layout: number;
}

/** The weights of one direction, and what its cell carries from step to step. */
interface Direction {
  /** [I, gates * H] */
  readonly w: Tensor;
  /** [H, gates * H] */
  readonly r: Tensor;
  /** [gates * H] each */
  readonly wBias: Tensor | undefined;
  readonly rBias: Tensor | undefined;
  readonly peepholes: Tensor | undefined;
  readonly hidden: number;
}

/** A step: from its input [B, I] and what was carried, each [B, H], to what is carried on; the first is the output. */
type Cell = (x: Tensor, carried: readonly Tensor[], weights: Direction) => readonly Tensor[];

const functions: Readonly<Record<string, ActivationName | 'relu'>> = {
  sigmoid: 'sigmoid',
  tanh: 'tanh',
  relu: 'relu',
};

type Squash = (x: Tensor) => Tensor;

/** The functions of the gates of one direction. */
function gateFunctions(
  c: RuleContext,
  written: Written,
  defaults: readonly string[],
  direction: number,
): Squash[] {
  const names =
    written.activations?.slice(direction * defaults.length, (direction + 1) * defaults.length) ?? defaults;
  return defaults.map((fallback, i) => {
    const name = functions[(names[i] ?? fallback).toLowerCase()];
    if (name === undefined) return unsupported(c, `its activation ${names[i]}`, 'Sigmoid, Tanh or Relu');
    return (x) => (name === 'relu' ? c.compose.relu(x) : c.compose.map(x, name));
  });
}

/** Part `index` of equal parts of the last axis, or of the only one. */
function gate(c: RuleContext, x: Tensor, index: number, size: number): Tensor {
  return c.compose.slice(x, x.shape.length - 1, index * size, size);
}

const sum = ({ compose }: RuleContext, ...terms: readonly (Tensor | undefined)[]): Tensor =>
  terms.filter((term) => term !== undefined).reduce((a, b) => compose.pair('add', a, b));

function recurrent(
  c: RuleContext,
  written: Written,
  gates: number,
  carries: number,
  cellOf: (direction: number) => Cell,
): Results {
  const { compose } = c;
  if (written.clip !== undefined) return unsupported(c, 'it clips its gates', 'no `clip`');
  const batchFirst = written.layout === 1;
  const swap = (x: Tensor): Tensor => compose.transpose(x, [1, 0, ...x.shape.slice(2).map((_, i) => i + 2)]);
  const inputs = batchFirst ? swap(c.tensor(0)) : c.tensor(0);
  const [steps = 1, batch = 1] = inputs.shape;
  atMost(c, steps, 10_000, 'steps, each of which is a copy of the cell');
  const [w, r] = [c.tensor(1), c.tensor(2)];
  const [count = 1, , hidden = 1] = r.shape;
  if (inputs.shape.length !== 3 || w.shape.length !== 3 || r.shape.length !== 3) {
    return misfit(
      c,
      'its input and weights are not of three axes',
      'steps, batch and features; directions and weights',
    );
  }
  if (
    count !== (written.direction === 'bidirectional' ? 2 : 1) ||
    (written.hidden_size ?? hidden) !== hidden
  ) {
    return misfit(
      c,
      `its weights have ${count} directions and ${hidden} units`,
      'as many as its attributes say',
    );
  }
  if (c.known(4)?.some((length) => length !== steps)) {
    return unsupported(c, 'its sequences differ in length', `sequences of ${steps} steps`);
  }
  const states = (index: number): Tensor => {
    const found = c.optional(index);
    if (!found) return compose.constant(0, [count, batch, hidden]);
    return batchFirst ? swap(found) : found;
  };
  const of = (x: Tensor, direction: number): Tensor =>
    compose.reshape(compose.slice(x, 0, direction, 1), x.shape.slice(1));
  const bias = c.optional(3);
  const peepholes = carries > 1 ? c.optional(7) : undefined;
  const begun = Array.from({ length: carries }, (_, i) => states(5 + i));

  const sides = Array.from({ length: count }, (_, direction) => {
    const weights: Direction = {
      w: compose.transpose(of(w, direction), [1, 0]),
      r: compose.transpose(of(r, direction), [1, 0]),
      wBias: bias && gate(c, of(bias, direction), 0, gates * hidden),
      rBias: bias && gate(c, of(bias, direction), 1, gates * hidden),
      peepholes: peepholes && of(peepholes, direction),
      hidden,
    };
    const cell = cellOf(direction);
    const backwards = written.direction === 'reverse' || direction === 1;
    let carried: readonly Tensor[] = begun.map((x) => of(x, direction));
    const outputs: Tensor[] = [];
    for (let step = 0; step < steps; step++) {
      const at = backwards ? steps - 1 - step : step;
      carried = cell(of(inputs, at), carried, weights);
      const [y] = carried;
      if (y) outputs[at] = compose.reshape(y, [1, 1, batch, hidden]);
    }
    return { outputs: compose.concat(outputs, 0), carried };
  });
  const all = compose.concat(
    sides.map(({ outputs }) => outputs),
    1,
  );
  const ends = begun.map((_, i) => {
    const parts = sides.flatMap(({ carried }) => carried[i] ?? []);
    const joined = compose.concat(
      parts.map((part) => compose.reshape(part, [1, batch, hidden])),
      0,
    );
    return batchFirst ? swap(joined) : joined;
  });
  return [batchFirst ? compose.transpose(all, [2, 0, 1, 3]) : all, ...ends];
}

const inputs = 'X, W, R, B?, sequence_lens?, initial_h?';

export const recurrentRules: OnnxRules<'RNN' | 'GRU' | 'LSTM'> = {
  RNN: rule({
    doc: 'A plain recurrent layer (Elman 1990), unrolled.',
    since: 7,
    inputs,
    attributes,
    build: (c, written) =>
      recurrent(c, written, 1, 1, (direction) => {
        const [squash = (x: Tensor): Tensor => x] = gateFunctions(c, written, ['Tanh'], direction);
        return (x, [h = x], { w, r, wBias, rBias }) => [
          squash(sum(c, c.compose.matmul(x, w), c.compose.matmul(h, r), wBias, rBias)),
        ];
      }),
  }),
  GRU: rule({
    doc: 'A layer of gated recurrent units (Cho et al. 2014), unrolled.',
    since: 7,
    inputs,
    attributes: { ...attributes, linear_before_reset: flag(false) },
    build: (c, written) =>
      recurrent(c, written, 3, 1, (direction) => {
        const { compose } = c;
        const [f, g] = gateFunctions(c, written, ['Sigmoid', 'Tanh'], direction);
        return (x, [h = x], { w, r, wBias, rBias, hidden }) => {
          const fromX = sum(c, compose.matmul(x, w), wBias);
          const part = (t: Tensor, i: number): Tensor => gate(c, t, i, hidden);
          const fromH = sum(c, compose.matmul(h, r), rBias);
          const gateOf = (i: number): Tensor => squashed(f, sum(c, part(fromX, i), part(fromH, i)));
          const [update, reset] = [gateOf(0), gateOf(1)];
          const told = written.linear_before_reset
            ? compose.pair('mul', reset, part(fromH, 2))
            : sum(c, compose.matmul(compose.pair('mul', reset, h), part(r, 2)), rBias && part(rBias, 2));
          const fresh = squashed(g, sum(c, part(fromX, 2), told));
          const kept = compose.pair('mul', update, compose.pair('sub', h, fresh));
          return [compose.pair('add', fresh, kept)];
        };
      }),
  }),
  LSTM: rule({
    doc: 'A layer of long short-term memory (Hochreiter & Schmidhuber 1997), with peepholes where given, unrolled.',
    since: 7,
    inputs: `${inputs}, initial_c?, P?`,
    attributes: { ...attributes, input_forget: flag(false) },
    build: (c, written) => {
      if (written.input_forget)
        return unsupported(c, 'its input and forget gates are one', '`input_forget` of 0');
      return recurrent(c, written, 4, 2, (direction) => {
        const { compose } = c;
        const [f, g, h] = gateFunctions(c, written, ['Sigmoid', 'Tanh', 'Tanh'], direction);
        return (x, [hidden = x, memory = x], { w, r, wBias, rBias, peepholes, hidden: size }) => {
          const all = sum(c, compose.matmul(x, w), compose.matmul(hidden, r), wBias, rBias);
          const part = (i: number): Tensor => gate(c, all, i, size);
          // Gates are in the order input, output, forget, cell; peepholes in the order input, output, forget.
          const peep = (i: number, at: Tensor): Tensor | undefined =>
            peepholes && compose.pair('mul', gate(c, peepholes, i, size), at);
          const input = squashed(f, sum(c, part(0), peep(0, memory)));
          const forget = squashed(f, sum(c, part(2), peep(2, memory)));
          const fresh = squashed(g, part(3));
          const kept = sum(c, compose.pair('mul', forget, memory), compose.pair('mul', input, fresh));
          const output = squashed(f, sum(c, part(1), peep(1, kept)));
          return [compose.pair('mul', output, squashed(h, kept)), kept];
        };
      });
    },
  }),
};

const squashed = (squash: Squash | undefined, x: Tensor): Tensor => (squash ? squash(x) : x);
