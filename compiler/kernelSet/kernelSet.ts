/**
 * The kernels of a space: all that its networks can need, known before any of them is drawn.
 *
 * A kernel's text depends on the template, its tuning and the adapter's profile, and which template is taken on shapes and
 * attributes. So every operation is lowered in each case that it can have (`cases.ts`), alone and with what passes fuse to
 * it; what every network needs besides (the loss, sums of gradients, copies, the batch, records, the optimiser) is added.
 */
import { refuse } from '../../grammar/diagnostics.ts';
import { present } from '../../util/invariant.ts';
import { GraphBuilder } from '../graph/builder.ts';
import type { Graph, NodeId, OpNodeOf, Shape } from '../graph/graph.ts';
import { withClassificationLoss } from '../graph/loss.ts';
import { runGraphPasses } from '../graph/pipeline.ts';
import type { OpName } from '../ops/attributes.ts';
import type { AugmentSpec, NetworkTerms } from '../search/search.ts';
import { hasScan } from '../space/scans.ts';
import { relax, type RelaxOptions } from '../space/relax.ts';
import { valuesOf } from '../space/open.ts';
import type { Space, SpaceInput } from '../space/space.ts';
import { fuse, MOST_TERMS } from '../wgsl/fuse.ts';
import { augmentBatch } from '../wgsl/kernels/augment.ts';
import { gatherBatch } from '../wgsl/kernels/step.ts';
import { physicalShape, weightNodes } from '../wgsl/layout.ts';
import { planInference, planTraining, type TrainingOptions } from '../wgsl/lower.ts';
import type { PlanKernel, Profile } from '../wgsl/plan.ts';
import { input, output, type Fusion, type KernelRule, type Operand, type RuleContext } from '../wgsl/rule.ts';
import { nodeOf, schedule, type Unit } from '../wgsl/schedule.ts';
import { kernelTable } from '../wgsl/table.ts';
import { withWatch } from '../wgsl/watch.ts';
import { caseGraph, caseSite, type CaseForm } from './caseGraph.ts';
import { casesOf } from './cases.ts';

/** One way in which networks of the space are trained and measured. */
export interface SetTraining
  extends Pick<TrainingOptions, 'optimizer' | 'clip' | 'ema'>, NetworkTerms, AugmentSpec {
  readonly batch: number;
}

export interface KernelSetOptions {
  readonly profile: Profile;
  readonly trainings: readonly SetTraining[];
  /** Whether the kernels of the supernet are in the set too. Refuses a space that has none. */
  readonly supernet?: Omit<RelaxOptions, 'batch' | 'mode'>;
}

