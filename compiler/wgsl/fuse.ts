/**
 * Fuses neighbours where a fused kernel saves a pass over memory:
 *  - sums of sums: where several gradients meet, they are added in one pass, from left to right as they would be alone;
 *  - relu behind an op whose kernel can apply it;
 *  - relu's gradient in front of the gradients of the batch norm under that relu, which recompute the sign.
 * Results are equal, bit for bit, with and without.
 */
import type { NodeId } from '../graph/graph.ts';
import type { OpName } from '../ops/attributes.ts';
import { nodeOf, type Schedule, type Unit } from './schedule.ts';

/** Ops whose kernels can apply a relu to what they give. */
export const takesRelu: ReadonlySet<OpName> = new Set([
  'batch_norm_training',
  'batch_norm_inference',
  'bias_add',
  'add',
]);

/** The schedule with fused units. */
export function fuse(schedule: Schedule): Schedule {
  return fuseGates(fuseRelus(fuseSums(schedule)));
}

/** Terms of one sum: with the sum itself, WebGPU's eight storage buffers. */
export const MOST_TERMS = 7;

function fuseSums(schedule: Schedule): Schedule {
  const readersOf = readers(schedule);
  const terms = new Map<NodeId, readonly NodeId[]>();
  const within = new Set<NodeId>();
  for (const { node, inputs, output } of schedule.units) {
    if (node.op !== 'add') continue;
    const [first, ...others] = inputs;
    const inner = first === undefined ? undefined : terms.get(first);
    const isAlone = first !== undefined && !schedule.roots.has(first) && readersOf[first]?.length === 1;
    if (inner && isAlone && !others.includes(first) && inner.length + others.length <= MOST_TERMS) {
      within.add(first);
      terms.set(output, [...inner, ...others]);
    } else terms.set(output, inputs);
  }
  if (within.size === 0) return schedule;
  const units: Unit[] = [];
  for (const unit of schedule.units) {
    if (within.has(unit.output)) continue;
    const inputs = terms.get(unit.output) ?? unit.inputs;
    units.push(inputs === unit.inputs ? unit : { ...unit, inputs });
  }
  return { ...schedule, units };
}

/** The units that read each node, by its number. */
function readers({ graph, units }: Schedule): readonly (readonly Unit[] | undefined)[] {
  const found = Array.from<Unit[] | undefined>({ length: graph.nodes.length });
  for (const unit of units) {
    for (const id of unit.inputs) {
      const list = found[id];
      if (!list) found[id] = [unit];
      else if (list.at(-1) !== unit) list.push(unit);
    }
  }
  return found;
}

function fuseRelus(schedule: Schedule): Schedule {
  const readersOf = readers(schedule);
  const behind = new Map<NodeId, NodeId>();
  for (const { node, output, fusion } of schedule.units) {
    if (!takesRelu.has(node.op) || fusion.relu || schedule.roots.has(output)) continue;
    const found = readersOf[output];
    const reader = found?.[0];
    if (reader?.node.op === 'relu' && found?.length === 1) behind.set(output, reader.output);
  }
  const fusedRelus = new Set(behind.values());
  const units: Unit[] = [];
  for (const unit of schedule.units) {
    const relu = behind.get(unit.output);
    if (relu !== undefined) units.push({ ...unit, output: relu, fusion: { ...unit.fusion, relu: true } });
    else if (!fusedRelus.has(unit.output)) units.push(unit);
  }
  return { ...schedule, units };
}

function fuseGates(schedule: Schedule): Schedule {
  const { graph, roots } = schedule;
  const readersOf = readers(schedule);
  const gates = new Map<NodeId, { readonly dy: NodeId; readonly extra: readonly NodeId[] }>();
  for (const { node, inputs, output } of schedule.units) {
    const [dy, y] = inputs;
    if (node.op !== 'relu_gradient' || dy === undefined || y === undefined || roots.has(output)) continue;
    const relu = nodeOf(graph, y);
    const [under] = relu.kind === 'op' && relu.op === 'relu' ? relu.inputs : [];
    const norm = under === undefined ? undefined : nodeOf(graph, under);
    if (norm?.kind !== 'op' || norm.op !== 'batch_norm_training') continue;
    const [x, scale, shift, moments] = norm.inputs;
    if (scale === undefined || shift === undefined) continue;
    const { epsilon } = norm.attributes;
    const fits = ({ node: reader, inputs: [gradient, ...read] }: Unit): boolean =>
      (reader.op === 'batch_norm_gradient_sums' || reader.op === 'batch_norm_input_gradient') &&
      reader.attributes.epsilon === epsilon &&
      gradient === output &&
      read[0] === x &&
      read[1] === moments &&
      !read.slice(2).includes(output);
    if ((readersOf[output] ?? []).every(fits)) gates.set(output, { dy, extra: [scale, shift] });
  }
  const units: Unit[] = [];
  for (const unit of schedule.units) {
    if (gates.has(unit.output)) continue;
    const [first] = unit.inputs;
    const gate = first === undefined ? undefined : gates.get(first);
    if (!gate) units.push(unit);
    else {
      const inputs = [gate.dy, ...unit.inputs.slice(1), ...gate.extra];
      units.push({ ...unit, inputs, fusion: { ...unit.fusion, gate: true } });
    }
  }
  return { ...schedule, units };
}
