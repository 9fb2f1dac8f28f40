/** What pictures ask of the text that a space came from: names of nodes and cells, and how a choice was written. */
import type { CallNode, CellNode, ChooseNode, NodesNode } from '../../../grammar/ast.ts';
import { parse } from '../../../grammar/parse.ts';
import type { Source } from '../../../grammar/source.ts';
import type { Decision, Space } from '../../space/space.ts';

/** The declarations of all files that a space reads. */
export class Syntax {
  readonly cells: Map<string, CellNode> = new Map();
  readonly #nodes = new Set<string>();
  readonly #calls = new Set<string>();
  readonly #choices = new Map<Source, Map<string, ChooseNode>>();

  constructor(space: Space) {
    const sources = new Set(space.decisions.map((d) => d.location.source));
    for (const node of space.nodes) if (node.kind === 'apply') sources.add(node.location.source);
    for (const source of sources) {
      const choices = new Map<string, ChooseNode>();
      this.#choices.set(source, choices);
      this.#visit(parse(source).value, choices);
    }
  }

  /** Whether `nodes NAME[...]` stands somewhere. */
  isNodes(name: string): boolean {
    return this.#nodes.has(name);
  }

  /** Whether the name is called somewhere: `slide`. */
  isCalled(name: string): boolean {
    return this.#calls.has(name);
  }

  /** Whether it chooses among tensors that are there already, not among operations. */
  choosesSource(decision: Decision): boolean {
    const { source, span } = decision.location;
    return this.#choices.get(source)?.get(`${span.start}-${span.end}`)?.from.kind === 'from';
  }

  #visit(part: unknown, choices: Map<string, ChooseNode>): void {
    if (typeof part !== 'object' || part === null) return;
    if (isNode<CellNode>(part, 'cell')) this.cells.set(part.name.text, part);
    if (isNode<NodesNode>(part, 'nodes')) this.#nodes.add(part.name.text);
    if (isNode<CallNode>(part, 'call') && part.callee.kind === 'reference') this.#calls.add(part.callee.name);
    if (isNode<ChooseNode>(part, 'choose')) choices.set(`${part.span.start}-${part.span.end}`, part);
    for (const value of Object.values(part)) this.#visit(value, choices);
  }
}

function isNode<T extends { readonly kind: string }>(part: object, kind: T['kind']): part is T {
  return 'kind' in part && part.kind === kind;
}