/** The kernels, in the order of their names. Equal shaders are one. */
export function kernelSet(space: Space, options: KernelSetOptions): readonly PlanKernel[] {
  const found = new Map<string, PlanKernel>();
  const collect = (kernels: Iterable<PlanKernel>): void => {
    for (const { name, wgsl, bindings, units } of kernels) found.set(wgsl, { name, wgsl, bindings, units });
  };
  const { profile, trainings, supernet } = options;
  if (hasScan(space)) refuse('notYet', { what: 'the kernel set of a space with `scan`' });
  const cases = casesOf(space, { heads: trainings.some(trainsHeads) ? space.auxiliary : [] });
  for (const batch of new Set(trainings.map((training) => training.batch))) {
    for (const one of cases) {
      for (const form of formsOf(batch, one.relu)) {
        const graph = caseGraph(one, form);
        if (graph) collect(kernelsOfCase(graph, profile));
      }
    }
    collect(sumKernels(batch, profile));
  }
  for (const training of trainings) {
    collect(frameKernels(space, profile, training));
    if (supernet) collect(supernetKernels(space, profile, training, supernet));
  }
  return [...found.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

const trainsHeads = ({ auxiliary }: SetTraining): boolean => auxiliary !== undefined;

const key = ({ name, wgsl }: PlanKernel): string => `${name} ${wgsl}`;

function* formsOf(batch: number, followed: boolean): Generator<CaseForm> {
  for (const mode of ['training', 'inference'] as const) {
    yield { mode, batch, relu: false };
    if (followed) yield { mode, batch, relu: true };
  }
}

/** The kernels of what belongs to the case, and not of what stands around it. */
function* kernelsOfCase(graph: Graph, profile: Profile): Generator<PlanKernel> {
  const weights = weightNodes(graph);
  const operand = (id: NodeId): Operand => {
    const { shape, dtype } = nodeOf(graph, id);
    return { shape, dtype, physical: physicalShape(shape, weights.has(id)) };
  };
  const roots = new Set<NodeId>([
    ...Object.values(graph.outputs),
    ...graph.gradients.map(({ gradient }) => gradient),
    ...graph.updates.map(({ value }) => value),
  ]);
  for (const unit of fuse(schedule(graph, roots)).units) {
    if (unit.node.site === caseSite) yield* kernelsOfUnit(unit, unit.node, operand, profile);
  }
}

function kernelsOfUnit<K extends OpName>(
  unit: Unit,
  node: OpNodeOf<K>,
  operand: (id: NodeId) => Operand,
  profile: Profile,
): readonly PlanKernel[] {
  // Kept statistics are moved where they lie.
  const fusion: Fusion = node.op === 'update_statistics' ? { ...unit.fusion, inPlace: true } : unit.fusion;
  const context: RuleContext<K> = {
    node,
    inputs: unit.inputs.map(operand),
    output: operand(unit.output),
    profile,
    fusion,
  };
  const rule: KernelRule<K> = kernelTable[node.op];
  return rule(context).map(({ kernel }) => kernel);
}

/** Where a tensor is read several times, its gradients are added up. */
function* sumKernels(batch: number, profile: Profile): Generator<PlanKernel> {
  for (let terms = 2; terms <= MOST_TERMS; terms++) {
    const builder = new GraphBuilder();
    const parts = Array.from({ length: terms }, (_, k) => builder.input(`x${k}`, [batch, 4]));
    builder.outputs['sum'] = parts.reduce((sum, part) => builder.op('add', [sum, part], {}));
    yield* planInference(builder.finish(), { profile }).kernels;
  }
}

/** What stands around every network: its batch, its loss, its records, what moves its parameters. */
function* frameKernels(space: Space, profile: Profile, training: SetTraining): Generator<PlanKernel> {
  const { batch, ...update } = training;
  const feed = { capacity: batch };
  for (const node of space.nodes) {
    if (node.kind !== 'input') continue;
    for (const shape of valuesOf(node.shape)) {
      yield gatherKernel(node, shape, batch);
      if (changesImages(training)) yield augmentKernel(node, shape, batch);
    }
  }
  if (training.dropPath !== undefined) yield* dropPathKernels(batch, profile);
  for (const shape of valuesOf(present(space.nodes[space.output], 'the output').shape)) {
    if (shape.length !== 1) refuse('notYet', { what: 'a loss of an output that is no vector' });
    const scores = (reduction: 'mean' | 'sum'): Graph => {
      const builder = new GraphBuilder();
      const heads = reduction === 'mean' && trainsHeads(training) ? space.auxiliary.map((h) => h.name) : [];
      // Scores that are trained themselves.
      for (const name of ['logits', ...heads]) {
        const init = { kind: 'constant', value: 0 } as const;
        builder.outputs[name] = builder.parameter(name, [batch, ...shape], init);
      }
      const auxiliary = { heads, weight: training.auxiliary ?? 0 };
      return withClassificationLoss(builder.finish(), { logits: 'logits', reduction, auxiliary });
    };
    const trained = runGraphPasses(scores('mean'), { loss: 'loss' });
    yield* withWatch(planTraining(trained, { profile, feed, ...update })).kernels;
    const measured = runGraphPasses(scores('sum'), { loss: undefined });
    yield* planInference(measured, { profile, feed }).kernels;
  }
}

function gatherKernel({ dtype }: SpaceInput, shape: Shape, batch: number): PlanKernel {
  const target = { shape: [batch, ...shape], physical: physicalShape([batch, ...shape], false), dtype };
  return gatherBatch(target, [input(0), input(1), input(2), output]).kernel;
}

const changesImages = ({ flip, crop, cutout }: SetTraining): boolean =>
  flip !== undefined || crop !== undefined || cutout !== undefined;

function augmentKernel({ dtype }: SpaceInput, shape: Shape, batch: number): PlanKernel {
  const target = { shape: [batch, ...shape], physical: physicalShape([batch, ...shape], false), dtype };
  return augmentBatch(target, {}, [input(0), input(1), input(2), input(3), output]).kernel;
}

/** A path that is dropped, forward; backward it is the same kernel. */
function* dropPathKernels(batch: number, profile: Profile): Generator<PlanKernel> {
  const builder = new GraphBuilder();
  const one = (name: string): NodeId => builder.input(name, [1]);
  const inputs = [builder.input('x', [batch, 4]), one('key'), one('step'), one('rate')];
  builder.outputs['y'] = builder.op('drop_path', inputs, {});
  yield* planInference(builder.finish(), { profile }).kernels;
}

function* supernetKernels(
  space: Space,
  profile: Profile,
  { batch, ...update }: SetTraining,
  options: Omit<RelaxOptions, 'batch' | 'mode'>,
): Generator<PlanKernel> {
  const feed = { capacity: batch };
  const network = (mode: RelaxOptions['mode'], reduction: 'mean' | 'sum'): Graph =>
    withClassificationLoss(relax(space, { ...options, batch, mode }).graph, { logits: 'logits', reduction });
  const trained = runGraphPasses(network('training', 'mean'), { loss: 'loss' });
  yield* withWatch(planTraining(trained, { profile, feed, ...update })).kernels;
  const measured = runGraphPasses(network('inference', 'sum'), { loss: undefined });
  yield* planInference(measured, { profile, feed }).kernels;
}
