/** Steps that layers are made of: products of matrices, normalisations, gates, tokens, classification. */
import type { NodeId, Shape } from '../../../compiler/graph/graph.ts';
import { channelsOf, elementsOf } from '../../../compiler/ops/shapes.ts';
import type { Sketch } from './sketch.ts';
import type { StepRules } from './step.ts';

const matrix = (s: Sketch): NodeId =>
  s.take(
    (shape) => shape.length === 2,
    () => s.matrix(),
  );

const sequences = (s: Sketch): NodeId =>
  s.take(
    (shape) => shape.length === 3,
    () => s.sequences(),
  );

/** Weights of a mixture: softmax of a matrix, or the matrix itself; and which row of it counts. */
function gates(s: Sketch, columns: number): { readonly weights: NodeId; readonly row: number } {
  const shape: Shape = [1 + s.choose(3), columns + s.choose(3)];
  const raw = s.weight(shape, 1);
  return { weights: s.choose(3) < 2 ? s.op('softmax', [raw], {}) : raw, row: s.choose(shape[0]) };
}

/** x over its deviation, by the statistics of the batch. */
function normalized(s: Sketch, x: NodeId, scale: NodeId, shift: NodeId): NodeId {
  const epsilon = s.pick([1e-1, 1e-2]);
  return s.op('batch_norm_training', [x, scale, shift, s.op('moments', [x], {})], { epsilon });
}

/** An alternative of a relaxed choice, of the shape of x. */
function alternative(s: Sketch, x: NodeId, common: readonly [NodeId, NodeId]): NodeId {
  const channels = channelsOf(s.shape(x));
  const moved = s.choose(2) === 0 ? x : s.op('channel_scale', [x, s.weight([channels], 1)], {});
  switch (s.choose(4)) {
    case 0:
      return normalized(s, moved, ...common);
    case 1:
      return normalized(s, moved, s.weight([channels], 1), s.weight([channels], 1));
    case 2:
      return s.op('relu', [normalized(s, moved, ...common)], {});
    default:
      return moved;
  }
}

