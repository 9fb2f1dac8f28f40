/** Means over whole images, and their gradient: a thread takes one vec4 of channels of one image. */
import { one } from '../../ops/operands.ts';
import { axes2, axes4 } from '../../ops/shapes.ts';
import { fold } from '../grid.ts';
import { dispatch, input, output, type Dispatch, type KernelRule, type Operand } from '../rule.ts';
import { divideHelper, kernel, Lines, reads, writes, type KernelSource } from '../source.ts';

type GlobalKernel = KernelSource<'count' | 'width' | 'quads' | 'inverseQuads' | 'pixels'>;

const globalFields = {
  count: 'i32',
  width: 'i32',
  quads: 'i32',
  inverseQuads: 'f32',
  pixels: 'i32',
} as const;

const globalAvgPool: GlobalKernel = kernel({
  name: 'global_avg_pool',
  storage: [...reads('x'), writes('y')],
  fields: globalFields,
  workgroupSize: 8,
  helpers: [divideHelper],
  body: new Lines().add(
    'let i = (i32(group.x) + i32(group.y) * u.width) * 8 + local;',
    'if (i < u.count) {',
    'let image = divide(i, u.quads, u.inverseQuads);',
    'let first = image * u.pixels * u.quads + i - image * u.quads;',
    'var sum = vec4f();',
    'for (var p = 0; p < u.pixels; p++) {',
    'sum += x[first + p * u.quads];',
    '}',
    'y[i] = sum / f32(u.pixels);',
    '}',
  ),
});

const globalAvgPoolGradient: GlobalKernel = kernel({
  name: 'global_avg_pool_gradient',
  storage: [...reads('dy'), writes('y')],
  fields: globalFields,
  workgroupSize: 8,
  helpers: [divideHelper],
  body: new Lines().add(
    'let i = (i32(group.x) + i32(group.y) * u.width) * 8 + local;',
    'if (i < u.count) {',
    'let image = divide(i, u.quads, u.inverseQuads);',
    'let first = image * u.pixels * u.quads + i - image * u.quads;',
    'let share = dy[i] / f32(u.pixels);',
    'for (var p = 0; p < u.pixels; p++) {',
    'y[first + p * u.quads] = share;',
    '}',
    '}',
  ),
});

/** A dispatch with one thread for each vec4 of the pooled tensor. */
function globalDispatch(source: GlobalKernel, images: Operand, pooled: Operand): Dispatch {
  const [, height, width] = axes4(images.shape);
  const [count, channels] = axes2(pooled.physical);
  const threads = count * (channels / 4);
  const grid = fold(Math.ceil(threads / 8));
  const values = {
    count: threads,
    width: grid.width,
    quads: channels / 4,
    inverseQuads: 4 / channels,
    pixels: height * width,
  };
  return dispatch(source, [input(0), output], values, [grid.width, grid.height, 1]);
}

export const globalAvgPoolRule: KernelRule<'global_avg_pool'> = ({ inputs, output: out }) => [
  globalDispatch(globalAvgPool, one(inputs), out),
];

export const globalAvgPoolGradientRule: KernelRule<'global_avg_pool_gradient'> = ({
  inputs,
  output: out,
}) => [globalDispatch(globalAvgPoolGradient, out, one(inputs))];
