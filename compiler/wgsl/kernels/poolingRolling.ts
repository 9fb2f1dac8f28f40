/** Pools over windows of 3x3 and their gradients on adapters with subgroups: see `rolling.ts`. */
import type { Profile } from '../plan.ts';
import { dispatch, type Binding, type Dispatch } from '../rule.ts';
import { kernel, Lines, reads, writes, type KernelSource, type StorageBinding } from '../source.ts';
import {
  chooseRolling,
  count,
  distinct,
  reachOf,
  rollingFamily,
  rollingFields,
  rollingName,
  slicesFor,
  tapsOf,
  type Rolling,
  type Tap,
  type Tuning,
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
  type Wanted,
} from './rollingLanes.ts';
import { rollSums, total } from './rollingSums.ts';

/** The side of windows that roll. */
const SIDE = 3;

/** Columns on either side that the gradient of a column depends on: those of the windows over it. */
const OVERLAP = 2;

/** Steps of a vec4 that a workgroup of a CPU adapter takes at least. */
const WORK = 4096;

const fields = {
  ...rollingFields,
  /** Minus infinity, which no constant of WGSL may be. */
  lowest: 'f32',
} as const;

type PoolKernel = KernelSource<keyof typeof fields>;

function poolKernel(
  name: string,
  tuning: Tuning,
  storage: readonly StorageBinding[],
  body: Lines,
  ...helpers: readonly string[]
): PoolKernel {
  return kernel({
    name: rollingName(name, tuning),
    storage,
    fields,
    workgroupSize: tuning.size,
    subgroups: true,
    helpers: [...rollingHelpers, ...helpers],
    body,
  });
}

const start = (): Lines => new Lines().add('let quad = i32(group.y);', 'let phase = 0;');

/** The larger of two; NaN where one of them is. */
const largerHelper = `fn larger(a: vec4f, b: vec4f) -> vec4f {
  let unknown = (bitcast<vec4u>(b) & vec4u(0x7fffffffu)) > vec4u(0x7f800000u);
  return select(a, b, (b > a) | unknown);
}`;

const largest = (terms: readonly string[]): string =>
  terms.length === 0 ? 'lowest' : terms.reduce((a, b) => `larger(${a}, ${b})`);

const maxPool = rollingFamily((tuning): PoolKernel => {
  const taps = tapsOf(tuning);
  const sources = distinct(taps.map(({ source }) => source));
  const body = start().add('let lowest = vec4f(u.lowest);');
  rollSums(body, tuning, {
    load: (lattice) => {
      const name = `x${lattice}`;
      const row = { name, tensor: 'x', side: 'source', owner: 't', lattice, missing: 'lowest' } as const;
      loadRow(body, loadedBlocks(tuning), sources, row);
      shuffleRow(body, tuning, name, { taps, missing: row.missing });
      for (const j of ownBlocks(tuning)) {
        body.add(`let across${lattice}_${j} = ${largest(taps.map((tap) => seen(name, j, tap)))};`);
      }
    },
    terms: ({ block }, row) => [`across${row.source}_${block}`],
    fold: largest,
  });
  return poolKernel('max_pool_rolling', tuning, [...reads('x'), writes('y')], body, largerHelper);
});

/** How many elements of the image the window at an owner covers along an axis. */
const coveredHelper = `fn covered(owner: i32, step: i32, offset: i32, size: i32) -> i32 {
  let first = owner * step + offset - 1;
  return min(first + 3, size) - max(first, 0);
}`;

const avgPool = rollingFamily((tuning): PoolKernel => {
  const taps = tapsOf(tuning);
  const sources = distinct(taps.map(({ source }) => source));
  const body = start();
  rollSums(body, tuning, {
    tile: () => {
      for (const j of ownBlocks(tuning)) {
        body.add(`let wide${j} = covered(column${j}, u.sourceStepX, u.sourceOffsetX, u.sourceColumns);`);
      }
    },
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
      for (const j of ownBlocks(tuning)) {
        body.add(`let across${lattice}_${j} = ${total(taps.map((tap) => seen(name, j, tap)))};`);
      }
    },
    terms: ({ block }, row) => [`across${row.source}_${block}`],
    fold: total,
    finish: (sum, { block }) =>
      `(${sum}) / f32(covered(row0, u.sourceStepY, u.sourceOffsetY, u.sourceRows) * wide${block})`,
  });
  return poolKernel('avg_pool_rolling', tuning, [...reads('x'), writes('y')], body, coveredHelper);
});