export const layerSteps: StepRules = {
  dense: {
    ops: ['matmul'],
    rows: 'always',
    build(s) {
      const x = matrix(s);
      const transposeA = s.reach === 'any' && s.choose(3) === 2;
      const transposeB = s.choose(2) === 1;
      const [rows, columns] = s.shape(x);
      const inner = transposeA ? rows : columns;
      const units = s.width();
      const w = s.weight(transposeB ? [units, inner] : [inner, units], inner);
      s.add(s.op('matmul', [x, w], { transposeA, transposeB }));
    },
  },
  batchProduct: {
    ops: ['batch_matmul'],
    rows: 'always',
    build(s) {
      const x = sequences(s);
      const [batch, high, wide] = s.shape(x);
      const [transposeA, transposeB] = [s.choose(2) === 1, s.choose(2) === 1];
      const inner = transposeA ? high : wide;
      const columns = 1 + s.choose(6);
      const y = s.like(transposeB ? [batch, columns, inner] : [batch, inner, columns]);
      const product = s.op('batch_matmul', [x, y], { transposeA, transposeB });
      s.add(s.op('scale', [product], { factor: 1 / Math.sqrt(inner) }));
    },
  },
  attention: {
    ops: ['batch_matmul', 'softmax'],
    rows: 'always',
    build(s) {
      const x = sequences(s);
      const key = s.like(s.shape(x));
      const scores = s.op('batch_matmul', [x, key], { transposeA: false, transposeB: true });
      const factor = 1 / Math.sqrt(channelsOf(s.shape(x)));
      const seen = s.op('softmax', [s.op('scale', [scores], { factor })], { causal: s.choose(2) === 1 });
      s.add(s.op('batch_matmul', [seen, s.like(s.shape(x))], { transposeA: false, transposeB: false }));
    },
  },
  bias: {
    ops: ['bias_add'],
    rows: 'always',
    build(s) {
      const x = s.any();
      s.add(s.op('bias_add', [x, s.weight([channelsOf(s.shape(x))], 1)], {}));
    },
  },
  channelScale: {
    ops: ['channel_scale'],
    rows: 'always',
    build(s) {
      const x = s.any();
      s.add(s.op('channel_scale', [x, s.weight([channelsOf(s.shape(x))], 1)], {}));
    },
  },
  sumRows: {
    ops: ['sum_rows'],
    rows: 'never',
    build: (s) => s.add(s.op('sum_rows', [s.any()], {})),
  },
  batchNorm: {
    ops: ['batch_norm_training'],
    rows: 'statistics',
    build(s) {
      const x = s.any(2);
      const channels = channelsOf(s.shape(x));
      const [scale, shift] = [s.weight([channels], 1), s.weight([channels], 1)];
      const moments = s.op('moments', [x], {});
      const { builder } = s;
      if (s.choose(2) === 1) {
        const kept = { kind: 'rows', values: [0, 1] } as const;
        const state = builder.state(`statistics${builder.nodes.length}`, [2, channels], kept);
        builder.update(state, s.op('update_statistics', [state, moments], { momentum: 0.1, elements: 2 }));
      }
      s.add(s.op('batch_norm_training', [x, scale, shift, moments], { epsilon: s.pick([1e-1, 1e-2]) }));
    },
  },
  layerNorm: {
    ops: ['normalize_rows'],
    rows: 'always',
    build: (s) => s.add(s.op('normalize_rows', [s.any()], { epsilon: s.pick([1e-1, 1e-2]) })),
  },
  softmax: {
    ops: ['softmax'],
    rows: 'always',
    build: (s) => s.add(s.op('softmax', [s.any()], {})),
  },
  logSoftmax: {
    ops: ['log_softmax'],
    rows: 'always',
    build: (s) => s.add(s.op('log_softmax', [s.any()], {})),
  },
  gate: {
    ops: ['mix', 'softmax'],
    rows: 'always',
    build(s) {
      const x = s.any();
      const count = 1 + s.choose(7);
      const others = Array.from({ length: count }, (_, i) => (i === 0 ? x : s.like(s.shape(x))));
      const { weights, row } = gates(s, count);
      const width = s.shape(weights)[1];
      const columns = others.map((_, i) => (s.choose(4) === 3 ? s.choose(width) : i));
      s.add(s.op('mix', [weights, ...others], { row, columns }));
    },
  },
  /** A relaxed choice between normalised alternatives, which may have a scale and a shift in common. */
  relaxed: {
    ops: ['mix', 'batch_norm_training'],
    rows: 'statistics',
    build(s) {
      const x = s.any(2);
      const channels = [channelsOf(s.shape(x))];
      const isFixed = s.choose(2) === 0;
      const [scale, shift] = [1, 0].map((value) =>
        isFixed ? s.constant(value, channels) : s.weight(channels, 1),
      );
      const others = Array.from({ length: s.choose(4) }, () => alternative(s, x, [scale, shift]));
      const alternatives = [normalized(s, x, scale, shift), ...others];
      const { weights, row } = gates(s, alternatives.length);
      s.add(s.op('mix', [weights, ...alternatives], { row, columns: alternatives.map((_, i) => i) }));
    },
  },
  gateWeights: {
    ops: ['mix_weight_gradient'],
    rows: 'never',
    build(s) {
      const dy = s.any();
      const others = Array.from({ length: 1 + s.choose(3) }, () => s.like(s.shape(dy)));
      const weights = [1 + s.choose(2), others.length + s.choose(2)] as const;
      const columns = others.map((_, i) => i);
      const row = s.choose(weights[0]);
      const products = s.op('mix_weight_gradient', [dy, ...others], { row, columns, weights });
      s.add(s.op('scale', [products], { factor: 1 / Math.sqrt(elementsOf(s.shape(dy))) }));
    },
  },
  dropout: {
    ops: ['dropout', 'drop_path'],
    rows: 'never',
    build(s) {
      const x = s.any();
      const { builder } = s;
      const key = builder.state(`key${builder.nodes.length}`, [1], { kind: 'key' });
      const step = builder.state(`step${builder.nodes.length}`, [1], { kind: 'constant', value: 3 });
      const rate = s.pick([0.5, 0.1, 0]);
      const whole = s.shape(x).length > 1 && s.choose(2) === 1;
      if (whole) s.add(s.op('drop_path', [x, key, step, builder.constant(rate, [1])], {}));
      else s.add(s.op('dropout', [x, key, step], { rate }));
    },
  },
  embedding: {
    ops: ['embedding'],
    rows: 'always',
    build(s) {
      const entries = 1 + s.choose(5);
      const shape = s.pick([[s.rows], [s.rows, 1 + s.choose(5)]]);
      const ids = s.wholes('ids', shape, -1, entries + 1);
      s.add(s.op('embedding', [ids, s.weight([entries, s.width()], 1)], {}));
    },
  },
  crossEntropy: {
    ops: ['softmax_cross_entropy'],
    rows: 'always',
    build(s) {
      const logits = matrix(s);
      const [rows, classes] = s.shape(logits);
      const labels = s.wholes('labels', [rows], -1, classes);
      // A mean is over the rows that have a label, so its parts are no means of parts.
      const reduction = s.reach === 'any' ? s.pick(['mean', 'sum'] as const) : 'sum';
      const smoothing = s.pick([0, 0.1]);
      const attributes = smoothing === 0 ? { reduction } : { reduction, smoothing };
      s.losses.push(s.op('softmax_cross_entropy', [logits, labels], attributes));
    },
  },
};
