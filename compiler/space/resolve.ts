/** Checks names before anything is worked out: what is declared twice where it may stand for one thing only. */
import type { BlockNode, Expr, FileNode, NameNode, PatternNode, Statement } from '../../grammar/ast.ts';
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
  const visitStatements = (statements: readonly Statement[]): void => {
    for (const statement of statements) {
      switch (statement.kind) {
        case 'let':
          visit(statement.value);
          break;
        case 'nodes':
          visit(statement.count);
          visitBlock(statement.body);
          break;
        case 'require':
          visit(statement.condition);
          break;
      }
    }
  };
  const visitBlock = (block: BlockNode): void => {
    unique(block.statements.flatMap(boundBy));
    visitStatements(block.statements);
    visit(block.value);
  };
  /** Blocks look after their own insides; patterns give their names once. */
  const visit = (node: Expr): void => {
    const stack: unknown[] = [node];
    while (stack.length > 0) {
      const current = stack.pop();
      if (typeof current !== 'object' || current === null) continue;
      if (isKind<BlockNode>(current, 'block')) visitBlock(current);
      else {
        if (isKind<PatternNode>(current, 'pattern')) unique(current.names);
        stack.push(...Object.values(current));
      }
    }
  };

  const { declarations } = file;
  unique(declarations.flatMap((d) => (d.kind === 'motif' || d.kind === 'cell' ? [d.name] : [])));
  unique(
    declarations.flatMap((d) =>
      d.kind === 'space' || d.kind === 'genome' || d.kind === 'program' ? [d.name] : [],
    ),
  );
  unique(declarations.flatMap((d) => (d.kind === 'search' ? [d.name] : [])));
  unique(declarations.flatMap((d) => (d.kind === 'architecture' || d.kind === 'notation' ? [d.name] : [])));
  for (const declaration of declarations) {
    if (declaration.kind === 'motif' || declaration.kind === 'cell') {
      unique([...declaration.tensors, ...declaration.params.map((p) => p.name)]);
      visitBlock(declaration.body);
    } else if (declaration.kind === 'space') {
      const { items } = declaration;
      const statements = items.flatMap((i): Statement[] =>
        i.kind === 'input' || i.kind === 'output' ? [] : [i],
      );
      const inputs = items.flatMap((i) => (i.kind === 'input' ? [i.name] : []));
      unique([...declaration.params.map((p) => p.name), ...inputs, ...statements.flatMap(boundBy)]);
      visitStatements(statements);
      for (const item of items) if (item.kind === 'output') visit(item.value);
    }
  }
  return diagnostics;
}

/** The names that a statement gives. */
function boundBy(statement: Statement): readonly NameNode[] {
  switch (statement.kind) {
    case 'let':
      return statement.pattern.names;
    case 'nodes':
      return [statement.name];
    case 'require':
      return [];
  }
}

function isKind<N extends { readonly kind: string }>(value: object, kind: N['kind']): value is N {
  return 'kind' in value && value.kind === kind;
}
