/** Whole files as the parser could have made them. */
import * as fc from 'fast-check';
import type {
  AnswerNode,
  ArchitectureNode,
  Declaration,
  EntryNode,
  FieldNode,
  FileNode,
  NumberNode,
  ParamNode,
  PathNode,
  PathStep,
  SpaceNode,
  StringNode,
} from '../../grammar/ast.ts';
import { argNode, bodyNode, expressionNode, listNode, nameNode, statement } from './expressionNode.ts';
import { identifier } from './identifier.ts';
import { numberNode } from './numberNode.ts';

const span = { start: 0, end: 0 };

const doc: fc.Arbitrary<string | undefined> = fc.option(
  fc.constantFrom('One line.', 'Two\nlines, `code` and {braces}.', 'A paragraph\n\nand another'),
  { nil: undefined },
);

function optional<N>(arbitrary: fc.Arbitrary<N>): fc.Arbitrary<N | undefined> {
  return fc.option(arbitrary, { nil: undefined, freq: 2 });
}

const params: fc.Arbitrary<ParamNode[]> = fc.array(
  fc
    .record({ name: nameNode(), value: optional(expressionNode()) })
    .map((parts): ParamNode => ({ kind: 'param', span, ...parts })),
  { maxLength: 3 },
);

const stringNode: fc.Arbitrary<StringNode> = fc
  .constantFrom('darts.nas', 'a "quoted" name', '{reads:bits} \\ {op}')
  .map((value): StringNode => ({ kind: 'string', span, value }));

type SpaceItem = SpaceNode['items'][number];

const spaceItem: fc.Arbitrary<SpaceItem> = fc.oneof(
  statement(doc),
  fc
    .record({ name: optional(nameNode()), value: expressionNode() })
    .map((parts): SpaceItem => ({ kind: 'output', span, ...parts })),
  fc
    .record({ name: nameNode(), type: nameNode(), args: fc.array(argNode(), { maxLength: 3 }) })
    .map((parts): SpaceItem => ({ kind: 'input', span, ...parts })),
);

// ---------------------------------------------------------------- fields

const amounts = fc
  .array(fc.record({ number: numberNode(), unit: nameNode() }), { minLength: 1, maxLength: 3 })
  .map((list) => ({
    kind: 'amounts' as const,
    span,
    amounts: list.map((a) => ({ kind: 'amount' as const, span, ...a })),
  }));

const counted = fc
  .record({ count: numberNode(), items: listNode() })
  .map((parts) => ({ kind: 'counted' as const, span, ...parts }));

const { field } = fc.letrec<{ field: FieldNode }>((tie) => ({
  field: fc
    .record({
      name: nameNode(),
      value: fc.oneof(
        { maxDepth: 2 },
        expressionNode(),
        amounts,
        counted,
        fc.array(tie('field'), { maxLength: 3 }).map((fields) => ({ kind: 'record' as const, span, fields })),
      ),
    })
    .map((parts): FieldNode => ({ kind: 'field', span, ...parts })),
}));

const fields = fc.array(field, { maxLength: 4 });

// ---------------------------------------------------------------- architectures

type Answers = { path: PathNode; step: PathStep; answer: AnswerNode; entry: EntryNode };

const { entry } = fc.letrec<Answers>((tie) => ({
  path: fc
    .record({ first: identifier(), rest: fc.array(tie('step'), { maxLength: 2 }) })
    .map(({ first, rest }): PathNode => ({
      kind: 'path',
      span,
      steps: [{ kind: 'name', span, text: first }, ...rest],
    })),
  step: fc.oneof(
    { maxDepth: 2 },
    fc.oneof(identifier(), fc.constant('none')).map((text): PathStep => ({ kind: 'name', span, text })),
    fc.nat({ max: 20 }).map((index): PathStep => ({ kind: 'index', span, index })),
    tie('path').map((index): PathStep => ({ kind: 'index', span, index })),
  ),
  answer: fc.oneof(
    { maxDepth: 3 },
    tie('path'),
    numberNode(),
    numberNode().map((n): NumberNode => ({ ...n, value: -n.value, raw: `-${n.raw}` })),
    fc.boolean().map((value): AnswerNode => ({ kind: 'bool', span, value })),
    fc.constant<AnswerNode>({ kind: 'none', span }),
    fc
      .record({ items: fc.array(tie('answer'), { maxLength: 3 }), brackets: fc.constantFrom('[', '(') })
      .map((parts): AnswerNode => ({ kind: 'answerList', span, ...parts })),
    fc
      .array(tie('entry'), { maxLength: 3 })
      .map((entries): AnswerNode => ({ kind: 'answerMap', span, entries })),
  ),
  entry: fc
    .record({ path: tie('path'), answer: tie('answer') })
    .map((parts): EntryNode => ({ kind: 'entry', span, ...parts })),
}));

const architecture = fc
  .record({
    doc,
    name: nameNode(),
    space: nameNode(),
    args: fc.array(argNode(), { maxLength: 2 }),
    entries: fc.array(entry, { maxLength: 4 }),
  })
  .map((parts): ArchitectureNode => ({ kind: 'architecture', span, ...parts }));

// ---------------------------------------------------------------- declarations

/** A declaration of any kind. */
export function declaration(): fc.Arbitrary<Declaration> {
  const named = { doc, name: nameNode() };
  const header = { ...named, tensors: fc.array(nameNode(), { maxLength: 3 }), params, body: bodyNode() };
  const contract = fc.constantFrom('normal' as const, 'reduction' as const, undefined);
  return fc.oneof(
    stringNode.map((path): Declaration => ({ kind: 'use', span, path })),
    fc
      .record({ ...named, params, items: fc.array(spaceItem, { maxLength: 4 }) })
      .map((parts): Declaration => ({ kind: 'space', span, ...parts })),
    fc.record(header).map((parts): Declaration => ({ kind: 'motif', span, ...parts })),
    fc
      .record({ ...header, contract, count: optional(expressionNode()) })
      .map((parts): Declaration => ({ kind: 'cell', span, ...parts })),
    architecture,
    fc
      .record({ ...named, space: nameNode(), text: stringNode })
      .map((parts): Declaration => ({ kind: 'notation', span, ...parts })),
    fc
      .record({ doc, space: nameNode(), fields })
      .map((parts): Declaration => ({ kind: 'moves', span, ...parts })),
    fc
      .record({ doc, name: stringNode, variable: nameNode(), space: nameNode(), body: expressionNode() })
      .map((parts): Declaration => ({ kind: 'property', span, ...parts })),
    fc
      .record({ ...named, space: nameNode(), args: fc.array(argNode(), { maxLength: 2 }), fields })
      .map((parts): Declaration => ({ kind: 'search', span, ...parts })),
    fc.record({ ...named, fields }).map((parts): Declaration => ({ kind: 'genome', span, ...parts })),
    fc.record({ ...named, fields }).map((parts): Declaration => ({ kind: 'program', span, ...parts })),
  );
}

/** A file of up to three declarations. */
export function fileNode(): fc.Arbitrary<FileNode> {
  return fc
    .array(declaration(), { maxLength: 3 })
    .map((declarations): FileNode => ({ kind: 'file', span, version: 1, declarations, comments: [] }));
}
