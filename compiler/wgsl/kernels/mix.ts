/** Weighted sums of tensors by weights on the device, and the inner products that are their gradients. */
import { present } from '../../../util/invariant.ts';
import { elementsOf } from '../../ops/shapes.ts';
import { THREADS, walk, walkFields, walkLines, type WalkField } from '../grid.ts';
import type { Profile } from '../plan.ts';
import { dispatch, input, inputFrom, output, scratch, type Dispatch, type KernelRule } from '../rule.ts';
import { family, kernel, Lines, reads, writes, type KernelSource, type StorageBinding } from '../source.ts';

/** Tensors of one dispatch: with the weights and the sum, WebGPU's eight storage buffers. */
const MOST = 6;

const places = { at0: 'i32', at1: 'i32', at2: 'i32', at3: 'i32', at4: 'i32', at5: 'i32' } as const;
type Place = keyof typeof places;

/** Where up to six weights stand, from `start` on; 0 for those that are missing. */
function placesOf(columns: readonly number[], start: number): Readonly<Record<Place, number>> {
  const at = (k: number): number => {
    const column = columns[k];
    return column === undefined ? 0 : start + column;
  };
  return { at0: at(0), at1: at(1), at2: at(2), at3: at(3), at4: at(4), at5: at(5) };
}

const tensors = (count: number): string[] => Array.from({ length: count }, (_, k) => `x${k}`);

type MixField = WalkField | Place;

/** y = sum of x_k times its weight; `more`: added to what is there. */
const mixKernel = family((count: number, more: boolean): KernelSource<MixField> => {
  const terms = tensors(count).map((x, k) => `w${k} * ${x}[i]`);
  return kernel({
    name: `mix_${count}${more ? '_more' : ''}`,
    storage: [{ name: 'weights', type: 'f32', access: 'read' }, ...reads(...tensors(count)), writes('y')],
    fields: { ...walkFields, ...places },
    workgroupSize: THREADS,
    body: new Lines()
      .each(count, (k) => `let w${k} = weights[u.at${k}];`)
      .add(
        ...walkLines(
          `let sum = ${[...(more ? ['y[i]'] : []), ...terms].join(' + ')};`,
          // A negative weight makes -0 of the zeros of the padding.
          'y[i] = select(vec4f(), sum, sum != vec4f());',
        ),
      ),
  });
});

/** Consecutive runs of at most six. */
function chunks(count: number): readonly (readonly number[])[] {
  return Array.from({ length: Math.ceil(count / MOST) }, (_, c) =>
    Array.from({ length: Math.min(MOST, count - c * MOST) }, (__, k) => c * MOST + k),
  );
}

const pick = (columns: readonly number[], chunk: readonly number[]): number[] =>
  chunk.map((k) => present(columns[k], 'the column of a tensor'));

export const mixRule: KernelRule<'mix'> = ({ node, inputs, output: out, profile }) => {
  const { row, columns } = node.attributes;
  const rowLength = present(inputs[0], 'weights').physical.at(-1) ?? 0;
  const { values, workgroups } = walk(elementsOf(out.physical) / 4, profile);
  return chunks(columns.length).map((chunk, c) => {
    const weights = pick(columns, chunk);
    const [first = 0] = weights;
    // Counted from the first weight, so that gates which differ in their row alone are the same work.
    const skip = (row * rowLength + first) * 4;
    return dispatch(
      mixKernel(chunk.length, c > 0),
      [inputFrom(0, skip), ...chunk.map((k) => input(k + 1)), output],
      { ...values, ...placesOf(weights, -first) },
      workgroups,
    );
  });
};

type DotField = WalkField | 'threads';

/** Each thread's share of the inner products of dy with up to six tensors: partial[k * threads + thread]. */
const dotKernel = family((count: number): KernelSource<DotField> => {
  const partial: StorageBinding = { name: 'partial', type: 'f32', access: 'read_write' };
  return kernel({
    name: `mix_dot_${count}`,
    storage: [...reads('dy', ...tensors(count)), partial],
    fields: { ...walkFields, threads: 'i32' },
    workgroupSize: THREADS,
    body: new Lines()
      .each(count, (k) => `var sum${k} = vec4f();`)
      .add(
        ...walkLines('let d = dy[i];', ...tensors(count).map((x, k) => `sum${k} += d * ${x}[i];`)),
        'let thread = (i32(group.x) + i32(group.y) * u.width) * 64 + local;',
      )
      .each(count, (k) => `partial[${k} * u.threads + thread] = dot(sum${k}, vec4f(1));`),
  });
});

type GatherField = 'elements' | 'count' | 'threads' | 'more' | Place;

/** Adds the partial sums, in order, into their places of the matrix; `more`: on top of what is there, else of zeros. */
const gatherDots: KernelSource<GatherField> = kernel({
  name: 'mix_gather_dots',
  storage: [
    { name: 'partial', type: 'f32', access: 'read' },
    { name: 'y', type: 'f32', access: 'read_write' },
  ],
  fields: { elements: 'i32', count: 'i32', threads: 'i32', more: 'i32', ...places },
  workgroupSize: THREADS,
  body: new Lines()
    .add(
      `let e = i32(group.x) * ${THREADS} + local;`,
      'if (e < u.elements) {',
      'var sum = 0.0;',
      'if (u.more != 0) {',
      'sum = y[e];',
      '}',
    )
    .each(MOST, (k) => [
      `if (${k} < u.count && u.at${k} == e) {`,
      `for (var t = ${k} * u.threads; t < ${k + 1} * u.threads; t++) {`,
      'sum += partial[t];',
      '}',
      '}',
    ])
    .add('y[e] = sum;', '}'),
});

/** Few enough that adding their sums is short, enough to fill the device. */
const dotThreads = (profile: Profile): number => (profile.kind === 'cpu' ? 256 : 2048);

export const mixWeightGradientRule: KernelRule<'mix_weight_gradient'> = ({
  node,
  inputs,
  output: out,
  profile,
}) => {
  const { row, columns } = node.attributes;
  const dy = present(inputs[0], 'dy');
  const elements = elementsOf(out.physical);
  const count = elementsOf(dy.physical) / 4;
  const { values, workgroups } = walk(count, profile, Math.max(8, Math.ceil(count / dotThreads(profile))));
  const threads = workgroups[0] * workgroups[1] * THREADS;
  return chunks(columns.length).flatMap((chunk, c): Dispatch[] => {
    const partial = scratch('partial', MOST * threads * 4);
    return [
      dispatch(
        dotKernel(chunk.length),
        [input(0), ...chunk.map((k) => input(k + 1)), partial],
        { ...values, threads },
        workgroups,
      ),
      dispatch(
        gatherDots,
        [partial, output],
        {
          elements,
          count: chunk.length,
          threads,
          more: c === 0 ? 0 : 1,
          ...placesOf(pick(columns, chunk), row * (out.physical.at(-1) ?? 0)),
        },
        [Math.ceil(elements / THREADS), 1, 1],
      ),
    ];
  });
};
