/**
 * Latencies of the networks of a space, from a table of the times of their ops. Everything here is looked up and added: once
 * the table is there, nothing waits for a device.
 */
import { refuse } from '../../grammar/diagnostics.ts';
import { present } from '../../util/invariant.ts';
import type { Shape } from '../graph/graph.ts';
import type { OpName } from '../ops/attributes.ts';
import type { OperationName } from '../ops/operations.ts';
import type { Architecture } from '../space/architecture.ts';
import { always, never } from '../space/diagrams.ts';
import { answered, both, support } from '../space/open.ts';
import { readBy, reached } from '../space/reached.ts';
import {
  firstDerived,
  type Apply,
  type DecisionId,
  type Open,
  type Space,
  type SpaceNodeId,
  type StaticValue,
} from '../space/space.ts';
import { takesRelu } from '../wgsl/fuse.ts';
import { calibrated, type Calibration } from './calibration.ts';
import { evenly, expectation, type Probabilities } from './expectation.ts';
import { caseUnits, networkUnits, type LatencyUnit } from './units.ts';

/** Milliseconds of each unit by its key. */
export type LatencyRows = Readonly<Record<string, number>>;

/** What predictions follow from. */
export interface MeasuredLatencies {
  /** Examples of an inference. */
  readonly batch: number;
  readonly rows: LatencyRows;
  readonly calibration: Calibration;
}

/** Predictions for one space. All numbers are milliseconds of an inference of the table's batch. */
export interface LatencyModel {
  /** The latency of a network. */
  readonly milliseconds: (architecture: Architecture) => number;
  /** The sum of a network's rows, before it is calibrated. */
  readonly sum: (architecture: Architecture) => number;
  /**
   * What the option's own operations add: those that exist under this option only, and those whose arguments or shapes the
   * decision decides. Where these depend on further decisions it is the expectation over them, drawn by `probabilities`
   * (evenly where left out), given that the decision exists. 0 for an option that computes nothing.
   */
  readonly option: (decision: DecisionId, option: number, probabilities?: Probabilities) => number;
  /**
   * The expected latency where every decision that exists is answered by `probabilities` (ProxylessNAS, Cai et al. 2019, section 3.3.1: the sum over
   * choices of probability times latency of the choice). Multilinear in the probabilities, so that
   * {@link LatencyModel.gradient} is exact. Counts every operation as if it stood alone, which is what a sum over choices can
   * tell: what the compiler drops or shares in a whole network is left out.
   */
  readonly expected: (probabilities: Probabilities) => number;
  /** The derivative of {@link LatencyModel.expected} by the probability of each option, decision by decision. */
  readonly gradient: (probabilities: Probabilities) => Probabilities;
}

/** The predictions of a table. They refuse networks with an op that is not in it. */
export function latencyModel(space: Space, { batch, rows, calibration }: MeasuredLatencies): LatencyModel {
  const { intercept, factor } = calibration;
  const sumOf = (units: readonly LatencyUnit[]): number =>
    units.reduce((sum, { key }) => sum + rowOf(rows, key), 0);
  const sum = (architecture: Architecture): number => sumOf(networkUnits(space, architecture, batch));
  let known: readonly NodeLatency[] | undefined;
  const nodes = (): readonly NodeLatency[] => (known ??= nodeLatencies(space, batch, sumOf));
  const expected = (probabilities: Probabilities): number =>
    nodes().reduce((total, node) => total + factor * expectationOf(space, probabilities, node), intercept);
  return {
    sum,
    milliseconds: (architecture) => calibrated(calibration, sum(architecture)),
    expected,
    gradient: (probabilities) =>
      space.decisions.map(({ id, options }) => {
        const concerned = nodes().filter((node) => node.decisions.has(id));
        return options.map((_, option) => {
          const certain = answeredBy(probabilities, id, option);
          const part = concerned.reduce((total, node) => total + expectationOf(space, certain, node), 0);
          return factor * part;
        });
      }),
    option: (decision, option, probabilities = evenly(space)) => {
      const { exists } = present(space.decisions[decision], 'latency: decision', decision);
      const certain = answeredBy(probabilities, decision, option);
      const there = expectation(space, certain, [exists], ([is]) => (is === true ? 1 : 0));
      if (there === 0) return 0;
      const own = nodes().filter((node) => isOwn(space, node, decision, option));
      const total = own.reduce((part, { values, time }) => {
        return (
          part +
          expectation(space, certain, [exists, ...values], ([is, ...rest]) => (is === true ? time(rest) : 0))
        );
      }, 0);
      return (factor * total) / there;
    },
  };
}

function rowOf(rows: LatencyRows, key: string): number {
  const row = Object.hasOwn(rows, key) ? rows[key] : undefined;
  return row ?? refuse('latencyRowMissing', { row: key });
}

/** An operation of the space, with what its latency follows from. */
interface NodeLatency {
  readonly node: Apply;
  /** Whether it exists, then its arguments, the shapes of its inputs, and whether each of these is there. */
  readonly values: readonly Open<unknown>[];
  /** Its latency alone in one case of the values; 0 where it does not exist. */
  readonly time: (values: readonly unknown[]) => number;
  /** All decisions that the values depend on. */
  readonly decisions: ReadonlySet<DecisionId>;
  /** Those that its arguments and shapes depend on. */
  readonly form: ReadonlySet<DecisionId>;
}

