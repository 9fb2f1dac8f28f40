/** One case of an operation as a small graph of its own, forward and backward, with the passes that networks go through. */
import { backward } from '../graph/autodiff.ts';
import { GraphBuilder, ShapeError } from '../graph/builder.ts';
import type { Graph, NodeId } from '../graph/graph.ts';
import { runGraphPasses } from '../graph/pipeline.ts';
import { operations, type Mode } from '../ops/operations.ts';
import { elementsOf } from '../ops/shapes.ts';
import { elementsTaken } from '../ops/takes.ts';
import { attributesOf, buildOperation } from '../space/build.ts';
import type { Case } from './cases.ts';

/** The site of what belongs to the case: what stands for the network around it has another one. */
export const caseSite = 'case';

export interface CaseForm {
  readonly mode: Mode;
  readonly batch: number;
  /** Whether a relu follows. */
  readonly relu: boolean;
}

/** The graph; undefined where the shapes do not fit, which is so in cases that cannot occur. */
export function caseGraph(one: Case, { mode, batch, relu }: CaseForm): Graph | undefined {
  const { operation, attributes, shapes, wants } = one;
  const builder = new GraphBuilder();
  const dtype = elementsTaken(operations[operation]);
  const inputs = shapes.map((shape, i) => builder.input(`x${i}`, [batch, ...shape], dtype));
  const use = { operation, attributes: attributesOf(operation, attributes), site: caseSite, mode };
  let y: NodeId;
  try {
    y = buildOperation(builder, new Map(), use, inputs);
  } catch (error) {
    if (error instanceof ShapeError) return undefined;
    throw error;
  }
  builder.site = caseSite;
  if (relu) y = builder.op('relu', [y], {});
  builder.outputs['y'] = y;
  if (mode === 'training') {
    const sources = inputs.filter((_, i) => wants[i]);
    addGradients(builder, y, sources);
  }
  return runGraphPasses(builder.finish(), { loss: undefined });
}

/** Gradients of parameters and of `sources`, for a gradient of `y` that may be anything. */
function addGradients(builder: GraphBuilder, y: NodeId, sources: readonly NodeId[]): void {
  const parameters = builder.nodes.filter(({ kind }) => kind === 'parameter').map(({ id }) => id);
  builder.site = 'around';
  const shape = builder.shape(y);
  const product = builder.op('mul', [y, builder.input('dy', shape)], {});
  const flat = builder.op('reshape', [product], { shape: [elementsOf(shape)] });
  const sum = builder.op('reduce', [flat], { kind: 'sum', axes: [0] });
  const gradients = backward(builder, sum, [...parameters, ...sources]);
  for (const parameter of parameters) {
    const gradient = gradients.get(parameter);
    if (gradient !== undefined) builder.gradients.push({ parameter, gradient });
  }
  sources.forEach((source, i) => {
    const gradient = gradients.get(source);
    if (gradient !== undefined) builder.outputs[`dx${i}`] = gradient;
  });
}
