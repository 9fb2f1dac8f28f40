/** Requirements and costs of one architecture, from the space alone. */
import { costOf } from '../../graph/cost.ts';
import type { Graph } from '../../graph/graph.ts';
import { peakMemory } from '../../graph/peakMemory.ts';
import { present } from '../../../util/invariant.ts';
import type { Architecture } from '../architecture.ts';
import { withDerived } from '../derived.ts';
import { instantiate, Taken } from '../instantiate.ts';
import { sameValue } from '../diagrams.ts';
import { evaluateOpen } from '../open.ts';
import type {
  Cost,
  CostName,
  Requirement,
  RequireExpression,
  Space,
  SpaceNodeId,
  StaticValue,
} from '../space.ts';

/** Params and multiply-accumulates of one architecture. */
export function costOfArchitecture(space: Space, architecture: Architecture): Cost {
  return costUnder(space, architecture.choices, withDerived(space, architecture.choices));
}

/** `choices` with the derived values, here and below. */
function costUnder(space: Space, answers: readonly number[], choices: readonly number[]): Cost {
  if (!space.narrowed) return costOf(trainedNetwork(space, answers));
  let [params, macs] = [0, 0];
  for (const node of space.nodes) {
    if (node.kind !== 'apply' || evaluateOpen(node.exists, choices) !== true) continue;
    const cost = present(evaluateOpen(node.cost, choices), 'the cost of a node');
    params += cost.params;
    macs += cost.macs;
  }
  return { params, macs };
}

/** The network for one input, as it runs once it is trained. */
function trainedNetwork(space: Space, choices: readonly number[]): Graph {
  return instantiate(space, { space: space.name, choices }, { batch: 1, mode: 'inference' });
}

/** The longest chain of operations with weights between an input and the output. */
function depthUnder(space: Space, answers: readonly number[], choices: readonly number[]): number {
  const weighted = weightedSites(space, choices);
  const taken = new Taken(space, answers);
  const depths = new Map<SpaceNodeId, number>();
  const deepest = (ids: readonly SpaceNodeId[]): number =>
    ids.reduce((most, id) => Math.max(most, depths.get(taken.resolve(id) ?? -1) ?? 0), 0);
  for (const node of space.nodes) {
    if (node.kind === 'scan') depths.set(node.id, deepest([node.sequence]) + deepest(node.results));
    else if (node.kind === 'apply' && evaluateOpen(node.exists, choices) === true) {
      depths.set(node.id, deepest(taken.inputs(node)) + (weighted.has(node.site) ? 1 : 0));
    }
  }
  return deepest([space.output]);
}

/** The sites that own weights, under answers with derived values. Of several uses, only the first is counted with them. */
function weightedSites(space: Space, choices: readonly number[]): ReadonlySet<string> {
  const sites = new Set<string>();
  for (const node of space.nodes) {
    if (node.kind !== 'apply' || evaluateOpen(node.exists, choices) !== true) continue;
    if ((evaluateOpen(node.cost, choices)?.params ?? 0) > 0) sites.add(node.site);
  }
  return sites;
}

/** What a requirement's costs are, for one architecture; undefined where they cannot be told. */
type CostOf = (name: CostName) => number | undefined;

/** An architecture about to be asked whether it meets requirements. */
export interface Judged {
  /** Its answers, with the derived values. */
  readonly choices: readonly number[];
  readonly costs: CostOf;
}

/** Prepares the architecture with these answers. Its costs are worked out when they are first asked for. */
export function judge(space: Space, answers: readonly number[]): Judged {
  const choices = withDerived(space, answers);
  let cost: Cost | undefined;
  const costs: CostOf = (name) => {
    if (name === 'depth') return depthUnder(space, answers, choices);
    if (name === 'peak_memory') return peakMemory(trainedNetwork(space, answers));
    cost ??= costUnder(space, answers, choices);
    return cost[name];
  };
  return { choices, costs };
}

/** Whether the architecture meets a requirement. */
export function meets({ exists, expression }: Requirement, { choices, costs }: Judged): boolean {
  if (evaluateOpen(exists, choices) !== true) return true;
  return evaluateExpression(expression, choices, costs) === true;
}

/** The value of an expression for one architecture; undefined where it has none. */
export function evaluateExpression(
  expression: RequireExpression,
  choices: readonly number[],
  costs: CostOf,
): StaticValue | undefined {
  switch (expression.kind) {
    case 'value':
      return evaluateOpen(expression.value, choices);
    case 'cost':
      return costs(expression.cost);
    case 'count':
      return expression.answers.filter(({ decision, options }) => options.includes(choices[decision] ?? -1))
        .length;
    case 'not': {
      const operand = evaluateExpression(expression.operand, choices, costs);
      return typeof operand === 'boolean' ? !operand : undefined;
    }
    case 'negate': {
      const operand = evaluateExpression(expression.operand, choices, costs);
      return typeof operand === 'number' ? -operand : undefined;
    }
    case 'binary':
      return applyOperator(
        expression.operator,
        evaluateExpression(expression.left, choices, costs),
        evaluateExpression(expression.right, choices, costs),
      );
    default:
      return expression satisfies never;
  }
}

export type Operator = Extract<RequireExpression, { kind: 'binary' }>['operator'];

/** Undefined where a side is, or where the operator is not for such values. Division may be inexact. */
export function applyOperator(
  operator: Operator,
  a: StaticValue | undefined,
  b: StaticValue | undefined,
): StaticValue | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (operator === '==') return sameValue(a, b);
  if (operator === '!=') return !sameValue(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') {
    return operator === 'and' ? a && b : operator === 'or' ? a || b : undefined;
  }
  if (operator === 'and' || operator === 'or' || typeof a !== 'number' || typeof b !== 'number')
    return undefined;
  return applyNumbers(operator, a, b);
}

function applyNumbers(
  operator: Exclude<Operator, 'and' | 'or' | '==' | '!='>,
  a: number,
  b: number,
): number | boolean {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      return operator satisfies never;
  }
}
