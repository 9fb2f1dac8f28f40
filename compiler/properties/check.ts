/**
 * Checks a `property`: from syntax to a {@link Property}. Names mean something only after the architecture's name, `a.params`;
 * other bare names are answers, as in `a.op == conv_3`. A decision of the space wins over a cost of the same name.
 */
import type { BinaryNode, CallNode, Expr, IfNode, PropertyNode } from '../../grammar/ast.ts';
import { hasErrors, type Checked } from '../../grammar/diagnostics.ts';
import { Reports } from '../../grammar/reports.ts';
import type { Source, Span } from '../../grammar/source.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import { excerpt, listWords } from '../../util/words.ts';
import { lastName } from '../space/moves.ts';
import { follow, onlyChild, treeOf, type NameTree } from '../space/nameTree.ts';
import { sameValue } from '../space/diagrams.ts';
import type { CountedAnswer, Decision, Space, Subset } from '../space/space.ts';
import { answerOf, rootOf, textOf, type Answer } from './answers.ts';
import type { Property, PropertyExpression } from './property.ts';

/** What an expression gives: a number, a truth value, or an answer that is neither. */
type Kind = 'number' | 'truth' | 'answer';

/** An expression and its kind; undefined where something was reported. */
type Typed = { readonly expression: PropertyExpression; readonly kind: Kind } | undefined;

const costs = ['params', 'macs', 'depth'] as const;
/** What may stand after the architecture's name, beside its decisions. */
const members: readonly string[] = [...costs, 'connected', 'count'];

const kindNames = {
  number: 'a number',
  truth: 'true or false',
  answer: 'an answer that is no number',
} as const;

/** Checks a property against its space. */
export function checkProperty(space: Space, node: PropertyNode, source: Source): Checked<Property> {
  const checker = new Checker(space, node.variable.text, source);
  const typed = checker.want(node.body, 'truth', 'a property is a condition');
  const diagnostics = checker.reports.list();
  if (!typed || hasErrors(diagnostics)) return { value: undefined, diagnostics };
  const { start, end } = node.body.span;
  const text = source.text.slice(start, end).replaceAll(/\s+/g, ' ');
  const location = { source, span: node.body.span };
  const property = { name: node.name.value, space: space.name, condition: typed.expression, text, location };
  return { value: property, diagnostics };
}

/** What a path leads to. */
type Found =
  | { readonly kind: 'decision'; readonly decision: Decision }
  | { readonly kind: 'subset'; readonly subset: Subset };

class Checker {
  readonly reports: Reports;
  readonly #space: Space;
  readonly #variable: string;
  readonly #tree: NameTree;

  constructor(space: Space, variable: string, source: Source) {
    this.#space = space;
    this.#variable = variable;
    this.#tree = treeOf(space);
    this.reports = new Reports(source);
  }

