/**
 * Batch normalisation.
 *
 * Variance: each thread sums distances from the first element of its own slice of rows and gives the
 * slice's mean and sum of squared deviations; the second kernel merges these (Chan, Golub & LeVeque 1983,
 * eq. 2.1) around the overall mean. A mean that is large against the deviation costs no digits, which
 * E[x^2] - E[x]^2 would lose.
 */
import { dispatch, input, output, scratch, type KernelRule } from '../rule.ts';
import { family, kernel, Lines, reads, writes, type KernelSource } from '../source.ts';
import { present } from '../../../util/invariant.ts';
import {
  channelDispatch,
  channelKernel,
  extentOf,
  loadStatistics,
  mapSlicing,
  sliceFields,
  sumSlicing,
  type ChannelParts,
} from './channels.ts';
import { fused, fusedName } from './elementwise.ts';

type ChannelKernel = ReturnType<typeof channelKernel>;

function channels(parts: ChannelParts): ChannelKernel {
  return channelKernel(parts);
}

const momentsPartial = channels({
  name: 'moments_partial',
  inputs: ['x'],
  before: ['let origin = x[begin * u.quads + quad];', 'var sum = vec4f();', 'var squares = vec4f();'],
  each: ['let distance = x[i] - origin;', 'sum += distance;', 'squares += distance * distance;'],
  after: [
    'let count = f32((end - begin + u.step - 1) / u.step);',
    'y[2 * thread] = origin + sum / count;',
    'y[2 * thread + 1] = max(squares - sum * sum / count, vec4f());',
  ],
});

/** How many rows slice `s` had. */
const rowsOfSlice =
  'let count = f32((min(s * u.apart + u.span, u.rows) - s * u.apart + u.step - 1) / u.step);';

/** Merges slices: mean weighted by rows, squared deviations within and between slices. */
const momentsMerge: KernelSource<keyof typeof sliceFields> = kernel({
  name: 'moments_merge',
  storage: [...reads('partial'), writes('y')],
  fields: sliceFields,
  workgroupSize: 8,
  body: new Lines().add(
    'let quad = i32(group.x) * 8 + local;',
    'if (quad < u.quads) {',
    'let origin = partial[2 * quad];',
    'var mean = vec4f();',
    'for (var s = 0; s < u.slices; s++) {',
    rowsOfSlice,
    'mean += count * (partial[2 * (s * u.quads + quad)] - origin);',
    '}',
    'mean = origin + mean / f32(u.rows);',
    'var squares = vec4f();',
    'for (var s = 0; s < u.slices; s++) {',
    rowsOfSlice,
    'let at = 2 * (s * u.quads + quad);',
    'let distance = partial[at] - mean;',
    'squares += partial[at + 1] + count * distance * distance;',
    '}',
    'y[quad] = mean;',
    'y[u.quads + quad] = squares / f32(u.rows);',
    '}',
  ),
});

export const momentsRule: KernelRule<'moments'> = ({ inputs, profile }) => {
  const slicing = sumSlicing(extentOf(present(inputs[0], 'the input of moments')), profile);
  const { quads, slices } = slicing;
  const partial = scratch('partial', slices * quads * 32);
  return [
    channelDispatch(momentsPartial, [input(0), partial], slicing),
    dispatch(momentsMerge, [partial, output], slicing, [Math.ceil(quads / 8), 1, 1]),
  ];
};

/** y = scale * (x - mean) / sqrt(variance + epsilon) + shift; padded channels have scale = shift = 0. */
const normalize = family((relu: boolean) =>
  channels({
    name: fusedName('batch_norm', { relu }),
    inputs: ['x', 'scale', 'shift', 'statistics'],
    before: [...loadStatistics, 'let factor = scale[quad];', 'let term = shift[quad];'],
    each: [`y[i] = ${fused('factor * ((x[i] - mean) * inverse) + term', { relu })};`],
  }),
);

