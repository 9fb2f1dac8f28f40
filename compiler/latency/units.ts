/**
 * What latency is measured of: the ops that a network runs, after the passes that drop, share and fuse them. One unit is an op
 * with its attributes and the shapes of its tensors, the batch included. Units of equal keys take equal time, whatever network
 * they are in, so that a table of them predicts networks that nobody has run (FBNet, Wu et al. 2019, section 3.2; ProxylessNAS,
 * Cai et al. 2019, section 3.3.1).
 */
import { refuse } from '../../grammar/diagnostics.ts';
import { present } from '../../util/invariant.ts';
import { GraphBuilder } from '../graph/builder.ts';
import type { Graph, NodeId } from '../graph/graph.ts';
import { runGraphPasses } from '../graph/pipeline.ts';
import { caseGraph, caseSite } from '../kernelSet/caseGraph.ts';
import { casesOf, type Case } from '../kernelSet/cases.ts';
import type { Architecture } from '../space/architecture.ts';
import { instantiate } from '../space/instantiate.ts';
import { hasScan } from '../space/scans.ts';
import type { Space } from '../space/space.ts';
import { fuse } from '../wgsl/fuse.ts';
import { liesAlike } from '../wgsl/kernels/places.ts';
import { physicalShape, weightNodes } from '../wgsl/layout.ts';
import type { Operand } from '../wgsl/rule.ts';
import { nodeOf, schedule, type Unit } from '../wgsl/schedule.ts';
import { separateLayouts } from '../wgsl/separateLayouts.ts';
import type { Sample } from '../wgsl/tuning.ts';

/** An op that is timed alone. Plain data. */
export interface LatencyUnit {
  /** `conv 64x16x16x8 3x3x8x8w {"stride":[1,1],...}`: the row of the table that holds its time. */
  readonly key: string;
  readonly sample: Sample;
}

/** An operation of the language in one case, with the units that it runs. */
export interface LatencyCase extends Pick<Case, 'operation' | 'attributes' | 'shapes'> {
  /** None where it computes nothing: what follows reads its input. */
  readonly units: readonly LatencyUnit[];
}

/**
 * Every operation that the networks of a space can hold, with all arguments and shapes: each once, with the units of an
 * inference of `batch` examples. Refuses spaces with `scan`, whose stages are repeated.
 */
export function latencyCases(space: Space, batch: number): readonly LatencyCase[] {
  if (hasScan(space)) refuse('notYet', { what: 'the latency table of a space with `scan`' });
  const found = new Map<string, LatencyCase>();
  for (const one of casesOf(space, { everyShape: true })) {
    const { operation, attributes, shapes } = one;
    const key = JSON.stringify([operation, attributes, shapes]);
    const units = found.has(key) ? undefined : caseUnits(one, batch);
    if (units) found.set(key, { operation, attributes, shapes, units });
  }
  return [...found.values()];
}

/** The units of an operation alone; undefined where the shapes do not fit, which is so in cases that cannot occur. */
export function caseUnits(
  { operation, attributes, shapes }: Pick<Case, 'operation' | 'attributes' | 'shapes'>,
  batch: number,
): readonly LatencyUnit[] | undefined {
  const alone = { operation, attributes, shapes, wants: shapes.map(() => false), relu: false };
  const graph = caseGraph(alone, { mode: 'inference', batch, relu: false });
  return graph && unitsOf(graph, caseSite);
}

/** The units of an inference of an architecture, without those of the loss, which are the same for all. */
export function networkUnits(
  space: Space,
  architecture: Architecture,
  batch: number,
): readonly LatencyUnit[] {
  const network = instantiate(space, architecture, { batch, mode: 'inference' });
  return unitsOf(runGraphPasses(network, { loss: undefined }));
}

/** The units that compute the outputs of a graph, in order; of one site only, where it is given. */
function unitsOf(given: Graph, site?: string): readonly LatencyUnit[] {
  const graph = separateLayouts(given);
  const weights = weightNodes(graph);
  const roots = new Set(Object.values(graph.outputs));
  const { units } = fuse(schedule(graph, roots));
  return units
    .filter(({ node }) => site === undefined || node.site === site)
    .flatMap((unit) => unitOf(graph, unit, weights));
}

function unitOf(graph: Graph, unit: Unit, weights: ReadonlySet<NodeId>): readonly LatencyUnit[] {
  const { op, attributes } = unit.node;
  const inputs = unit.inputs.map((id): Sample['inputs'][number] => {
    const { shape, dtype } = nodeOf(graph, id);
    return { shape, dtype, weight: weights.has(id) };
  });
  if (op === 'reshape' && isView(graph, unit, weights)) return [];
  // Each part of a join is a dispatch of its own, so that a table needs no row for each combination of parts.
  if (op === 'concat') return inputs.map((part) => named({ op, attributes, inputs: [part, part] }));
  return [named({ op, attributes, inputs })];
}

/** Whether a reshape computes nothing: the same memory seen in another shape. */
function isView(graph: Graph, { inputs: [from], output }: Unit, weights: ReadonlySet<NodeId>): boolean {
  const operand = (id: NodeId): Operand => {
    const { shape, dtype } = nodeOf(graph, id);
    return { shape, dtype, physical: physicalShape(shape, weights.has(id)) };
  };
  return liesAlike(operand(present(from, 'the input of a reshape')), operand(output));
}

function named(sample: Sample): LatencyUnit {
  const { op, attributes, inputs } = sample;
  const shapes = inputs.map(
    ({ shape, dtype, weight }) => `${shape.join('x')}${dtype === 'i32' ? 'i' : ''}${weight ? 'w' : ''}`,
  );
  const told = Object.keys(attributes).length === 0 ? [] : [JSON.stringify(attributes)];
  return { key: [op, ...shapes, ...told].join(' '), sample };
}

/** How often the graph of a unit, as {@link unitGraph} builds it, does what the unit does. */
export function timesOf({ sample }: LatencyUnit): number {
  return sample.op === 'concat' ? sample.inputs.length : 1;
}

/** The graph of a unit alone, whose result is the output `y`. Sums of several terms are chains, which fusion makes one. */
export function unitGraph({ sample: { op, attributes, inputs } }: LatencyUnit): Graph {
  const builder = new GraphBuilder();
  const ids = inputs.map(({ shape, dtype, weight }, i) =>
    weight
      ? builder.parameter(`w${i}`, shape, { kind: 'constant', value: 0.01 })
      : builder.input(`x${i}`, shape, dtype),
  );
  const sum = op === 'add' && ids.length > 2;
  builder.outputs['y'] = sum
    ? ids.reduce((total, id) => builder.op('add', [total, id], {}))
    : builder.op(op, ids, attributes);
  return builder.finish();
}
