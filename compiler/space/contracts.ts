/** `normal cell` and `reduction cell`: what a cell promises of its result. */
import type { CellNode } from '../../grammar/ast.ts';
import type { Location } from '../../grammar/source.ts';
import { describeShape } from '../ops/takes.ts';
import type { Elaboration } from './elaboration.ts';
import { both, holds, mapOpen, never } from './open.ts';
import { noteOf, valueUnder } from './settle.ts';
import type { Open } from './space.ts';
import type { Value } from './values.ts';

/** The result has the height and width of the last tensor parameter, or half of them (rounded up). */
export function checkContract(
  e: Elaboration,
  node: CellNode,
  tensors: readonly Value[],
  value: Value,
  exists: Open<boolean>,
  at: Location,
): void {
  const { contract } = node;
  const last = tensors.at(-1);
  if (contract === undefined || last?.kind !== 'tensor' || value.kind !== 'tensor') return;
  const [before, after] = [e.node(last.node).shape, e.node(value.node).shape];
  const where = both(exists, both(last.present, value.present));
  const kept = (size: number | undefined): number =>
    contract === 'normal' ? (size ?? 0) : Math.ceil((size ?? 0) / 2);
  const broken = mapOpen([before, after], where, ([x, y]) =>
    x.length === 3 && y.length === 3 && y[0] === kept(x[0]) && y[1] === kept(x[1])
      ? ''
      : `${describeShape(x)}|${describeShape(y)}`,
  );
  if (broken === undefined) return;
  const failing = e.feasible(
    both(
      where,
      holds(broken, (text) => text !== ''),
    ),
  );
  if (failing === never) return;
  const told = valueUnder(broken, e.tell(failing).choices, (text) => text !== '') ?? '';
  const [first = '', second = ''] = told.split('|');
  e.report('brokenContract', { cell: node.name.text, contract, first, second }, at, () => ({
    notes: noteOf(e, failing),
  }));
}
