/** Checks names before anything is worked out: what is declared twice, and what hides what. */
import type { BlockNode, Expr, FileNode, NameNode, Statement } from '../../grammar/ast.ts';
import { diagnose, type Diagnostic } from '../../grammar/diagnostics.ts';
import type { Source } from '../../grammar/source.ts';

/** Reports every name that is declared twice where it may stand for one thing only. */
export function checkNames(source: Source, file: FileNode): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const unique = (names: readonly NameNode[]): void => {
    const first = new Map<string, NameNode>();
    for (const name of names) {
      const before = first.get(name.text);
      if (!before) first.set(name.text, name);
      else {
        diagnostics.push(
          diagnose(
            'repeatedName',
            { name: name.text },
            {
              at: { source, span: name.span },
              labels: [{ location: { source, span: before.span }, text: 'first declared here' }],
            },
          ),
        );
      }
    }
  };
  const letNames = (statements: readonly { readonly kind: string }[]): readonly NameNode[] =>
    statements.flatMap((s) => (isLet(s) ? s.names : []));
  const visitBlock = (block: BlockNode): void => {
    unique(letNames(block.statements));
    for (const statement of block.statements) visitStatement(statement);
    visitExpr(block.value);
  };
  const visitStatement = (statement: Statement): void =>
    visitExpr(statement.kind === 'let' ? statement.value : statement.condition);
  const visitExpr = (node: Expr): void => forEachBlock(node, visitBlock);

  for (const kind of ['space', 'motif', 'search'] as const) {
    unique(file.declarations.flatMap((d) => (d.kind === kind ? [d.name] : [])));
  }
  for (const declaration of file.declarations) {
    if (declaration.kind === 'motif') {
      unique([...declaration.tensors, ...declaration.params.map((p) => p.name)]);
      visitBlock(declaration.body);
    } else if (declaration.kind === 'space') {
      const inputs = declaration.items.flatMap((i) => (i.kind === 'input' ? [i.name] : []));
      unique([...declaration.params.map((p) => p.name), ...inputs, ...letNames(declaration.items)]);
      for (const item of declaration.items) {
        if (item.kind === 'let' || item.kind === 'output') visitExpr(item.value);
      }
    }
  }
  return diagnostics;
}

function isLet(node: { readonly kind: string }): node is Extract<Statement, { kind: 'let' }> {
  return node.kind === 'let';
}

/** Calls `visit` for the blocks directly inside of an expression; they look after their own insides. */
function forEachBlock(node: Expr, visit: (block: BlockNode) => void): void {
  const stack: unknown[] = [node];
  while (stack.length > 0) {
    const current = stack.pop();
    if (typeof current !== 'object' || current === null) continue;
    if (isBlock(current)) visit(current);
    else stack.push(...Object.values(current));
  }
}

function isBlock(value: object): value is BlockNode {
  return 'kind' in value && value.kind === 'block';
}
