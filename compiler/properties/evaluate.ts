/** Asks an architecture whether a property holds. */
import { present } from '../../util/invariant.ts';
import { applyOperator, judge, type Judged } from '../space/algebra/evaluate.ts';
import type { Architecture } from '../space/architecture.ts';
import { Taken } from '../space/instantiate.ts';
import type { CountedAnswer, Space, StaticValue } from '../space/space.ts';
import type { Property, PropertyExpression } from './property.ts';

/** Whether a property holds; where it has no answer, why. */
export type Verdict = { readonly holds: boolean } | { readonly holds: undefined; readonly reason: string };

/** Evaluates a property of the space on one of its architectures. */
export function evaluateProperty(space: Space, property: Property, architecture: Architecture): Verdict {
  const evaluation = new Evaluation(space, architecture);
  const value = evaluation.of(property.condition);
  if (typeof value === 'boolean') return { holds: value };
  const { absent } = evaluation;
  return {
    holds: undefined,
    reason: absent === undefined ? 'it has no value' : `\`${absent}\` does not exist here`,
  };
}

class Evaluation {
  readonly #space: Space;
  readonly #architecture: Architecture;
  readonly #judged: Judged;
  /** The first decision whose answer was wanted and that does not exist. */
  absent: string | undefined;

  constructor(space: Space, architecture: Architecture) {
    this.#space = space;
    this.#architecture = architecture;
    this.#judged = judge(space, architecture.choices);
  }

  #answered({ decision, options }: CountedAnswer): boolean {
    return options.includes(this.#architecture.choices[decision] ?? -1);
  }

  /** The value; undefined where a decision is missing. The right side of `and` and `or` counts only where the left leaves it open. */
  of(expression: PropertyExpression): StaticValue | undefined {
    switch (expression.kind) {
      case 'value':
        return expression.value;
      case 'cost':
        return this.#judged.costs(expression.cost);
      case 'connected':
        return new Taken(this.#space, this.#architecture.choices).resolve(this.#space.output) !== undefined;
      case 'count':
        return expression.answers.filter((answer) => this.#answered(answer)).length;
      case 'length':
        return expression.members.filter((answer) => this.#answered(answer)).length;
      case 'answered':
        return this.#answered(expression.answer);
      case 'exists':
        return expression.decisions.some((id) => (this.#architecture.choices[id] ?? -1) >= 0);
      case 'decision': {
        const decision = present(this.#space.decisions[expression.decision], 'a decision of the space');
        const option = decision.options[this.#architecture.choices[decision.id] ?? -1];
        if (!option) this.absent ??= decision.path;
        return option?.value;
      }
      case 'not': {
        const operand = this.of(expression.operand);
        return typeof operand === 'boolean' ? !operand : undefined;
      }
      case 'negate': {
        const operand = this.of(expression.operand);
        return typeof operand === 'number' ? -operand : undefined;
      }
      case 'if': {
        const condition = this.of(expression.condition);
        if (typeof condition !== 'boolean') return undefined;
        return this.of(condition ? expression.whenTrue : expression.whenFalse);
      }
      case 'binary': {
        const { operator } = expression;
        const left = this.of(expression.left);
        if (operator === 'and' && left === false) return false;
        if (operator === 'or' && left === true) return true;
        return left === undefined ? undefined : applyOperator(operator, left, this.of(expression.right));
      }
      default:
        return expression satisfies never;
    }
  }
}
