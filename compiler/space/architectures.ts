/**
 * `architecture NAME of SPACE { path = answer }`: reads a named member of a space. Segments of a path may be left out where one
 * name remains possible; a body with one decision is written as its answer; a list answers what is numbered, or a subset; a
 * subset whose candidates hold decisions is `{candidate: answer}`.
 */
import type { AnswerMapNode, AnswerNode, ArchitectureNode, PathNode, PathStep } from '../../grammar/ast.ts';
import { diagnose, type Checked, type Diagnostic } from '../../grammar/diagnostics.ts';
import type { Source, Span } from '../../grammar/source.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import type { Architecture } from './architecture.ts';
import { fromAnswers } from './encode.ts';
import { below, follow, onlyChild, treeOf, type NameTree } from './nameTree.ts';
import type { Space } from './space.ts';
import { formatStatic } from './values.ts';

/** A path as it is written: `n[0]`. */
export function pathText({ steps }: PathNode): string {
  return steps.map((step, i) => stepText(step, i)).join('');
}

function stepText(step: PathStep, i: number): string {
  if (step.kind === 'name') return i === 0 ? step.text : `.${step.text}`;
  return `[${typeof step.index === 'number' ? String(step.index) : pathText(step.index)}]`;
}

class Reader {
  readonly #source: Source;
  readonly #answers = new Map<string, { readonly value: unknown; readonly span: Span }>();
  readonly problems: Diagnostic[] = [];

  constructor(source: Source) {
    this.#source = source;
  }

