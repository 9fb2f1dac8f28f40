/**
 * The weight gradient of convolutions of 1x1 with few output channels, without padding, on adapters with subgroups.
 *
 * A subgroup takes a few pixels at a time, and each lane one of them with one vec4 of output channels. So a load fetches
 * different elements in every lane, and the input channels of a pixel come to its other lanes by shuffles. Each lane sums
 * the rows of some groups of four input channels; lanes of the same output channels are added at the end.
 */
import type { Profile } from '../plan.ts';
import { dispatch, output, scratch, type Binding, type Dispatch } from '../rule.ts';
import { divideHelper, family, kernel, Lines, reads, writes, type KernelSource } from '../source.ts';
import { geometryFields, geometryOf, isStrided, largePixel, type Pointwise } from './pointwise.ts';
import { reduceDispatch } from './weightGradient.ts';

const fields = { ...geometryFields, perSlice: 'i32', resultRows: 'i32' } as const;

type GradientKernel = KernelSource<keyof typeof fields>;

const lanes = 'xyzw';

/** Vec4s of output channels at most: with more of them the lanes of `weightGradient.ts` are all in use. */
const MOST_COLUMNS = 4;

/** Groups of four input channels of a tile at most: four sums each. */
const MOST_GROUPS = 4;

/** Pixels of a lane in a turn of the loop: sums that are carried over turns are dear. */
const TURN = 2;

/** Multiply-adds of a vec4 that a workgroup of a CPU adapter takes at least. */
const WORK = 16_384;

/** `columns` vec4s of output channels side by side, a power of two; `groups` of input channels. */
const template = family((size: number, columns: number, groups: number, strided: boolean): GradientKernel => {
  const pixels = size / columns;
  const loads = Math.ceil(groups / columns);
  const body = new Lines()
    .add(
      `let first = i32(group.y) * ${groups};`,
      `let column = lane % ${columns};`,
      `let own = lane / ${columns};`,
      'let quad = min(column, u.outputQuads - 1);',
      'let begin = i32(group.x) * u.perSlice;',
      'let end = min(begin + u.perSlice, u.pixels);',
    )
    .each(loads, (n) => `let group${n} = min(first + ${n * columns} + column, u.inputQuads - 1);`)
    .each(groups * 4, (row) => `var s${row} = vec4f();`)
    .add(`for (var p = begin; p < end; p += ${pixels * TURN}) {`);
  for (let j = 0; j < TURN; j += 1) {
    body
      .add(
        `let place${j} = p + ${j * pixels} + own;`,
        `let pixel${j} = min(place${j}, end - 1);`,
        ...(strided ? largePixel(j) : []),
        `let start${j} = ${strided ? 'large' : 'pixel'}${j} * u.inputQuads;`,
        `let g${j} = select(vec4f(), g[pixel${j} * u.outputQuads + quad], place${j} < end);`,
      )
      .each(loads, (n) => `let l${j}_${n} = x[start${j} + group${n}];`)
      .each(groups, (c) => {
        const load = `l${j}_${Math.floor(c / columns)}`;
        const from = `u32(lane - column + ${c % columns})`;
        return `let x${j}_${c} = ${columns === 1 ? load : `subgroupShuffle(${load}, ${from})`};`;
      });
  }
  body
    .each(groups * 4, (row) => {
      const terms = [...Array(TURN).keys()].map((j) => `x${j}_${row >> 2}.${lanes[row & 3]} * g${j}`);
      return `s${row} += ${terms.join(' + ')};`;
    })
    .add('}');
  for (let step = columns; step < size; step *= 2) {
    body.each(groups * 4, (row) => `s${row} += subgroupShuffleXor(s${row}, ${step}u);`);
  }
  // All lanes of a column have its sums now: each stores other rows.
  body.each(Math.ceil((groups * 4) / pixels), (n) => {
    const rows = [...Array(pixels).keys()].map((i) => n * pixels + i).filter((row) => row < groups * 4);
    const value = rows.reduce((sum, row) => `select(${sum}, s${row}, own == ${row - n * pixels})`, 'vec4f()');
    return [
      `let row${n} = first * 4 + ${n * pixels} + own;`,
      `if (own < ${rows.length} && row${n} < u.resultRows && column < u.outputQuads) {`,
      `y[(i32(group.x) * u.resultRows + row${n}) * u.outputQuads + column] = ${value};`,
      '}',
    ];
  });
  return kernel({
    name: [
      `pointwise_weight_gradient_${size}_${groups * 4}x${columns * 4}`,
      ...(strided ? ['strided'] : []),
    ].join('_'),
    storage: [...reads('x', 'g'), writes('y')],
    fields,
    workgroupSize: size,
    subgroups: true,
    helpers: strided ? [divideHelper] : [],
    body,
  });
});

/** The dispatches of a weight gradient of `resultRows` rows; undefined where the template does not apply. */
export function pointwiseWeightGradient(
  profile: Profile,
  pointwise: Pointwise,
  resultRows: number,
  [x, dy]: readonly [Binding, Binding],
): Dispatch[] | undefined {
  const { subgroupSize: size } = profile;
  const { inputQuads, outputQuads } = pointwise;
  if (size === undefined || size < 4 || size > 64 || outputQuads > MOST_COLUMNS) return undefined;
  const columns = 2 ** Math.ceil(Math.log2(outputQuads));
  const tiles = Math.ceil(inputQuads / MOST_GROUPS);
  const groups = Math.ceil(inputQuads / tiles);
  const geometry = geometryOf(pointwise);
  const step = (size / columns) * TURN;
  const turns = Math.ceil(geometry.pixels / step);
  const wanted =
    profile.kind === 'cpu' ? Math.ceil((turns * TURN * groups * 4) / WORK) : Math.ceil(turns / 16);
  const perSlice = Math.ceil(turns / Math.min(wanted, 64)) * step;
  const slices = Math.ceil(geometry.pixels / perSlice);
  const count = resultRows * outputQuads;
  const result = slices === 1 ? output : scratch('partial', slices * count * 16);
  const main = dispatch(
    template(size, columns, groups, isStrided(pointwise)),
    [x, dy, result],
    { ...geometry, perSlice, resultRows },
    [slices, tiles, 1],
  );
  return slices === 1 ? [main] : [main, reduceDispatch(count, slices, result)];
}