const avgPoolGradient = rollingFamily((tuning): PoolKernel => {
  const taps = tapsOf(tuning);
  const body = start();
  rollSums(body, tuning, {
    tile: () => {
      for (const j of loadedBlocks(tuning)) {
        body.add(
          `let wide${j} = max(covered(column${j}, u.targetStepX, u.targetOffsetX, u.targetColumns), 1);`,
        );
      }
    },
    load: (lattice) => {
      const name = `x${lattice}`;
      body.add('let high = max(covered(t, u.targetStepY, u.targetOffsetY, u.targetRows), 1);');
      loadRow(body, loadedBlocks(tuning), [0], {
        name,
        tensor: 'x',
        side: 'source',
        owner: 't',
        lattice,
        make: (value, j) => `${value} / f32(high * wide${j})`,
      });
      shuffleRow(body, tuning, name, { taps });
      for (const j of ownBlocks(tuning)) {
        for (const column of distinct(taps.map(({ target }) => target))) {
          const terms = taps.filter(({ target }) => target === column).map((tap) => seen(name, j, tap));
          body.add(`let across${j}_${column} = ${total(terms)};`);
        }
      }
    },
    terms: ({ block, column }) => [`across${block}_${column}`],
    fold: total,
  });
  return poolKernel('avg_pool_gradient_rolling', tuning, [...reads('x'), writes('y')], body, coveredHelper);
});

/** Where the window is that a tap of its belongs to. */
const windowOver = ({ shift }: Tap): Wanted => ({ source: 0, shift: 0 - shift });

/**
 * At each step a row of the image comes in. Windows carry their largest element so far and its place, until they are
 * complete; then their gradient is loaded, and goes to the rows that they cover, which carry their sums.
 */
const maxPoolGradient = rollingFamily((tuning): PoolKernel => {
  const taps = tapsOf(tuning);
  const [least, most] = reachOf(taps);
  const lattices = distinct(taps.map(({ source }) => source));
  const blocks = ownBlocks(tuning);
  // Tiles of long rows overlap: a halo would need the windows beside the tile.
  const closed = { ...tuning, halo: false };
  const open = most - least;
  const back = taps.map(windowOver);
  /** Of the windows over a row of a lattice: when the last one is complete, and how long before the first one is. */
  const rowsOf = (a: number): { readonly last: number; readonly span: number } => {
    const [last, first] = reachOf(taps.filter(({ source }) => source === a));
    return { last, span: first - last };
  };
  const body = start().add('let lowest = vec4f(u.lowest);', 'let nowhere = vec4i(-1);');
  findNeighbours(body, tuning, [...taps, ...back]);
  findRows(body, lattices, 'source');
  findRows(body, [0], 'target');
  body.add(`let middle = max(source_end, target_end + ${most});`, `let end = source_end + ${open};`);
  openTiles(body, tuning, OVERLAP);
  findColumns(body, blocks, lattices, 'source');
  findColumns(body, blocks, [0], 'target');
  for (const j of blocks) {
    body.each(open, (n) => [`var best${j}_${n} = lowest;`, `var place${j}_${n} = nowhere;`]);
    for (const a of lattices) {
      for (const b of lattices) body.each(rowsOf(a).span, (n) => `var s${j}_${a}_${b}_${n} = vec4f();`);
    }
  }
  const store = (value: (j: string, a: number, b: number) => string): void => {
    for (const a of lattices) {
      body.add(
        `let row${a} = source_y + (t - ${most - rowsOf(a).last}) * u.sourceStepY + ${a};`,
        `let row${a}_exists = row${a} >= 0 && row${a} < u.sourceRows;`,
      );
      for (const j of blocks) {
        for (const b of lattices) {
          body.add(
            `if (row${a}_exists && ${tuning.halo ? `inner${j} && ` : ''}source${j}_${b}_exists) {`,
            `y[source${j}_${b}_at + row${a} * source_row] = ${value(j, a, b)};`,
            '}',
          );
        }
      }
    }
  };
  /** Each sum is a step nearer to its end, and has got some `terms`. */
  const carry = (terms: (j: string, a: number, b: number, n: number) => readonly string[]): void => {
    for (const j of blocks) {
      for (const a of lattices) {
        const { span } = rowsOf(a);
        for (const b of lattices) {
          body.each(span, (n) => {
            const older = n + 1 < span ? [`s${j}_${a}_${b}_${n + 1}`] : [];
            return `s${j}_${a}_${b}_${n} = ${total([...older, ...terms(j, a, b, n + 1)])};`;
          });
        }
      }
    }
  };

  body.add('for (var t = source_begin; t < middle; t++) {');
  for (const lattice of lattices) {
    const name = `x${lattice}`;
    const row = { name, tensor: 'x', side: 'source', owner: 't', lattice, missing: 'lowest' } as const;
    loadRow(body, blocks, lattices, row);
    shuffleRow(body, closed, name, { taps, missing: row.missing });
    for (const j of blocks) {
      const [across, place] = [`across${lattice}_${j}`, `kx${lattice}_${j}`];
      body.add(`var ${across} = lowest;`, `var ${place} = nowhere;`);
      for (const tap of taps) {
        const value = seen(name, j, tap);
        body.add(
          `${place} = select(${place}, vec4i(${tap.tap}), ${value} > ${across});`,
          `${across} = select(${across}, ${value}, ${value} > ${across});`,
        );
      }
    }
  }
  for (const j of blocks) {
    for (const n of count(open + 1)) {
      // Windows that are complete in n steps.
      body.add(
        `var found${j}_${n} = ${n < open ? `best${j}_${n}` : 'lowest'};`,
        `var won${n}_${j}_0 = ${n < open ? `place${j}_${n}` : 'nowhere'};`,
      );
      for (const row of taps.filter(({ shift }) => shift === most - n)) {
        const value = `across${row.source}_${j}`;
        body.add(
          `won${n}_${j}_0 = select(won${n}_${j}_0, kx${row.source}_${j} + ${row.tap * SIDE}, ${value} > found${j}_${n});`,
          `found${j}_${n} = select(found${j}_${n}, ${value}, ${value} > found${j}_${n});`,
        );
      }
    }
    body.each(open, (n) => [`best${j}_${n} = found${j}_${n + 1};`, `place${j}_${n} = won${n + 1}_${j}_0;`]);
  }
  loadRow(body, blocks, [0], { name: 'g', tensor: 'dy', side: 'target', owner: `(t - ${most})`, lattice: 0 });
  shuffleRow(body, closed, 'g', { taps: back });
  shuffleRow(body, closed, 'won0', { taps: back, missing: 'nowhere' });
  const parts = (j: string, a: number, b: number, n: number): string[] =>
    taps
      .filter(({ source, shift }) => source === a && shift === rowsOf(a).last + n)
      .flatMap((row) =>
        taps
          .filter(({ source }) => source === b)
          .map((tap) => {
            const won = `${seen('won0', j, windowOver(tap))} == vec4i(${row.tap * SIDE + tap.tap})`;
            return `select(vec4f(), ${seen('g', j, windowOver(tap))}, ${won})`;
          }),
      );
  for (const j of blocks) {
    for (const a of lattices) {
      for (const b of lattices) {
        const older = rowsOf(a).span > 0 ? [`s${j}_${a}_${b}_0`] : [];
        body.add(`let done${j}_${a}_${b} = ${total([...older, ...parts(j, a, b, 0)])};`);
      }
    }
  }
  carry(parts);
  store((j, a, b) => `done${j}_${a}_${b}`);
  // Rows that no window covers any more.
  body.add('}', 'for (var t = middle; t < end; t++) {');
  store((j, a, b) => (rowsOf(a).span > 0 ? `s${j}_${a}_${b}_0` : 'vec4f()'));
  carry(() => []);
  body.add('}', '}');
  return poolKernel('max_pool_gradient_rolling', tuning, [...reads('dy', 'x'), writes('y')], body);
});

