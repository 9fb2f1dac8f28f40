/** Reads the fields of a `genome` or a `program`: whole numbers, truth values, lists, and fields in braces. */
import type { Expr, FieldNode, FieldValue, ListNode } from '../../grammar/ast.ts';
import type { CatalogueValues } from '../../grammar/catalogue.ts';
import type { Diagnostic, DiagnosticKind } from '../../grammar/diagnostics.ts';
import { Reports, type ReportDetails } from '../../grammar/reports.ts';
import type { Source, Span } from '../../grammar/source.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import { excerpt, listWords } from '../../util/words.ts';
import { applyBinary, applyUnary } from '../space/arithmetic.ts';
import type { StaticValue } from '../space/space.ts';

/** The fields of one record by name, each at most once. */
export type Fields<Name extends string> = ReadonlyMap<Name, FieldNode>;

/** A range of whole numbers, both ends included. */
export interface Bounds {
  readonly from: number;
  readonly to: number;
}

/** Collects what is wrong while a record is read. */
export class RecordReader {
  readonly #reports: Reports;

  constructor(source: Source) {
    this.#reports = new Reports(source);
  }

  get diagnostics(): readonly Diagnostic[] {
    return this.#reports.list();
  }

  report<K extends DiagnosticKind>(
    kind: K,
    values: CatalogueValues[K],
    node: { readonly span: Span },
    details: ReportDetails = {},
  ): void {
    this.#reports.add(kind, values, node.span, details);
  }

  wrong(problem: string, node: { readonly span: Span }, expected?: string, hint?: string): void {
    this.report('badRecord', { problem }, node, { expected, hint });
  }

  /**
   * Sorts fields by name. Unknown, repeated and missing ones are reported; `required` has an example of each field that must be
   * there, `owner` stands for the record in messages.
   */
  fields<Name extends string>(
    nodes: readonly FieldNode[],
    known: readonly Name[],
    required: Readonly<Partial<Record<Name, string>>>,
    owner: { readonly text: string; readonly node: { readonly span: Span } },
  ): Fields<Name> {
    const fields = new Map<Name, FieldNode>();
    for (const field of nodes) {
      const { text } = field.name;
      const name = known.find((k) => k === text);
      if (name === undefined) {
        const hint = didYouMean(text, known) ?? `its fields are ${listWords(known, 'and')}`;
        this.wrong(`${owner.text} has no field \`${excerpt(text)}\``, field.name, undefined, hint);
      } else if (fields.has(name))
        this.wrong(`${owner.text} gives \`${name}\` twice`, field.name, undefined, 'leave one out');
      else fields.set(name, field);
    }
    const missing = known.filter((name) => required[name] !== undefined && !fields.has(name));
    if (missing.length > 0) {
      const names = missing.map((name) => `\`${name}\``);
      const example = missing.map((name) => required[name]).join(', ');
      this.wrong(
        `${owner.text} does not say its ${listWords(names, 'and')}`,
        owner.node,
        undefined,
        `write \`${example}\``,
      );
    }
    return fields;
  }

  /** A whole number within bounds; undefined where it is absent or wrong. */
  whole(field: FieldNode | undefined, { from, to }: Bounds): number | undefined {
    if (!field) return undefined;
    const value = constant(field.value);
    const inside = typeof value === 'number' && value >= from && value <= to;
    if (inside && Number.isInteger(value)) return value;
    const wanted = `a whole number from ${grouped(from)} to ${grouped(to)}`;
    const problem =
      typeof value === 'number' ? `cannot be ${grouped(value)}` : `cannot be ${describeField(field.value)}`;
    this.wrong(`\`${field.name.text}\` ${problem}`, field.value, wanted);
    return undefined;
  }

  flag(field: FieldNode | undefined): boolean | undefined {
    if (!field) return undefined;
    if (field.value.kind === 'bool') return field.value.value;
    const problem = `\`${field.name.text}\` cannot be ${describeField(field.value)}`;
    this.wrong(problem, field.value, '`true` or `false`');
    return undefined;
  }

  /** The items of a list that is written out, at least one. */
  items(list: ListNode, name: string): readonly Expr[] | undefined {
    const spread = list.items.find((item) => item.kind === 'spread');
    if (list.generator !== undefined || spread !== undefined) {
      this.wrong(`\`${name}\` is not written out`, spread ?? list, 'a list of names in brackets');
      return undefined;
    }
    if (list.items.length === 0) {
      this.wrong(`\`${name}\` has nothing to choose from`, list, 'one name at least');
      return undefined;
    }
    return list.items.flatMap((item) => (item.kind === 'spread' ? [] : [item]));
  }
}

/** A field's value for messages. */
export function describeField(value: FieldValue): string {
  switch (value.kind) {
    case 'record':
      return 'fields in braces';
    case 'counted':
      return 'a number of items';
    case 'amounts':
      return 'an amount with a unit';
    case 'list':
      return 'a list';
    case 'reference':
      return `\`${excerpt(value.name)}\``;
    case 'bool':
      return `\`${String(value.value)}\``;
    case 'none':
      return '`none`';
    case 'number':
      return value.raw;
    case 'string':
      return 'a text';
    default:
      return 'this';
  }
}

/** The value of arithmetic on numbers that are written out; undefined for anything else. */
export function constant(node: FieldValue): StaticValue | undefined {
  switch (node.kind) {
    case 'number':
      return node.value;
    case 'unary': {
      const operand = constant(node.operand);
      const result = typeof operand === 'number' ? applyUnary(node.operator, operand) : undefined;
      return result && 'value' in result ? result.value : undefined;
    }
    case 'binary': {
      const [left, right] = [constant(node.left), constant(node.right)];
      if (typeof left !== 'number' || typeof right !== 'number') return undefined;
      const result = applyBinary(node.operator, left, right);
      return 'value' in result ? result.value : undefined;
    }
    default:
      return undefined;
  }
}

/** `1,000,000`, and what has a fraction as it is. */
export function grouped(value: number): string {
  return Number.isSafeInteger(value) ? value.toLocaleString('en-US') : String(value);
}
