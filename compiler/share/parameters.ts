/** The weights that the networks of a space share: all that any of them has, each once. */
import { present } from '../../util/invariant.ts';
import { GraphBuilder, ShapeError } from '../graph/builder.ts';
import type { NodeId, Shape } from '../graph/graph.ts';
import { fixedCases, isTaken } from '../kernelSet/cases.ts';
import { elementsOf } from '../ops/shapes.ts';
import { operations } from '../ops/operations.ts';
import { attributesOf, buildOperation } from '../space/build.ts';
import { reached } from '../space/reached.ts';
import type { Apply, Space } from '../space/space.ts';
import type { SharedParameter } from '../wgsl/shared.ts';
import { refuse } from '../../grammar/diagnostics.ts';

/**
 * Lists them in the order of the space's nodes. A weight is shared by all that name it: the uses of a stage that is bound once,
 * the networks that take the same operation at the same place. Where widths or kernels are open, it is as large as the largest,
 * and smaller ones are slices of it.
 */
export function sharedParameters(space: Space): readonly SharedParameter[] {
  const needed = reached(space, [space.output]);
  const found = new Map<string, SharedParameter>();
  for (const node of space.nodes) {
    if (node.kind !== 'apply' || !needed.has(node.id)) continue;
    if (operations[node.operation].tensors === 'list') continue; // merges have no weights
    for (const parameter of parametersOf(space, node)) {
      const known = found.get(parameter.name);
      found.set(parameter.name, known === undefined ? parameter : larger(known, parameter, node));
    }
  }
  return [...found.values()];
}

/** A weight that holds both; it begins as the larger one does. */
function larger(one: SharedParameter, other: SharedParameter, { location }: Apply): SharedParameter {
  const axes = [one.shape.length, other.shape.length];
  if (axes[0] !== axes[1]) {
    const what = `${one.name}, which has ${axes[0]} axes in one network and ${axes[1]} in another`;
    return refuse('cannotRelax', { what }, { at: location });
  }
  const { init } = elementsOf(one.shape) >= elementsOf(other.shape) ? one : other;
  const shape = one.shape.map((size, axis) => Math.max(size, present(other.shape[axis], 'an axis')));
  return { name: one.name, shape, init };
}

/** The weights of one operation, in all shapes that it can have. */
function* parametersOf(space: Space, node: Apply): Generator<SharedParameter> {
  const tensors = node.inputs.map((id) => present(space.nodes[id], 'an input of an operation'));
  const shapes = tensors.map(({ shape }) => shape);
  const names = Object.keys(node.attributes);
  for (const { values, shapes: inputs } of fixedCases(node, shapes)) {
    const builder = new GraphBuilder();
    const read = inputs.map((shape: Shape, i): NodeId => {
      const tensor = tensors[i];
      return builder.input(`x${i}`, [1, ...shape], tensor?.kind === 'input' ? tensor.dtype : 'f32');
    });
    const given = Object.fromEntries(names.map((name, i) => [name, present(values[i], name)]));
    if (!isTaken(node.operation, given)) continue; // a case that cannot occur
    const defaults = operations[node.operation].params.flatMap(({ name, default: value }) =>
      value === undefined ? [] : [[name, value] as const],
    );
    const attributes = attributesOf(node.operation, { ...Object.fromEntries(defaults), ...given });
    const use = { operation: node.operation, site: node.site, mode: 'batch statistics', attributes } as const;
    try {
      buildOperation(builder, new Map(), use, read);
    } catch (error) {
      // Where there are too many decisions to tell, cases are tried that cannot occur.
      if (error instanceof ShapeError) continue;
      throw error;
    }
    for (const built of builder.nodes) {
      if (built.kind === 'parameter') yield { name: built.name, shape: built.shape, init: built.init };
    }
  }
}
