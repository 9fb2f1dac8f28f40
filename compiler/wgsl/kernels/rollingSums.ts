/**
 * The loops of rolling kernels that make a target of one source. At each step a row of owners of the source comes in,
 * which a few rows of the target read: their sums (or what else is folded) are carried along until they are complete.
 */
import type { Lines } from '../source.ts';
import { count, distinct, reachOf, tapsOf, type Tap, type Tuning } from './rolling.ts';
import { findColumns, findNeighbours, findRows, loadedBlocks, openTiles, ownBlocks } from './rollingLanes.ts';

/** An element of the target that a lane makes at each step. */
export interface Element {
  readonly block: string;
  /** Which of the owner's rows and columns. */
  readonly row: number;
  readonly column: number;
}

/** How a kernel makes its target. */
export interface Sums {
  /** Adds what is worked out once for each block of a tile. */
  readonly tile?: () => void;
  /** Adds the statements that load the row `lattice` of owner `t` of the source. */
  readonly load: (lattice: number) => void;
  /** What a tap along the column adds to an element. */
  readonly terms: (element: Element, tap: Tap) => readonly string[];
  /** Terms, perhaps none, as one value. */
  readonly fold: (terms: readonly string[]) => string;
  /** What is stored of a complete sum; the element lies in row `row{lattice}` of the target. */
  readonly finish?: (sum: string, element: Element) => string;
}

/** The sum of terms. */
export function total(terms: readonly string[]): string {
  return terms.length > 0 ? terms.join(' + ') : 'vec4f()';
}

const nameOf = ({ block, row, column }: Element): string => `${block}_${row}_${column}`;

/** Writes all tiles of a target `y`; sees `quad` and `phase`. */
export function rollSums(body: Lines, tuning: Tuning, sums: Sums): void {
  const taps = tapsOf(tuning);
  const [least, most] = reachOf(taps);
  const sources = distinct(taps.map(({ source }) => source));
  const targets = count(tuning.up ? tuning.stride : 1);
  const elements = ownBlocks(tuning).flatMap((block) =>
    targets.flatMap((row) => targets.map((column): Element => ({ block, row, column }))),
  );
  /** What a step adds to the sum that is complete `steps` steps later. */
  const added = (element: Element, steps: number): string[] =>
    taps
      .filter(({ target, shift }) => target === element.row && shift === most - steps)
      .flatMap((tap) => sums.terms(element, tap));
  /** Sums of an element that are carried from step to step; the first is complete at the next step. */
  const carried = (element: Element): number =>
    Math.max(0, ...count(most - least + 1).filter((steps) => added(element, steps).length > 0));
  const sum = (element: Element, steps: number): string[] =>
    steps < carried(element) ? [`s${nameOf(element)}_${steps}`] : [];
  const carry = (terms: (element: Element, steps: number) => readonly string[]): void => {
    for (const element of elements) {
      body.each(carried(element), (steps) => {
        const value = sums.fold([...sum(element, steps + 1), ...terms(element, steps + 1)]);
        return `s${nameOf(element)}_${steps} = ${value};`;
      });
    }
  };
  const store = (value: (element: Element) => string): void => {
    for (const row of targets) {
      body.add(
        `let row${row} = target_y + (t - ${most}) * u.targetStepY + ${row};`,
        `let row${row}_exists = row${row} >= 0 && row${row} < u.targetRows;`,
      );
    }
    for (const element of elements) {
      const { block, row, column } = element;
      const stored = sums.finish?.(value(element), element) ?? value(element);
      body.add(
        `if (row${row}_exists && target${block}_${column}_exists) {`,
        `y[target${block}_${column}_at + row${row} * target_row] = ${stored};`,
        '}',
      );
    }
  };

  findNeighbours(body, tuning, taps);
  findRows(body, sources, 'source');
  findRows(body, targets, 'target');
  body.add(
    `let begin = max(target_begin + ${least}, min(source_begin, target_begin + ${most}));`,
    `let end = target_end + ${most};`,
    'let middle = clamp(source_end, begin, end);',
  );
  openTiles(body, tuning);
  findColumns(body, loadedBlocks(tuning), sources, 'source');
  findColumns(body, ownBlocks(tuning), targets, 'target');
  sums.tile?.();
  for (const element of elements) {
    body.each(carried(element), (steps) => `var s${nameOf(element)}_${steps} = ${sums.fold([])};`);
  }
  body.add('for (var t = begin; t < middle; t++) {');
  for (const lattice of sources) sums.load(lattice);
  for (const element of elements) {
    body.add(`let done${nameOf(element)} = ${sums.fold([...sum(element, 0), ...added(element, 0)])};`);
  }
  carry(added);
  store((element) => `done${nameOf(element)}`);
  // The source has ended, some sums have not.
  body.add('}', 'for (var t = middle; t < end; t++) {');
  store((element) => sums.fold(sum(element, 0)));
  carry(() => []);
  body.add('}', '}');
}