const normalizeRule: KernelRule<'batch_norm_training' | 'batch_norm_inference'> = ({
  node,
  output: out,
  profile,
  fusion,
}) => [
  channelDispatch(
    normalize(fusion.relu ?? false),
    [input(0), input(1), input(2), input(3), output],
    mapSlicing(extentOf(out), profile),
    node.attributes.epsilon,
  ),
];

export const batchNormTrainingRule: KernelRule<'batch_norm_training'> = (context) => normalizeRule(context);
export const batchNormInferenceRule: KernelRule<'batch_norm_inference'> = (context) => normalizeRule(context);

/** With a gate, dy passes where the batch norm's output was positive: recomputed, which is cheaper than read. */
function gated(gate: boolean): {
  readonly inputs: string[];
  readonly before: string[];
  readonly dy: string[];
} {
  if (!gate) return { inputs: [], before: [], dy: ['let d = dy[i];'] };
  return {
    inputs: ['gate_scale', 'gate_shift'],
    before: ['let gate_factor = gate_scale[quad];', 'let gate_term = gate_shift[quad];'],
    dy: ['let d = select(vec4f(), dy[i], gate_factor * xhat + gate_term > vec4f());'],
  };
}

const gradientSumsPartial = family((gate: boolean) => {
  const g = gated(gate);
  return channels({
    name: gate ? 'batch_norm_gradient_sums_partial_gated' : 'batch_norm_gradient_sums_partial',
    inputs: ['dy', 'x', 'statistics', ...g.inputs],
    before: [...loadStatistics, ...g.before, 'var sum = vec4f();', 'var products = vec4f();'],
    each: ['let xhat = (x[i] - mean) * inverse;', ...g.dy, 'sum += d;', 'products += d * xhat;'],
    after: ['y[2 * thread] = sum;', 'y[2 * thread + 1] = products;'],
  });
});

/** Adds `terms` interleaved partial sums per thread, slice by slice. */
const sumsMerge: KernelSource<'quads' | 'slices' | 'terms'> = kernel({
  name: 'sums_merge',
  storage: [...reads('partial'), writes('y')],
  fields: { quads: 'i32', slices: 'i32', terms: 'i32' },
  workgroupSize: 8,
  body: new Lines().add(
    'let quad = i32(group.x) * 8 + local;',
    'let term = i32(group.y);',
    'if (quad < u.quads) {',
    'var sum = vec4f();',
    'for (var s = 0; s < u.slices; s++) {',
    'sum += partial[u.terms * (s * u.quads + quad) + term];',
    '}',
    'y[term * u.quads + quad] = sum;',
    '}',
  ),
});

export const gradientSumsRule: KernelRule<'batch_norm_gradient_sums'> = ({
  node,
  inputs,
  profile,
  fusion,
}) => {
  const slicing = sumSlicing(extentOf(present(inputs[0], 'the gradient')), profile);
  const { quads, slices } = slicing;
  const partial = scratch('partial', slices * quads * 32);
  const gate = fusion.gate ?? false;
  return [
    channelDispatch(
      gradientSumsPartial(gate),
      [input(0), input(1), input(2), ...(gate ? [input(3), input(4)] : []), partial],
      slicing,
      node.attributes.epsilon,
    ),
    dispatch(sumsMerge, [partial, output], { quads, slices, terms: 2 }, [Math.ceil(quads / 8), 2, 1]),
  ];
};

/** dx = scale * inverse * (dy - sum(dy) / n - xhat * sum(dy xhat) / n) */
const inputGradient = family((gate: boolean) => {
  // The batch norm's own scale is bound already: a gate only adds the shift.
  const g = gated(gate);
  return channels({
    name: gate ? 'batch_norm_input_gradient_gated' : 'batch_norm_input_gradient',
    inputs: ['dy', 'x', 'statistics', 'scale', 'sums', ...(gate ? ['gate_shift'] : [])],
    before: [
      ...loadStatistics,
      'let gate_factor = scale[quad];',
      ...g.before.slice(1),
      'let factor = gate_factor * inverse;',
      'let mean_dy = sums[quad] / f32(u.rows);',
      'let mean_product = sums[u.quads + quad] / f32(u.rows);',
    ],
    each: [
      'let xhat = (x[i] - mean) * inverse;',
      ...g.dy,
      'y[i] = factor * (d - mean_dy - xhat * mean_product);',
    ],
  });
});

