/** Short answers about nodes, for all who read the tree; nothing here loads the parser. */
import type { PathNode, PatternNode, Statement } from './ast.ts';

/** True for what makes no value by itself: `let`, `nodes`, `require`. */
export function isStatement(item: { readonly kind: string }): item is Statement {
  return item.kind === 'let' || item.kind === 'nodes' || item.kind === 'require';
}

/** A pattern as it is written. */
export function writePattern({ names, tuple }: PatternNode): string {
  const list = names.map((name) => name.text).join(', ');
  return tuple ? `(${list})` : list;
}

/** A path as it is written. */
export function writePath({ steps }: PathNode): string {
  return steps
    .map((step, i) => {
      if (step.kind === 'name') return i === 0 ? step.text : `.${step.text}`;
      return `[${typeof step.index === 'number' ? step.index : writePath(step.index)}]`;
    })
    .join('');
}