  #wrong(problem: string, node: { readonly span: Span }, expected?: string, hint?: string): undefined {
    this.reports.add('badProperty', { problem }, node.span, { expected, hint });
    return undefined;
  }

  /** An expression of one kind. */
  want(node: Expr, kind: 'number' | 'truth', why: string): Typed {
    const typed = this.#check(node);
    if (!typed || typed.kind === kind) return typed;
    const expected = kind === 'truth' ? 'a condition, such as `a.params <= 200k`' : kindNames.number;
    return this.#wrong(
      `${why}, and this is ${kindNames[typed.kind]}`,
      node,
      expected.replace('a.', `${this.#variable}.`),
    );
  }

  #check(node: Expr): Typed {
    switch (node.kind) {
      case 'number':
        return { expression: { kind: 'value', value: node.value }, kind: 'number' };
      case 'bool':
        return { expression: { kind: 'value', value: node.value }, kind: 'truth' };
      case 'unary': {
        const negates = node.operator === '-';
        const why = negates ? '`-` turns a number' : '`not` turns a condition';
        const operand = this.want(node.operand, negates ? 'number' : 'truth', why);
        if (!operand) return undefined;
        const kind = negates ? 'negate' : 'not';
        return { expression: { kind, operand: operand.expression }, kind: operand.kind };
      }
      case 'binary':
        return this.#binary(node);
      case 'if':
        return this.#if(node);
      case 'call':
        return this.#call(node);
      case 'reference':
      case 'member':
      case 'index':
        return rootOf(node) === this.#variable ? this.#path(node) : this.#stray(node);
      default:
        return this.#wrong('this cannot stand in a property', node, this.#forms());
    }
  }

  #forms(): string {
    const a = this.#variable;
    return `costs such as \`${a}.params\`, answers by path, arithmetic, comparisons, \`and\`, \`or\`, \`not\`, \`if\``;
  }

  /** A name that does not begin with the architecture's. */
  #stray(node: Expr): undefined {
    const root = rootOf(node) ?? '';
    const a = this.#variable;
    const known = [...members, ...this.#tree.children.keys()];
    const hint = known.includes(root)
      ? `write \`${a}.${excerpt(textOf(node) ?? root)}\``
      : (didYouMean(root, [a]) ?? `an answer stands beside its decision: \`${a}.op == ${excerpt(root)}\``);
    return this.#wrong(`\`${excerpt(root)}\` means nothing by itself`, node, undefined, hint);
  }

  // -------------------------------------------------------------- paths

  /** `a.params`, `a.connected`, or the answer of a decision. */
  #path(node: Expr): Typed {
    if (
      node.kind === 'member' &&
      node.object.kind === 'reference' &&
      !this.#tree.children.has(node.name.text)
    ) {
      const cost = costs.find((c) => c === node.name.text);
      if (cost) return { expression: { kind: 'cost', cost }, kind: 'number' };
      if (node.name.text === 'connected') return { expression: { kind: 'connected' }, kind: 'truth' };
    }
    const found = this.#find(node);
    if (!found) return undefined;
    const a = textOf(node) ?? this.#variable;
    if (found.kind === 'subset') {
      const [label] = found.subset.labels;
      const hint = `\`length(${a})\` is how many are in, \`${label ?? 'x'} in ${a}\` asks for one of them`;
      return this.#wrong(
        `\`${found.subset.path}\` is a subset, which has no single value`,
        node,
        undefined,
        hint,
      );
    }
    const { decision } = found;
    return { expression: { kind: 'decision', decision: decision.id }, kind: kindOf(decision) };
  }

  /** The decision or the subset that a path leads to. */
  #find(node: Expr): Found | undefined {
    const steps = this.#steps(node);
    if (!steps) return undefined;
    let tree = this.#tree;
    for (const { segment, span } of steps) {
      const next = follow(tree, segment);
      if (!('tree' in next)) {
        const near =
          tree === this.#tree ? didYouMean(segment, [...members, ...tree.children.keys()]) : undefined;
        return this.#wrong(next.problem, { span }, undefined, near ?? next.hint);
      }
      tree = next.tree;
    }
    // A body with one decision stands for it.
    for (let only = tree as NameTree | undefined; only; only = onlyChild(only)) {
      if (only.decision) return { kind: 'decision', decision: only.decision };
      if (only.subset) return { kind: 'subset', subset: only.subset };
    }
    if (tree === this.#tree) {
      return this.#wrong(`\`${this.#variable}\` is an architecture, which has no value`, node, this.#forms());
    }
    const names = [...tree.children.keys()].slice(0, 8);
    return this.#wrong(
      `\`${tree.path}\` holds several decisions`,
      node,
      undefined,
      `it has ${names.join(', ')}`,
    );
  }

  /** The segments after the architecture's name. */
  #steps(node: Expr): readonly { readonly segment: string; readonly span: Span }[] | undefined {
    if (node.kind === 'reference') return [];
    if (node.kind !== 'member' && node.kind !== 'index') {
      return this.#wrong('this is no path', node, `a path such as \`${this.#variable}.n[0].op\``);
    }
    const before = this.#steps(node.object);
    if (!before) return undefined;
    if (node.kind === 'member') return [...before, { segment: node.name.text, span: node.name.span }];
    const index = textOf(node.index);
    if (index === undefined) {
      return this.#wrong('this is no index', node.index, 'a number or a name: `n[0]`, `h[s0]`');
    }
    return [...before, { segment: `[${index}]`, span: node.index.span }];
  }

  // -------------------------------------------------------------- calls

  #call(node: CallNode): Typed {
    const { callee } = node;
    const name =
      callee.kind === 'reference'
        ? callee.name
        : callee.kind === 'member' &&
            callee.object.kind === 'reference' &&
            callee.object.name === this.#variable
          ? callee.name.text
          : undefined;
    const args = [...node.args, ...node.statics];
    const [arg, ...others] = args;
    if (name === 'count' || (callee.kind === 'reference' && (name === 'exists' || name === 'length'))) {
      if (!arg || arg.name || others.length > 0) {
        const example = {
          count: '`count(op == conv_3)`',
          exists: '`exists(PATH)`',
          length: '`length(PATH)`',
        }[name];
        return this.#wrong(`\`${name}\` takes one thing`, node, example);
      }
      return name === 'count' ? this.#count(arg.value) : this.#lookAt(name, arg.value);
    }
    const known = ['count', 'exists', 'length'];
    const told = name === undefined ? 'this' : `\`${excerpt(name)}\``;
    const hint =
      (name === undefined ? undefined : didYouMean(name, known)) ?? `there are ${listWords(known, 'and')}`;
    return this.#wrong(`${told} is no function of a property`, callee, undefined, hint);
  }

  /** `exists(PATH)`, `length(PATH)` */
  #lookAt(name: 'exists' | 'length', node: Expr): Typed {
    if (rootOf(node) !== this.#variable) {
      return this.#wrong(`\`${name}\` wants a path`, node, `a path such as \`${this.#variable}.n[0].op\``);
    }
    const found = this.#find(node);
    if (!found) return undefined;
    if (name === 'exists') {
      const decisions = found.kind === 'decision' ? [found.decision.id] : found.subset.members;
      return { expression: { kind: 'exists', decisions }, kind: 'truth' };
    }
    if (found.kind === 'decision') {
      return this.#wrong(`\`${found.decision.path}\` is one answer, which has no length`, node, 'a subset');
    }
    const chosen = found.subset.members.flatMap((id) => this.#isIn(id));
    return { expression: { kind: 'length', members: chosen }, kind: 'number' };
  }

  #isIn(id: number): readonly CountedAnswer[] {
    const options = this.#space.decisions[id]?.options ?? [];
    return [{ decision: id, options: options.flatMap((o, i) => (o.value === true ? [i] : [])) }];
  }

  /** `op == conv_3` inside of `count` */
  #count(node: Expr): Typed {
    if (node.kind !== 'binary' || node.operator !== '==' || node.left.kind !== 'reference') {
      return this.#wrong('`count` takes the name of decisions and an answer', node, '`count(op == conv_3)`');
    }
    const { name } = node.left;
    const decisions = this.#space.decisions.filter((d) => d.kind !== 'member');
    const named = decisions.filter((d) => lastName(d.path) === name);
    if (named.length === 0) {
      const names = new Set(decisions.flatMap((d) => lastName(d.path) ?? []));
      const has = names.size > 0 ? `there are ${[...names].slice(0, 8).join(', ')}` : undefined;
      const hint = didYouMean(name, names) ?? has;
      return this.#wrong(
        `no decision of \`${this.#space.name}\` is called \`${excerpt(name)}\``,
        node.left,
        undefined,
        hint,
      );
    }
    const answers = this.#answers(named, node.right, `\`${excerpt(name)}\``);
    return answers && { expression: { kind: 'count', answers }, kind: 'number' };
  }

  /** What stands for an option; a path of the architecture does not. */
  #answer(node: Expr): Answer | undefined {
    return rootOf(node) === this.#variable ? undefined : answerOf(node);
  }

  /** How each of several decisions is answered so; one of them must know the answer. */
  #answers(decisions: readonly Decision[], node: Expr, told: string): readonly CountedAnswer[] | undefined {
    const answer = this.#answer(node);
    if (!answer) return this.#wrong('this is no answer', node, 'a name, a number or a tuple of numbers');
    const found = decisions.flatMap((decision): CountedAnswer[] => {
      const options = decision.options.flatMap((o, i) =>
        o.label === answer.label || (answer.value !== undefined && sameValue(o.value, answer.value))
          ? [i]
          : [],
      );
      return options.length > 0 ? [{ decision: decision.id, options }] : [];
    });
    if (found.length > 0) return found;
    const labels = [...new Set(decisions.flatMap((d) => d.options.map((o) => o.label)))];
    const expected = `one of ${labels.slice(0, 16).join(', ')}${labels.length > 16 ? ', ...' : ''}`;
    return this.#wrong(
      `${told} is never ${excerpt(answer.label)}`,
      node,
      expected,
      didYouMean(answer.label, labels),
    );
  }

  // -------------------------------------------------------------- operators

  #if(node: IfNode): Typed {
    const condition = this.want(node.condition, 'truth', '`if` wants a condition');
    const then = this.#check(node.then);
    const otherwise = this.#check(node.otherwise);
    if (!condition || !then || !otherwise) return undefined;
    if (then.kind !== otherwise.kind) {
      const problem = `one branch is ${kindNames[then.kind]}, the other ${kindNames[otherwise.kind]}`;
      return this.#wrong(problem, node.otherwise, kindNames[then.kind]);
    }
    return {
      expression: {
        kind: 'if',
        condition: condition.expression,
        whenTrue: then.expression,
        whenFalse: otherwise.expression,
      },
      kind: then.kind,
    };
  }

  #binary(node: BinaryNode): Typed {
    const { operator, left, right } = node;
    if (operator === 'in') return this.#in(left, right, node);
    if (operator === '==' || operator === '!=') return this.#equal(node, operator);
    const logic = operator === 'and' || operator === 'or';
    const why = logic ? `\`${operator}\` joins conditions` : `\`${operator}\` joins numbers`;
    const wanted = logic ? 'truth' : 'number';
    const [a, b] = [this.want(left, wanted, why), this.want(right, wanted, why)];
    if (!a || !b) return undefined;
    const arithmetic = operator === '+' || operator === '-' || operator === '*' || operator === '/';
    return {
      expression: { kind: 'binary', operator, left: a.expression, right: b.expression },
      kind: arithmetic ? 'number' : 'truth',
    };
  }

  /** `a.op == conv_3` compares with an answer; otherwise both sides have values of one kind. */
  #equal(node: BinaryNode, operator: '==' | '!='): Typed {
    for (const [path, answer] of [
      [node.left, node.right],
      [node.right, node.left],
    ] as const) {
      const found =
        this.#isPath(path) && answerOf(answer) && !this.#isCost(path) ? this.#find(path) : undefined;
      if (this.reports.anyBetween(node.span.start, node.span.end)) return undefined;
      if (!found) continue;
      if (found.kind === 'subset') return this.#path(path);
      const told = `\`${found.decision.path}\``;
      const [first] = this.#answers([found.decision], answer, told) ?? [];
      if (!first) return undefined;
      const answered: PropertyExpression = { kind: 'answered', answer: first };
      return { expression: operator === '==' ? answered : { kind: 'not', operand: answered }, kind: 'truth' };
    }
    const [a, b] = [this.#check(node.left), this.#check(node.right)];
    if (!a || !b) return undefined;
    if (a.kind !== b.kind) {
      const problem = `${kindNames[a.kind]} is never ${kindNames[b.kind]}`;
      return this.#wrong(problem, node, 'both sides of one kind');
    }
    return {
      expression: { kind: 'binary', operator, left: a.expression, right: b.expression },
      kind: 'truth',
    };
  }

  #isPath(node: Expr): boolean {
    return (node.kind === 'member' || node.kind === 'index') && rootOf(node) === this.#variable;
  }

  /** `a.params` and `a.connected`, where no decision is called so. */
  #isCost(node: Expr): boolean {
    if (node.kind !== 'member' || node.object.kind !== 'reference') return false;
    return members.includes(node.name.text) && !this.#tree.children.has(node.name.text);
  }

  /** `s0 in a.skips`, `a.op in [conv_3, conv_5]` */
  #in(left: Expr, right: Expr, node: BinaryNode): Typed {
    const a = this.#variable;
    const expected = `\`s0 in ${a}.PATH\` or \`${a}.PATH in [conv_3, conv_5]\``;
    if (this.#isPath(right)) {
      const found = this.#find(right);
      if (!found) return undefined;
      if (found.kind === 'decision')
        return this.#wrong(`\`${found.decision.path}\` is no subset`, right, expected);
      const { subset } = found;
      const label = this.#answer(left)?.label;
      const place = label === undefined ? -1 : subset.labels.indexOf(label);
      const [answer] = this.#isIn(subset.members[place] ?? -1);
      if (place >= 0 && answer) return { expression: { kind: 'answered', answer }, kind: 'truth' };
      const hint = label === undefined ? undefined : didYouMean(label, subset.labels);
      const told = label === undefined ? 'this' : excerpt(label);
      return this.#wrong(
        `${told} is no candidate of \`${subset.path}\``,
        left,
        `one of ${subset.labels.join(', ')}`,
        hint,
      );
    }
    if (right.kind !== 'list' || right.generator || !this.#isPath(left) || this.#isCost(left)) {
      return this.#wrong('`in` asks for a member of a subset, or for one of several answers', node, expected);
    }
    const found = this.#find(left);
    if (!found) return undefined;
    if (found.kind === 'subset') return this.#wrong(`\`${found.subset.path}\` is a subset`, left, expected);
    const { decision } = found;
    const options: number[] = [];
    for (const item of right.items) {
      if (item.kind === 'spread') return this.#wrong('this is no answer', item, 'a name or a number');
      const answers = this.#answers([decision], item, `\`${decision.path}\``);
      if (!answers) return undefined;
      options.push(...answers.flatMap((answer) => answer.options));
    }
    return { expression: { kind: 'answered', answer: { decision: decision.id, options } }, kind: 'truth' };
  }
}

function kindOf({ options }: Decision): Kind {
  if (options.every((o) => typeof o.value === 'number')) return 'number';
  return options.every((o) => typeof o.value === 'boolean') ? 'truth' : 'answer';
}