/** The operations that the output may need. */
function nodeLatencies(
  space: Space,
  batch: number,
  sumOf: (units: readonly LatencyUnit[]) => number,
): readonly NodeLatency[] {
  const needed = reached(space, [space.output]);
  const readers = new Map<SpaceNodeId, number>();
  for (const node of space.nodes) {
    if (!needed.has(node.id)) continue;
    for (const id of readBy(node)) readers.set(id, (readers.get(id) ?? 0) + 1);
  }
  const times = new Map<string, number>();
  return space.nodes.flatMap((node): NodeLatency[] => {
    if (node.kind !== 'apply' || !needed.has(node.id) || fusesBehind(space, node, readers)) return [];
    const { operation } = node;
    const names = Object.keys(node.attributes);
    const attributes = Object.values(node.attributes);
    const inputs = node.inputs.map((id) => present(space.nodes[id], 'an input of an operation'));
    const shapes = inputs.map(({ shape }) => shape);
    // What is `none` does not exist, and is no part of a merge.
    const lists = inputs.map(({ exists }, i) => both(exists, node.when[i] ?? always));
    const time = ([exists, ...values]: readonly unknown[]): number => {
      if (exists !== true) return 0;
      const there = values.slice(names.length + shapes.length);
      const read = values
        .slice(names.length, names.length + shapes.length)
        .filter((shape, i) => shape !== undefined && there[i] === true);
      // The values are the arguments, then the shapes.
      const given = Object.fromEntries(names.map((name, i) => [name, values[i] as StaticValue]));
      const key = JSON.stringify([operation, given, read]);
      const before = times.get(key);
      if (before !== undefined) return before;
      const one = { operation, attributes: given, shapes: read as readonly Shape[] };
      const found = sumOf(caseUnits(one, batch) ?? []);
      times.set(key, found);
      return found;
    };
    const values = [node.exists, ...attributes, ...shapes, ...lists];
    const form = new Set([...attributes, ...shapes].flatMap((open) => support(open)));
    return [{ node, values, time, decisions: dependencies(space, values), form }];
  });
}

/** Whether a relu is computed by the kernel of what it reads: nobody else reads that, and its last op takes a relu. */
function fusesBehind(space: Space, node: Apply, readers: ReadonlyMap<SpaceNodeId, number>): boolean {
  const [id] = node.inputs;
  const before = id === undefined ? undefined : space.nodes[id];
  if (node.operation !== 'relu' || before?.kind !== 'apply' || readers.get(before.id) !== 1) return false;
  return endsIn(before).some((op) => takesRelu.has(op));
}

/** The op that a fused relu would follow, of operations that have one. */
function endsIn({ operation, attributes, inputs }: Apply): readonly OpName[] {
  const ends: { readonly [K in OperationName]?: readonly OpName[] } = {
    batch_norm: ['batch_norm_inference'],
    add: inputs.length > 1 ? ['add'] : [],
  };
  const bias = attributes['bias'];
  return ends[operation] ?? (bias?.kind === 'fixed' && bias.value === true ? ['bias_add'] : []);
}

/** All decisions that a value depends on: those that it tests, and those that decide whether these exist or what is allowed. */
function dependencies(space: Space, values: readonly Open<unknown>[]): ReadonlySet<DecisionId> {
  const definitions = new Map(space.derived.map(({ id, definition }) => [id, definition]));
  const found = new Set<DecisionId>();
  const visit = (open: Open<unknown>): void => {
    for (const id of support(open)) {
      if (found.has(id)) continue;
      found.add(id);
      if (id >= firstDerived) visit(present(definitions.get(id), 'a derived value'));
      else {
        const { exists, options } = present(space.decisions[id], 'a decision');
        visit(exists);
        for (const { allowed } of options) if (allowed) visit(allowed);
      }
    }
  };
  values.forEach(visit);
  return found;
}

function expectationOf(space: Space, probabilities: Probabilities, { values, time }: NodeLatency): number {
  return expectation(space, probabilities, values, time);
}

/** Probabilities with one decision answered for certain. */
function answeredBy(probabilities: Probabilities, decision: DecisionId, option: number): Probabilities {
  return probabilities.map((given, id) =>
    id === decision ? given.map((_, i) => (i === option ? 1 : 0)) : given,
  );
}

/** Whether an operation belongs to an option: it is there under no other one, or is made by the decision. */
function isOwn(space: Space, { node, form }: NodeLatency, decision: DecisionId, option: number): boolean {
  if (form.has(decision)) return true;
  const { options } = present(space.decisions[decision], 'latency: decision', decision);
  const under = (other: number): Open<boolean> | undefined => answered(node.exists, decision, other);
  if (!support(node.exists).includes(decision) || (under(option) ?? never) === never) return false;
  return options.every((_, other) => other === option || (under(other) ?? never) === never);
}