function rolled(
  make: (tuning: Tuning) => PoolKernel,
  profile: Profile,
  rolling: Rolling,
  bindings: readonly Binding[],
  { up = false, overlap = 0 }: { readonly up?: boolean; readonly overlap?: number } = {},
): Dispatch | undefined {
  const choice = rolling.taps === SIDE ? chooseRolling(profile, rolling, up, overlap) : undefined;
  if (!choice) return undefined;
  const { tuning, values } = choice;
  const slices = slicesFor(profile, choice, WORK);
  const block = { ...values, slices, lowest: -Infinity };
  return dispatch(make(tuning), bindings, block, [slices, values.quads, 1]);
}

/** The dispatch of a max pool; undefined where no template applies, as below. */
export function rollingMaxPool(
  profile: Profile,
  rolling: Rolling,
  bindings: readonly Binding[],
): Dispatch | undefined {
  return rolled(maxPool, profile, rolling, bindings);
}

/** Of its gradient, from the gradient that comes in and the images. */
export function rollingMaxPoolGradient(
  profile: Profile,
  rolling: Rolling,
  bindings: readonly Binding[],
): Dispatch | undefined {
  return rolled(maxPoolGradient, profile, rolling, bindings, { overlap: OVERLAP });
}

export function rollingAvgPool(
  profile: Profile,
  rolling: Rolling,
  bindings: readonly Binding[],
): Dispatch | undefined {
  return rolled(avgPool, profile, rolling, bindings);
}

export function rollingAvgPoolGradient(
  profile: Profile,
  rolling: Rolling,
  bindings: readonly Binding[],
): Dispatch | undefined {
  return rolled(avgPoolGradient, profile, rolling, bindings, { up: true });
}