  get answers(): ReadonlyMap<string, unknown> {
    return new Map([...this.#answers].map(([path, { value }]) => [path, value]));
  }

  /** Where the decision at a path is answered. */
  spanOf(path: string): Span | undefined {
    return this.#answers.get(path)?.span;
  }

  wrong(problem: string, span: Span, expected?: string, hint?: string): void {
    this.problems.push(
      diagnose('badAnswer', { problem }, { at: { source: this.#source, span }, expected, hint }),
    );
  }

  #give(path: string, value: unknown, span: Span): void {
    if (this.#answers.has(path)) this.wrong(`\`${path}\` is answered twice`, span);
    else this.#answers.set(path, { value, span });
  }

  /** The tree that a written path leads to; names that are left out are filled in where one way remains. */
  follow(tree: NameTree, path: PathNode): NameTree | undefined {
    let current = tree;
    for (const step of path.steps) {
      const segment = step.kind === 'name' ? step.text : stepText(step, 1);
      const next = follow(current, segment);
      if (!('tree' in next)) {
        this.wrong(next.problem, step.span, undefined, next.hint);
        return undefined;
      }
      current = next.tree;
    }
    return current;
  }

  /** Answers everything below `tree`. */
  answer(tree: NameTree, answer: AnswerNode): void {
    switch (answer.kind) {
      case 'answerMap':
        this.#answerMap(tree, answer);
        return;
      case 'answerList':
        this.#answerList(tree, answer.items, answer);
        return;
      default:
        this.#answerPlain(tree, answer);
    }
  }

  #answerMap(tree: NameTree, answer: AnswerMapNode): void {
    const { subset } = tree;
    if (!subset) {
      const [first] = answer.entries;
      const known =
        first && below(tree, firstSegment(first.path)).length + Number(hasChild(tree, first.path));
      const only = onlyChild(tree);
      // `{s0: ...}` for a body that holds nothing but one subset.
      if (!known && only) this.#answerMap(only, answer);
      else if (!known && tree.children.size === 0) this.wrong(`\`${tree.path}\` holds no names`, answer.span);
      else {
        for (const entry of answer.entries) {
          const inner = this.follow(tree, entry.path);
          if (inner) this.answer(inner, entry.answer);
        }
      }
      return;
    }
    const chosen: string[] = [];
    for (const entry of answer.entries) {
      const label = pathText(entry.path);
      if (!subset.labels.includes(label)) {
        const hint = didYouMean(label, subset.labels);
        this.wrong(
          `\`${subset.path}\` has no candidate \`${label}\``,
          entry.path.span,
          `one of ${subset.labels.join(', ')}`,
          hint,
        );
        continue;
      }
      chosen.push(label);
      const inner = tree.children.get(`[${label}]`) ?? tree.children.get(label);
      if (inner) this.answer(inner, entry.answer);
      else
        this.wrong(
          `\`${subset.path}[${label}]\` holds no decisions`,
          entry.answer.span,
          `a list: [${label}]`,
        );
    }
    this.#give(subset.path, chosen, answer.span);
  }

  #answerList(tree: NameTree, items: readonly AnswerNode[], answer: AnswerNode): void {
    const { subset, decision } = tree;
    if (subset) {
      this.#give(subset.path, items.map(labelOf), answer.span);
      return;
    }
    if (decision) {
      this.#answerPlain(tree, answer);
      return;
    }
    const numbered = [...tree.children].filter(([segment]) => segment.startsWith('['));
    if (numbered.length > 0 && numbered.length === tree.children.size) {
      if (items.length > numbered.length) {
        this.wrong(
          `\`${tree.path}\` has ${numbered.length} places, and ${items.length} are answered`,
          answer.span,
        );
      }
      items.forEach((item, i) => {
        const inner = tree.children.get(`[${i}]`) ?? numbered[i]?.[1];
        if (inner) this.answer(inner, item);
      });
      return;
    }
    const only = onlyChild(tree);
    if (only) this.#answerList(only, items, answer);
    else this.wrong(`\`${tree.path}\` is not numbered`, answer.span);
  }

  #answerPlain(tree: NameTree, answer: AnswerNode): void {
    const label = labelOf(answer);
    const { decision, subset } = tree;
    if (decision) {
      const option = decision.options.find((o) => o.label === label);
      if (option) this.#give(decision.path, option.value, answer.span);
      else {
        const labels = decision.options.map((o) => o.label);
        this.wrong(
          `\`${decision.path}\` cannot be ${label}`,
          answer.span,
          `one of ${labels.slice(0, 16).join(', ')}`,
          didYouMean(label, labels),
        );
      }
      return;
    }
    if (subset) {
      this.#give(subset.path, [label], answer.span);
      return;
    }
    const only = onlyChild(tree);
    if (only) this.#answerPlain(only, answer);
    else this.wrong(`\`${tree.path}\` holds several decisions`, answer.span, 'an answer for each, in braces');
  }
}

function hasChild(tree: NameTree, path: PathNode): boolean {
  return tree.children.has(firstSegment(path));
}

function firstSegment(path: PathNode): string {
  const [step] = path.steps;
  return step ? stepText(step, 0) : '';
}

/** An answer as the label of an option: `sep_3`, `24`, `(5, 3)`, `[1, 2]`, `n[0]`. */
function labelOf(answer: AnswerNode): string {
  switch (answer.kind) {
    case 'path':
      return pathText(answer);
    case 'number':
      return formatStatic(answer.value);
    case 'bool':
      return String(answer.value);
    case 'none':
      return 'none';
    case 'answerList': {
      const inner = answer.items.map(labelOf).join(', ');
      return answer.brackets === '[' ? `[${inner}]` : `(${inner})`;
    }
    case 'answerMap':
      return '{...}';
  }
}

/** Reads a named architecture of a space; says everything that is wrong with it. */
export function readArchitecture(
  space: Space,
  node: ArchitectureNode,
  source: Source,
): Checked<Architecture> {
  const tree = treeOf(space);
  const reader = new Reader(source);
  for (const entry of node.entries) {
    const inner = reader.follow(tree, entry.path);
    if (inner) reader.answer(inner, entry.answer);
  }
  if (reader.problems.length > 0) return { value: undefined, diagnostics: reader.problems };
  const { value, diagnostics } = fromAnswers(space, reader.answers);
  const located = (d: Diagnostic): Diagnostic => {
    // What is wrong with an answer begins with the path of its decision.
    const [, path = ''] = /^`([^`]+)`/.exec(d.message) ?? [];
    const span = reader.spanOf(path) ?? node.name.span;
    return d.primary ? d : { ...d, primary: { location: { source, span }, text: '' } };
  };
  return { value, diagnostics: diagnostics.map(located) };
}
