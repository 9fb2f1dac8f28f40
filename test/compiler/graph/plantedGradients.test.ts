/**
 * Whether the random graphs would notice a wrong gradient: each rule of the op table is made wrong, for one input after
 * the other, and so is the arithmetic of each op that only backward passes hold.
 */
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { differentiate } from '../../../compiler/graph/autodiff.ts';
import type { GraphBuilder } from '../../../compiler/graph/builder.ts';
import type { Graph, NodeId } from '../../../compiler/graph/graph.ts';
import type { OpName } from '../../../compiler/ops/attributes.ts';
import type { CpuTensor, GradientRule, OpRecord } from '../../../compiler/ops/op.ts';
import { opTable } from '../../../compiler/ops/table.ts';
import { runReference } from '../../../runtime/execute/reference.ts';
import { floorOf } from '../../arbitraries/differentiable/draws.ts';
import { judgeGraphs, type Case } from '../../arbitraries/differentiable/suite.ts';
import { wrongSlopes } from './centralDifferences.ts';

/** What a bug makes of a gradient. */
type Bug = (builder: GraphBuilder, gradient: NodeId) => NodeId;

const scaledBy =
  (factor: number): Bug =>
  (builder, gradient) => {
    const node = builder.node(gradient);
    // Of a step, whose gradient is zero everywhere, something leaks.
    if (node.kind === 'constant') return builder.constant(factor - 1, node.shape);
    return builder.op('scale', [gradient], { factor });
  };

const bugs: Readonly<Record<string, Bug>> = {
  'one part in a hundred too large': scaledBy(1.01),
  'of the wrong sign': scaledBy(-1),
};

/** A record whose rule and reference a test may replace; it is put back when the test ends. */
function replaceable(op: OpName): { gradient: unknown; reference: unknown } {
  const record: { gradient: unknown; reference: unknown } = opTable[op];
  const { gradient, reference } = record;
  onTestFinished(() => void Object.assign(record, { gradient, reference }));
  return record;
}

/** Makes the gradient for one input wrong. */
function plantInRule(op: OpName, input: number, bug: Bug): void {
  const { gradient: rule } = opTable[op] as OpRecord<OpName>;
  if (typeof rule !== 'function') throw new Error(`${op} has no rule`);
  const wrong: GradientRule<OpName> = (context) =>
    rule(context).map((gradient, i) =>
      i === input && gradient !== undefined ? bug(context.builder, gradient) : gradient,
    );
  replaceable(op).gradient = wrong;
}

/** Makes every result of an op one part in a hundred too large. */
function plantInReference(op: OpName): void {
  const { reference } = opTable[op] as OpRecord<OpName>;
  const wrong: OpRecord<OpName>['reference'] = (inputs, out: CpuTensor, attributes) => {
    reference(inputs, out, attributes);
    out.data.forEach((value, i) => {
      out.data[i] = 1.01 * value;
    });
  };
  replaceable(op).reference = wrong;
}

const holds = (graph: Graph, op: OpName): boolean =>
  graph.nodes.some((node) => node.kind === 'op' && node.op === op);

const opsOf = (graph: Graph): OpName[] =>
  graph.nodes.flatMap((node) => (node.kind === 'op' ? [node.op] : []));

const cases: Case[] = [];
beforeAll(async () => {
  await judgeGraphs((one) => void cases.push(one), { count: 100 });
});

/** Whether central differences contradict what some graph computes now. */
function isNoticed(candidates: readonly Case[]): boolean {
  return candidates.some(({ graph, drawn: { feeds } }) => {
    const expected = runReference(differentiate(graph, 'loss'), feeds, { precision: 'f64' });
    return wrongSlopes(graph, feeds, expected.gradients, floorOf(expected)).length > 0;
  });
}

const names = Object.keys(opTable) as OpName[];
const withRule = names.filter((op) => typeof opTable[op].gradient === 'function');

/** Inputs that take no gradient: whole numbers, statistics whose share is in another's, keys of randomness. */
const untrained: Partial<Record<OpName, readonly number[]>> = {
  batch_norm_training: [3],
  dropout: [1, 2],
  drop_path: [1, 2, 3],
  embedding: [0],
  softmax_cross_entropy: [1],
};

/** The inputs of an op that take gradients; of many, the first three. */
function inputsOf(op: OpName): number[] {
  const { arity } = opTable[op];
  const inputs = [...Array(arity === 'many' ? 3 : arity).keys()];
  return inputs.filter((input) => !untrained[op]?.includes(input));
}

test('nothing is wrong before', () => {
  expect(isNoticed(cases)).toBe(false);
});

describe.each(Object.entries(bugs))('a gradient %s', (_, bug) => {
  test.each(withRule.flatMap((op) => inputsOf(op).map((input) => [op, input] as const)))(
    '%s, input %i',
    (op, input) => {
      const candidates = cases.filter(({ graph }) => holds(graph, op));
      plantInRule(op, input, bug);
      expect(isNoticed(candidates), `${candidates.length} graphs hold ${op}`).toBe(true);
    },
  );
});

describe('a wrong result of', () => {
  const backwardOnly = names.filter((op) => 'none' in opTable[op].gradient);
  /** Ops without a gradient that no backward pass makes. */
  const elsewhere: readonly OpName[] = ['batch_norm_inference', 'update_statistics', 'correct'];

  test.each(backwardOnly.filter((op) => !elsewhere.includes(op)))('%s', (op) => {
    const candidates = cases.filter(({ drawn }) => opsOf(drawn.graph).includes(op));
    plantInReference(op);
    expect(isNoticed(candidates), `${candidates.length} graphs hold ${op}`).toBe(true);
  });
});