export const inputGradientRule: KernelRule<'batch_norm_input_gradient'> = ({
  node,
  output: out,
  profile,
  fusion,
}) => {
  const gate = fusion.gate ?? false;
  // a gate's inputs are scale and shift; the scale is this op's own
  const bindings = [0, 1, 2, 3, 4, ...(gate ? [6] : [])].map(input);
  return [
    channelDispatch(
      inputGradient(gate),
      [...bindings, output],
      mapSlicing(extentOf(out), profile),
      node.attributes.epsilon,
    ),
  ];
};

const sumPartial = channels({
  name: 'sum_rows_partial',
  inputs: ['x'],
  before: ['var sum = vec4f();'],
  each: ['sum += x[i];'],
  after: ['y[thread] = sum;'],
});

export const sumRowsRule: KernelRule<'sum_rows'> = ({ inputs, profile }) => {
  const slicing = sumSlicing(extentOf(present(inputs[0], 'the input of sum_rows')), profile);
  const { quads, slices } = slicing;
  const partial = scratch('partial', slices * quads * 16);
  return [
    channelDispatch(sumPartial, [input(0), partial], slicing),
    dispatch(sumsMerge, [partial, output], { quads, slices, terms: 1 }, [Math.ceil(quads / 8), 1, 1]),
  ];
};

const biasAdd = family((relu: boolean) =>
  channels({
    name: fusedName('bias_add', { relu }),
    inputs: ['x', 'bias'],
    before: ['let term = bias[quad];'],
    each: [`y[i] = ${fused('x[i] + term', { relu })};`],
  }),
);

export const biasAddRule: KernelRule<'bias_add'> = ({ output: out, profile, fusion }) => [
  channelDispatch(
    biasAdd(fusion.relu ?? false),
    [input(0), input(1), output],
    mapSlicing(extentOf(out), profile),
  ),
];

const channelScale = channels({
  name: 'channel_scale',
  inputs: ['x', 'scale'],
  before: ['let factor = scale[quad];'],
  each: ['y[i] = factor * x[i];'],
});

export const channelScaleRule: KernelRule<'channel_scale'> = ({ output: out, profile }) => [
  channelDispatch(channelScale, [input(0), input(1), output], mapSlicing(extentOf(out), profile)),
];

/** (1 - m) * old + m * new; the kept variance is the unbiased one. */
const updateStatistics = family((inPlace: boolean): KernelSource<'quads' | 'momentum' | 'unbiased'> =>
  kernel({
    name: inPlace ? 'update_statistics_in_place' : 'update_statistics',
    storage: [...reads('fresh', ...(inPlace ? [] : ['old'])), writes('y')],
    fields: { quads: 'i32', momentum: 'f32', unbiased: 'f32' },
    workgroupSize: 8,
    body: new Lines().add(
      'let i = i32(group.x) * 8 + local;',
      'if (i < 2 * u.quads) {',
      'let factor = select(1.0, u.unbiased, i >= u.quads);',
      `y[i] = (1 - u.momentum) * ${inPlace ? 'y' : 'old'}[i] + u.momentum * factor * fresh[i];`,
      '}',
    ),
  }),
);

export const updateStatisticsRule: KernelRule<'update_statistics'> = ({ node, output: out, fusion }) => {
  const { momentum, elements } = node.attributes;
  const { quads } = extentOf(out);
  const inPlace = fusion.inPlace ?? false;
  return [
    dispatch(
      updateStatistics(inPlace),
      [input(1), ...(inPlace ? [] : [input(0)]), output],
      { quads, momentum, unbiased: elements / Math.max(1, elements - 1) },
      [Math.ceil(quads / 4), 1, 1],
    ),
  ];
};
