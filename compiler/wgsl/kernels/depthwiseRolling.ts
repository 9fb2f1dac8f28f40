/**
 * Depthwise convolution and its gradients on adapters with subgroups, for the usual kernels of 3x3, 5x5 and 7x7: see
 * `rolling.ts`. All lanes of a subgroup have the same channels, so that weights are loaded one to a lane and broadcast.
 */
import { elementsOf } from '../../ops/shapes.ts';
import type { Profile } from '../plan.ts';
import { dispatch, output, scratch, type Binding, type Dispatch } from '../rule.ts';
import { broadcast, kernel, Lines, reads, writes, type KernelSource } from '../source.ts';
import {
  chooseRolling,
  count,
  distinct,
  rollingFamily,
  rollingFields,
  reachOf,
  rollingName,
  slicesFor,
  tapsOf,
  type Rolling,
  type RollingChoice,
} from './rolling.ts';
import {
  findColumns,
  findNeighbours,
  findRows,
  loadedBlocks,
  loadRow,
  openTiles,
  ownBlocks,
  rollingHelpers,
  seen,
  shuffleRow,
} from './rollingLanes.ts';
import { rollSums, total } from './rollingSums.ts';
import { reduceDispatch } from './weightGradient.ts';

/** The sides of kernels that roll. */
const SIDES: ReadonlySet<number> = new Set([3, 5, 7]);

/** Multiply-adds of a vec4 that a workgroup of a CPU adapter takes at least; of a weight gradient, whose slices must be added up. */
const WORK = 4096;
const WORK_OF_GRADIENT = 32_768;

const fields = {
  ...rollingFields,
  /** Taps of a row of weights in memory. */
  weightPitch: 'i32',
} as const;

type RollingKernel = KernelSource<keyof typeof fields>;

const convolution = rollingFamily((tuning): RollingKernel => {
  const { size, taps: k } = tuning;
  const taps = tapsOf(tuning);
  const sources = distinct(taps.map(({ source }) => source));
  const loads = Math.ceil((k * k) / size);
  const body = new Lines()
    .add('let quad = i32(group.y);', 'let phase = i32(group.z);')
    .each(loads, (n) => [
      `let tap${n} = min(lane + ${n * size}, ${k * k - 1});`,
      `let ky${n} = tap${n} / ${k};`,
      `let l${n} = w[(ky${n} * u.weightPitch + tap${n} - ky${n} * ${k}) * u.quads + quad];`,
    ])
    .each(k * k, (n) => {
      const weight = broadcast(`l${Math.floor(n / size)}`, n % size, size);
      return `let w${Math.floor(n / k)}_${n % k} = ${weight};`;
    });
  rollSums(body, tuning, {
    load: (lattice) => {
      const name = `x${lattice}`;
      loadRow(body, loadedBlocks(tuning), sources, {
        name,
        tensor: 'x',
        side: 'source',
        owner: 't',
        lattice,
      });
      shuffleRow(body, tuning, name, { taps });
    },
    terms: ({ block, column }, row) =>
      taps
        .filter(({ target }) => target === column)
        .map((tap) => `${seen(`x${row.source}`, block, tap)} * w${row.tap}_${tap.tap}`),
    fold: total,
  });
  return kernel({
    name: rollingName('depthwise_rolling', tuning),
    storage: [...reads('x', 'w'), writes('y')],
    fields,
    workgroupSize: size,
    subgroups: true,
    helpers: rollingHelpers,
    body,
  });
});

/** Taps of a row of weights, padding included: weight gradients are laid out as weights. */
const padded = (k: number): number => Math.ceil(k / 4) * 4;

/**
 * At each step a row of the images (the source) comes in, and the last row of the gradient (the target) that it meets;
 * earlier ones are carried along. Each lane sums every tap, and lanes are added up at the end.
 */
