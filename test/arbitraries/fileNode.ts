/** Whole files as the parser could have made them. */
import * as fc from 'fast-check';
import type { Declaration, FieldNode, FileNode, ParamNode, SpaceNode } from '../../grammar/ast.ts';
import { argNode, blockNode, expressionNode, nameNode, statement } from './expressionNode.ts';
import { numberNode } from './numberNode.ts';

const span = { start: 0, end: 0 };

const doc: fc.Arbitrary<string | undefined> = fc.option(
  fc.constantFrom('One line.', 'Two\nlines, `code` and {braces}.', 'A paragraph\n\nand another'),
  { nil: undefined },
);

const params: fc.Arbitrary<ParamNode[]> = fc.array(
  fc
    .record({ name: nameNode(), value: fc.option(expressionNode(), { nil: undefined }) })
    .map(({ name, value }): ParamNode => ({ kind: 'param', span, name, value })),
  { maxLength: 3 },
);

type SpaceItem = SpaceNode['items'][number];

const spaceItem: fc.Arbitrary<SpaceItem> = fc.oneof(
  statement(expressionNode(), doc),
  expressionNode().map((value): SpaceItem => ({ kind: 'output', span, value })),
  fc
    .record({ name: nameNode(), type: nameNode(), args: fc.array(argNode(), { maxLength: 3 }) })
    .map((parts): SpaceItem => ({ kind: 'input', span, ...parts })),
);

const field: fc.Arbitrary<FieldNode> = fc
  .record({
    name: nameNode(),
    value: fc.oneof(
      expressionNode(),
      fc
        .array(fc.record({ number: numberNode(), unit: nameNode() }), { minLength: 1, maxLength: 3 })
        .map((amounts) => ({
          kind: 'amounts' as const,
          span,
          amounts: amounts.map((a) => ({ kind: 'amount' as const, span, ...a })),
        })),
    ),
  })
  .map(({ name, value }): FieldNode => ({ kind: 'field', span, name, value }));

/** A space, a motif or a search. */
export function declaration(): fc.Arbitrary<Declaration> {
  return fc.oneof(
    fc
      .record({ doc, name: nameNode(), params, items: fc.array(spaceItem, { maxLength: 4 }) })
      .map((parts): Declaration => ({ kind: 'space', span, ...parts })),
    fc
      .record({
        doc,
        name: nameNode(),
        tensors: fc.array(nameNode(), { maxLength: 3 }),
        params,
        body: fc.oneof(
          blockNode(),
          expressionNode().map((value) => ({
            kind: 'block' as const,
            span,
            statements: [],
            value,
            braces: false,
          })),
        ),
      })
      .map((parts): Declaration => ({ kind: 'motif', span, ...parts })),
    fc
      .record({
        doc,
        name: nameNode(),
        space: nameNode(),
        args: fc.array(argNode(), { maxLength: 2 }),
        fields: fc.array(field, { maxLength: 4 }),
      })
      .map((parts): Declaration => ({ kind: 'search', span, ...parts })),
  );
}

/** A file of up to three declarations. */
export function fileNode(): fc.Arbitrary<FileNode> {
  return fc
    .array(declaration(), { maxLength: 3 })
    .map((declarations): FileNode => ({ kind: 'file', span, version: 1, declarations, comments: [] }));
}
