/** Reads the values of a search's fields: numbers, words, and calls such as `train(epochs: 5)`. */
import type { ArgNode, Expr, FieldNode } from '../../grammar/ast.ts';
import { diagnose, type Details, type Diagnostic, type DiagnosticKind } from '../../grammar/diagnostics.ts';
import type { CatalogueValues } from '../../grammar/catalogue.ts';
import type { Location, Source } from '../../grammar/source.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import { listWords } from '../../util/words.ts';
import { applyUnary } from '../space/arithmetic.ts';
import type { StaticValue } from '../space/space.ts';
import { formatStatic } from '../space/values.ts';

/** The largest of counts. */
export const MOST = 1_000_000_000;

/** Whether `n` can be a count of something. */
export function isWhole(n: number): boolean {
  return Number.isInteger(n) && n >= 1 && n <= MOST;
}

/** A name with arguments, `sgd(lr: 0.1)`; a bare name has none. */
export interface Call {
  readonly name: string;
  readonly args: readonly ArgNode[];
  readonly at: Location;
}

/** Collects what is wrong while fields are read. */
export class FieldReader {
  readonly source: Source;
  readonly diagnostics: Diagnostic[] = [];
  readonly #sources: ReadonlyMap<object, Source>;

  /** `sources` names the source of nodes that come from elsewhere: from the command line. */
  constructor(source: Source, sources: ReadonlyMap<object, Source>) {
    this.source = source;
    this.#sources = sources;
  }

  at(node: { readonly span: Location['span'] }): Location {
    return { source: this.#sources.get(node) ?? this.source, span: node.span };
  }

  report<K extends DiagnosticKind>(
    kind: K,
    values: CatalogueValues[K],
    at: Location,
    details: Details = {},
  ): void {
    this.diagnostics.push(diagnose(kind, values, { at, ...details }));
  }

  /** Takes over diagnostics of the runtime, which knows no places. */
  adopt(diagnostics: readonly Diagnostic[], at: Location): void {
    for (const d of diagnostics)
      this.diagnostics.push({ ...d, primary: d.primary ?? { location: at, text: '' } });
  }

  /** `name` or `name(args)` */
  call(node: Expr, field: string): Call | undefined {
    if (node.kind === 'reference') return { name: node.name, args: [], at: this.at(node) };
    if (node.kind === 'call' && node.callee.kind === 'reference') {
      return { name: node.callee.name, args: [...node.args, ...node.statics], at: this.at(node) };
    }
    this.report('badField', { name: field, found: 'an expression' }, this.at(node), {
      expected: 'a name, with its arguments in parentheses where it has some',
    });
    return undefined;
  }

  /** The value of an argument; bare names are words. */
  value(node: Expr, field: string): StaticValue | undefined {
    switch (node.kind) {
      case 'number':
      case 'string':
      case 'bool':
        return node.value;
      case 'reference':
        return node.name;
      case 'tuple': {
        const items = node.items.map((item) => this.value(item, field));
        return items.every((item) => item !== undefined) ? items : undefined;
      }
      case 'unary': {
        const operand = this.value(node.operand, field);
        const result = operand === undefined ? undefined : applyUnary(node.operator, operand);
        if (result && 'value' in result) return result.value;
        break;
      }
      default:
    }
    this.report('badField', { name: field, found: 'this' }, this.at(node), {
      expected: 'a number, a word, a text, `true`, `false` or a tuple of these',
    });
    return undefined;
  }

  /** The values of all arguments of a call whose names are checked elsewhere. */
  values(call: Call): Readonly<Record<string, StaticValue>> {
    const values: Record<string, StaticValue> = {};
    for (const [name, arg] of this.named(call, undefined)) {
      const value = this.value(arg.value, name);
      if (value !== undefined) values[name] = value;
    }
    return values;
  }

  /** Arguments by name; unnamed and repeated ones are reported. */
  named(call: Call, known: readonly string[] | undefined): ReadonlyMap<string, ArgNode> {
    const found = new Map<string, ArgNode>();
    for (const arg of call.args) {
      const name = arg.name?.text;
      if (name === undefined) {
        this.report('badField', { name: call.name, found: 'given by position' }, this.at(arg), {
          expected: 'arguments by name, such as `epochs: 5`',
        });
      } else if (found.has(name)) this.report('repeatedArgument', { name }, this.at(arg));
      else if (known && !known.includes(name)) {
        this.report('unknownArgument', { callee: call.name, name }, this.at(arg), {
          hint: didYouMean(name, known) ?? `\`${call.name}\` takes ${listWords(known)}`,
        });
      } else found.set(name, arg);
    }
    return found;
  }

  /** A number that satisfies `accepts`, or `otherwise` where the argument is absent or wrong. */
  number(
    args: ReadonlyMap<string, ArgNode>,
    name: string,
    otherwise: number,
    wanted: string,
    accepts: (value: number) => boolean,
  ): number {
    const arg = args.get(name);
    if (!arg) return otherwise;
    const value = this.value(arg.value, name);
    if (typeof value === 'number' && accepts(value)) return value;
    if (value !== undefined) {
      this.report('badField', { name, found: formatStatic(value) }, this.at(arg), { expected: wanted });
    }
    return otherwise;
  }

  flag(args: ReadonlyMap<string, ArgNode>, name: string, otherwise: boolean): boolean {
    const arg = args.get(name);
    if (!arg) return otherwise;
    const value = this.value(arg.value, name);
    if (typeof value === 'boolean') return value;
    if (value !== undefined) {
      this.report('badField', { name, found: formatStatic(value) }, this.at(arg), {
        expected: '`true` or `false`',
      });
    }
    return otherwise;
  }
}

/** The field's value as an expression; amounts belong to `budget` alone, records to genomes and programs. */
export function expression(reader: FieldReader, field: FieldNode): Expr | undefined {
  const { value } = field;
  const name = field.name.text;
  switch (value.kind) {
    case 'amounts':
      reader.report('badField', { name, found: 'an amount with a unit' }, reader.at(value), {
        expected: 'a value without a unit',
      });
      return undefined;
    case 'record':
    case 'counted':
      reader.report('badField', { name, found: foundInstead[value.kind] }, reader.at(value), {
        expected: 'a value',
      });
      return undefined;
    default:
      return value;
  }
}

const foundInstead = { record: 'fields in braces', counted: 'a number of items' } as const;
