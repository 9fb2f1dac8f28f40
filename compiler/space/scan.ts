/** `xs |> scan(f, units)`: a stage folded over a sequence, as recurrent cells are. */
import type { Location } from '../../grammar/source.ts';
import type { Shape } from '../graph/graph.ts';
import { describeShape } from '../ops/takes.ts';
import { itemsOf } from './choices.ts';
import { fixedValue, type Context, type Elaboration } from './elaboration.ts';
import { always, fixed } from './diagrams.ts';
import { mapOpen, valuesOf } from './open.ts';
import type { SpaceNodeId } from './space.ts';
import { describe, errorVal, tensorVal, type Value } from './values.ts';

/** The stage of a sequence that folds `f` over it. */
export function scanOf(
  e: Elaboration,
  stage: Value | undefined,
  width: Value | undefined,
  context: Context,
  at: Location,
): Value {
  if (stage?.kind !== 'stage' || stage.arity < 2) {
    const found = stage ? describe(stage) : 'nothing';
    e.report('wrongKind', { found, wanted: 'a stage of an element and states for `scan`' }, at);
    return errorVal;
  }
  const units = width && fixedValue(width);
  if (typeof units !== 'number' || !Number.isInteger(units) || units < 1 || units > 1_000_000) {
    const found = width ? describe(width) : 'nothing';
    e.report('wrongKind', { found, wanted: 'a fixed number of units of the states' }, at);
    return errorVal;
  }
  return {
    kind: 'stage',
    arity: 1,
    name: 'scan',
    apply: ([sequence], exists, where) => {
      if (sequence?.kind !== 'tensor') {
        const found = sequence ? describe(sequence) : 'nothing';
        e.report('wrongKind', { found, wanted: 'a sequence before `scan`' }, where);
        return errorVal;
      }
      const shapes = valuesOf(e.node(sequence.node).shape);
      const [shape] = shapes;
      const [length = 0, features = 0] = shape ?? [];
      if (shapes.length !== 1 || shape?.length !== 2) {
        const found = shape ? describeShape(shape) : 'nothing';
        e.report('wrongKind', { found, wanted: 'a sequence of one length before `scan`' }, where);
        return errorVal;
      }
      const states = stage.arity - 1;
      const inputs: SpaceNodeId[] = [];
      for (let index = 0; index <= states; index++) {
        const own: Shape = [index === 0 ? features : units];
        inputs.push(e.addNode({ kind: 'scanInput', index, exists, shape: fixed(own) }, where));
      }
      const first = e.nodes.length;
      const result = stage.apply(
        inputs.map((id) => tensorVal(id)),
        exists,
        where,
      );
      if (result.kind === 'error') return errorVal;
      const parts = states === 1 ? [result] : (itemsOf(result) ?? [result]);
      const results = parts.flatMap((part) =>
        part.kind === 'tensor' && part.present === always ? [part.node] : [],
      );
      const sound =
        parts.length === states &&
        results.length === states &&
        results.every((id) => valuesOf(e.node(id).shape).every((s) => s.length === 1 && s[0] === units));
      if (!sound) {
        const wanted = `${states === 1 ? 'a vector' : `a tuple of ${states} vectors`} of ${units} from the stage of \`scan\``;
        const shown = results.length === 1 ? valuesOf(e.node(results[0] ?? 0).shape)[0] : undefined;
        e.report('wrongKind', { found: shown ? describeShape(shown) : describe(result), wanted }, where);
        return errorVal;
      }
      // What stands in the stage is computed once for every element; its weights are there once.
      for (let id = first; id < e.nodes.length; id++) {
        const node = e.node(id);
        if (node.kind !== 'apply') continue;
        const cost = mapOpen([node.cost], always, ([{ params, macs }]) => ({ params, macs: macs * length }));
        if (cost) e.nodes[id] = { ...node, cost };
      }
      const out: Shape = [length, units];
      const node = {
        kind: 'scan',
        sequence: sequence.node,
        inputs,
        results,
        exists,
        shape: fixed(out),
      } as const;
      return tensorVal(e.addNode(node, where), sequence.present);
    },
  };
}
