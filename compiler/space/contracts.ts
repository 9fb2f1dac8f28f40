/** `normal cell` and `reduction cell`: what a cell promises of its result. */
import type { CellNode } from '../../grammar/ast.ts';
import type { Location } from '../../grammar/source.ts';
import type { Shape } from '../graph/graph.ts';
import { describeShape } from '../ops/takes.ts';
import type { Elaboration } from './elaboration.ts';
import { both } from './open.ts';
import { inEveryCase, noteOf } from './settle.ts';
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
  interface Broken {
    readonly first: string;
    readonly second: string;
  }
  inEveryCase<Shape, true, Broken>(
    e,
    [before, after],
    where,
    ([x = [], y = []]): true | Broken =>
      x.length === 3 && y.length === 3 && y[0] === kept(x[0]) && y[1] === kept(x[1])
        ? true
        : { first: describeShape(x), second: describeShape(y) },
    (found): found is Broken => found !== true,
    ({ first, second }, reachable) => {
      e.report('brokenContract', { cell: node.name.text, contract, first, second }, at, () => ({
        notes: noteOf(e, reachable),
      }));
    },
  );
}