const weightGradient = rollingFamily((tuning): RollingKernel => {
  const { size, taps: k } = tuning;
  const taps = tapsOf(tuning);
  const [least, most] = reachOf(taps);
  const sources = distinct(taps.map(({ source }) => source));
  const blocks = ownBlocks(tuning);
  const older = most - least;
  const body = new Lines().add('let quad = i32(group.y);');
  findNeighbours(body, tuning, taps);
  body.each(k * k, (n) => `var s${n} = vec4f();`);
  openTiles(body, tuning);
  findColumns(body, loadedBlocks(tuning), sources, 'source');
  findColumns(body, blocks, [0], 'target');
  body.add('for (var phase = 0; phase < u.phases; phase++) {');
  findRows(body, sources, 'source');
  findRows(body, [0], 'target');
  body.add(
    `let begin = max(source_begin, target_begin + ${least});`,
    `let end = min(source_end, target_end + ${most});`,
  );
  /** The row of the gradient that came in some steps ago. */
  const gradient = (j: string, steps: number): string => `g_${j}_0${steps > 0 ? `_${steps}` : ''}`;
  const load = (owner: string): void => {
    loadRow(body, blocks, [0], { name: 'g', tensor: 'g', side: 'target', owner, lattice: 0 });
  };
  const age = (): void => {
    for (const j of blocks) {
      for (let steps = older; steps > 0; steps -= 1)
        body.add(`${gradient(j, steps)} = ${gradient(j, steps - 1)};`);
    }
  };
  for (const j of blocks) body.each(older, (n) => `var ${gradient(j, n + 1)} = vec4f();`);
  body.add(`for (var i = max(target_begin, begin - ${most}); i < begin - ${least}; i++) {`);
  load('i');
  age();
  body.add('}', 'for (var t = begin; t < end; t++) {');
  load(`(t - ${least})`);
  for (const lattice of sources) {
    const name = `x${lattice}`;
    loadRow(body, loadedBlocks(tuning), sources, { name, tensor: 'x', side: 'source', owner: 't', lattice });
    shuffleRow(body, tuning, name, { taps });
  }
  for (const row of taps) {
    for (const tap of taps) {
      const terms = blocks.map(
        (j) => `${seen(`x${row.source}`, j, tap)} * ${gradient(j, row.shift - least)}`,
      );
      body.add(`s${row.tap * k + tap.tap} += ${terms.join(' + ')};`);
    }
  }
  age();
  body.add('}', '}', '}');
  const stores = Math.ceil((k * padded(k)) / size);
  body
    .each(stores, (n) => `var result${n} = vec4f();`)
    .each(k * k, (n) => {
      const place = Math.floor(n / k) * padded(k) + (n % k);
      const result = `result${Math.floor(place / size)}`;
      // Not subgroupAdd: CPU adapters make a loop over lanes of it, for each component.
      const halvings = count(Math.log2(size)).map((i) => `s${n} += subgroupShuffleXor(s${n}, ${2 ** i}u);`);
      return [...halvings, `${result} = select(${result}, s${n}, lane == ${place % size});`];
    });
  body.each(stores, (n) => [
    `if (lane + ${n * size} < ${k * padded(k)}) {`,
    `y[(i32(group.x) * ${k * padded(k)} + lane + ${n * size}) * u.quads + quad] = result${n};`,
    '}',
  ]);
  return kernel({
    name: rollingName('depthwise_rolling_weight_gradient', tuning),
    storage: [...reads('x', 'g'), writes('y')],
    fields,
    workgroupSize: size,
    subgroups: true,
    helpers: rollingHelpers,
    body,
  });
});

function choose(profile: Profile, rolling: Rolling, up: boolean): RollingChoice | undefined {
  return SIDES.has(rolling.taps) ? chooseRolling(profile, rolling, up) : undefined;
}

/** The dispatch of a convolution, or with `up` of its input gradient; undefined where no template applies. */
export function rollingDispatch(
  profile: Profile,
  rolling: Rolling,
  weightPitch: number,
  bindings: readonly [Binding, Binding, Binding],
  up: boolean,
): Dispatch | undefined {
  const choice = choose(profile, rolling, up);
  if (!choice) return undefined;
  const { tuning, values } = choice;
  const slices = slicesFor(profile, choice, WORK);
  const block = { ...values, slices, weightPitch };
  return dispatch(convolution(tuning), bindings, block, [slices, values.quads, values.phases]);
}

/** The dispatches of a weight gradient into the output, of `physical` shape; undefined where no template applies. */
export function rollingWeightGradient(
  profile: Profile,
  rolling: Rolling,
  physical: readonly number[],
  [x, dy]: readonly [Binding, Binding],
): Dispatch[] | undefined {
  const choice = choose(profile, rolling, false);
  if (!choice) return undefined;
  const { tuning, values } = choice;
  const slices = slicesFor(profile, choice, WORK_OF_GRADIENT, true);
  const weights = elementsOf(physical) / 4;
  const result = slices === 1 ? output : scratch('partial', slices * weights * 16);
  const block = { ...values, slices, weightPitch: padded(tuning.taps) };
  const main = dispatch(weightGradient(tuning), [x, dy, result], block, [slices, values.quads, 1]);
  return slices === 1 ? [main] : [main, reduceDispatch(weights, slices, result)];
}
