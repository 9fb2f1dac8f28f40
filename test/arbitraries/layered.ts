/**
 * Random programs of the language as text: lists, nodes, subsets, `none`, `or`, `if`, cells, motifs, repeats and guards. They
 * are well formed; whether their tensors fit is for the compiler to say, and often enough they do.
 */
import * as fc from 'fast-check';

/** Programs, each of a tape of numbers that is read where there is something to decide. */
export const layeredPrograms: fc.Arbitrary<string> = fc
  .array(fc.nat(9999), { minLength: 100, maxLength: 400 })
  .map((tape) => new Writer(tape).program());

/** What is known at a place, by name. */
interface Scope {
  readonly tensors: readonly string[];
  readonly numbers: readonly string[];
  readonly lists: readonly string[];
}

class Writer {
  readonly #tape: readonly number[];
  #at = 0;
  #names = 0;
  /** Motifs and cells that may be used here: those declared before. */
  #callable: readonly string[] = [];

  constructor(tape: readonly number[]) {
    this.#tape = tape;
  }

  program(): string {
    const declarations: string[] = [];
    for (const kind of ['motif', 'normal cell', 'cell'].slice(0, this.#below(4))) {
      const name = this.#fresh('f');
      declarations.push(
        `${kind} ${name}(x; c) {\n${this.#body({ tensors: ['x'], numbers: ['c'], lists: [] }, 2)}\n}\n`,
      );
      this.#callable = [...this.#callable, name];
    }
    const body = this.#body({ tensors: ['x'], numbers: [], lists: [] }, 4, 'output ');
    return `nas 1\nspace layered {\n  input x: image[4, 4, 4]\n${body} |> global_avg_pool |> dense(2)\n}\n${declarations.join('')}`;
  }

  /** Some `let`s and nodes, and a tensor. */
  #body(outer: Scope, most: number, before = ''): string {
    let scope = outer;
    const lines: string[] = [];
    for (let count = 1 + this.#below(most); count > 0; count--) {
      const name = this.#fresh('v');
      switch (this.#below(6)) {
        case 0:
          lines.push(`let ${name} = ${this.#number(scope, 2)}`);
          scope = { ...scope, numbers: [...scope.numbers, name] };
          break;
        case 1:
          lines.push(`let ${name} = ${this.#list(scope, 2)}`);
          scope = { ...scope, lists: [...scope.lists, name] };
          break;
        case 2: {
          const number = this.#pick([
            '1',
            '2',
            '3',
            `choose ${this.#fresh('d')} 1..2`,
            `choose ${this.#fresh('d')} 0..2`,
          ]);
          const inside = {
            ...scope,
            tensors: [...scope.tensors, `last([${this.#pick(scope.tensors)}, ...${name}])`],
          };
          lines.push(
            `nodes ${name}[${number}] = ${this.#tensor({ ...inside, lists: [...scope.lists, name] }, 2)}`,
          );
          scope = { ...scope, lists: [...scope.lists, name] };
          break;
        }
        default:
          lines.push(`let ${name} = ${this.#tensor(scope, 3)}`);
          scope = { ...scope, tensors: [...scope.tensors, name] };
      }
    }
    const value = `${before}(${this.#tensor(scope, 2)} or ${this.#pick(scope.tensors)})`;
    return [...lines, value].map((line) => `  ${line}`).join('\n');
  }

  #tensor(scope: Scope, depth: number): string {
    const inner = (): string => this.#tensor(scope, depth - 1);
    if (depth <= 0) return this.#pick(scope.tensors);
    switch (this.#below(12)) {
      case 0:
        return this.#pick(scope.tensors);
      case 1:
        return this.#choice([inner, inner, () => 'none']);
      case 2:
        return `(${inner()} + ${inner()})`;
      case 3:
        return `add(${this.#list(scope, depth - 1)})`;
      case 4:
        return `(${inner()} or ${inner()})`;
      case 5:
        return `(choose ${this.#fresh('d')} from ${this.#list(scope, depth - 1)})`;
      case 6:
        return `(if ${this.#condition(scope, depth - 1)} then ${inner()} else ${inner()})`;
      case 7:
        return `last(${this.#list(scope, depth - 1)})`;
      case 8:
        return `(concat(${this.#list(scope, depth - 1)}) |> conv(4, 1))`;
      default:
        return `(${inner()} |> ${this.#stage(scope, depth - 1)})`;
    }
  }

  #stage(scope: Scope, depth: number): string {
    const inner = (): string => this.#stage(scope, depth - 1);
    switch (this.#below(depth <= 0 ? 6 : 12)) {
      case 0:
        return 'relu';
      case 1:
        return 'identity';
      case 2:
        return 'max_pool(3)';
      case 3:
        return `conv(4, k: choose ${this.#fresh('d')} {1, 3})`;
      case 4:
        return `conv(${this.#number(scope, 1)}, 1)`;
      case 5:
        return this.#pick(['max_pool(2, 2)', 'batch_norm', 'conv(4, 3)', 'conv(4, 1)']);
      case 6:
        return `repeat ${this.#pick(['1', '2', `choose ${this.#fresh('d')} 0..2`])} { ${inner()} }`;
      case 7: {
        const motif = this.#callable.length > 0 ? this.#pick(this.#callable) : undefined;
        return motif === undefined ? inner() : `${motif}(4)`;
      }
      case 8:
        return `(if ${this.#condition(scope, depth - 1)} then ${inner()} else ${inner()})`;
      default:
        return this.#choice([inner, inner, () => 'none'], scope);
    }
  }

  #list(scope: Scope, depth: number): string {
    const tensor = (): string => this.#tensor(scope, depth - 1);
    const known = scope.lists.length > 0 ? `...${this.#pick(scope.lists)}` : tensor();
    if (depth <= 0) return `[${this.#pick(scope.tensors)}, ${known}]`;
    const name = this.#fresh('d');
    switch (this.#below(7)) {
      case 0:
        return `[${tensor()}, ${tensor()}]`;
      case 1:
        return `(choose ${name} any from ${this.#list(scope, depth - 1)})`;
      case 2:
        return `(choose ${name} 1..2 from ${this.#list(scope, depth - 1)})`;
      case 3: {
        const element = this.#fresh('h');
        const tensors = [...scope.tensors, element];
        const guard = this.#below(3) === 0 ? ` if ${this.#condition(scope, 1)}` : '';
        const made = this.#tensor({ ...scope, tensors }, depth - 1);
        return `[${made} |> ${this.#stage(scope, depth - 1)} for ${element} in ${this.#list(scope, depth - 1)}${guard}]`;
      }
      case 4:
        return `[${known}, none, ${tensor()}]`;
      case 5:
        return `(choose ${name} ${this.#pick(['any', '1..2', '2'])} of { a: ${tensor()}, b when ${this.#condition(scope, 1)}: ${tensor()}, e: ${tensor()} })`;
      default:
        return `[${tensor()}, ${known}]`;
    }
  }

  #number(scope: Scope, depth: number): string {
    const inner = (): string => this.#number(scope, depth - 1);
    if (depth <= 0)
      return scope.numbers.length > 0 && this.#below(2) === 0
        ? this.#pick(scope.numbers)
        : this.#pick(['2', '4']);
    switch (this.#below(9)) {
      case 0:
        return `(choose ${this.#fresh('d')} {2, 4})`;
      case 1:
        return `channels(${this.#pick(scope.tensors)})`;
      case 2:
        return `height(${this.#tensor(scope, depth - 1)})`;
      case 3:
        return `length(${this.#list(scope, depth - 1)})`;
      case 4:
        return `(${inner()} + ${inner()})`;
      case 5:
        return `(if ${this.#condition(scope, depth - 1)} then ${inner()} else ${inner()})`;
      case 6:
        return `max(${inner()}, ${inner()})`;
      default:
        return '4';
    }
  }

  #condition(scope: Scope, depth: number): string {
    if (this.#below(4) === 0) return `${this.#pick(scope.tensors)} in ${this.#list(scope, depth - 1)}`;
    return `${this.#number(scope, depth)} ${this.#pick(['==', '<', '>=', '!='])} ${this.#number(scope, depth - 1)}`;
  }

  /** One of two or three alternatives, of which one may have a condition. */
  #choice(alternatives: readonly (() => string)[], scope?: Scope): string {
    const labels = ['a', 'b', 'e'];
    const chosen = alternatives.slice(0, 2 + this.#below(alternatives.length - 1));
    const written = chosen.map((make, i) => {
      const guard = i === 1 && scope && this.#below(3) === 0 ? ` when ${this.#condition(scope, 1)}` : '';
      return `${labels[i] ?? ''}${guard}: ${make()}`;
    });
    return `(choose ${this.#fresh('d')} { ${written.join(', ')} })`;
  }

  /** A name that nothing has. */
  #fresh(letter: string): string {
    return `${letter}${String(this.#names++)}`;
  }

  #next(): number {
    return this.#tape[this.#at++] ?? 0;
  }

  #below(limit: number): number {
    return this.#next() % limit;
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#below(from.length)];
  }
}
