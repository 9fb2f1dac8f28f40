/** Reads the named arguments of a data set, as in `digits(split: writers)`, and collects what is wrong with them. */
import { diagnose, type Diagnostic } from '../../grammar/diagnostics.ts';
import type { StaticValue } from '../../compiler/space/space.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import { listWords } from '../../util/words.ts';

/** Takes arguments one by one; what nobody took is unknown to the data set. */
export class ArgumentReader {
  readonly #data: string;
  readonly #args: Readonly<Record<string, StaticValue>>;
  readonly #taken: string[] = [];
  readonly #diagnostics: Diagnostic[] = [];

  constructor(data: string, args: Readonly<Record<string, StaticValue>>) {
    this.#data = data;
    this.#args = args;
  }

  /** An argument that is one of a few words; `otherwise` where it is absent or wrong. */
  word<W extends string>(name: string, words: readonly W[], otherwise: W): W {
    const value = this.#take(name);
    if (value === undefined) return otherwise;
    const word = words.find((w) => w === value);
    if (word !== undefined) return word;
    const hint = typeof value === 'string' ? didYouMean(value, words) : undefined;
    this.#wrong(name, value, listWords(words), hint);
    return otherwise;
  }

  /** An argument that is a text, such as a path; undefined where it is absent or wrong. */
  text(name: string): string | undefined {
    const value = this.#take(name);
    if (value === undefined || (typeof value === 'string' && value !== '')) return value;
    this.#wrong(name, value, 'a text in quotes that is not empty', undefined);
    return undefined;
  }

  /** An argument that is one of a few numbers; `otherwise` where it is absent or wrong. */
  oneOf(name: string, numbers: readonly number[], otherwise: number): number {
    const value = this.#take(name);
    if (value === undefined) return otherwise;
    if (typeof value === 'number' && numbers.includes(value)) return value;
    this.#wrong(name, value, listWords(numbers.map(String), 'or'), undefined);
    return otherwise;
  }

  /** An argument that is a whole number from 1 to `most`; `otherwise` where it is absent or wrong. */
  count(name: string, otherwise: number, most: number): number {
    const value = this.#take(name);
    if (value === undefined) return otherwise;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most) return value;
    this.#wrong(name, value, `a whole number from 1 to ${most}`, undefined);
    return otherwise;
  }

  /** All problems, those of arguments that nobody took included. */
  finish(): readonly Diagnostic[] {
    const unknown = Object.keys(this.#args).filter((name) => !this.#taken.includes(name));
    return [
      ...this.#diagnostics,
      ...unknown.map((name) => {
        return diagnose(
          'dataArgumentUnknown',
          { data: this.#data, argument: name },
          {
            expected: listWords(this.#taken),
            hint: didYouMean(name, this.#taken),
          },
        );
      }),
    ];
  }

  #take(name: string): StaticValue | undefined {
    this.#taken.push(name);
    return Object.hasOwn(this.#args, name) ? this.#args[name] : undefined;
  }

  #wrong(name: string, value: StaticValue, expected: string, hint: string | undefined): void {
    this.#diagnostics.push(
      diagnose(
        'dataArgumentValue',
        { data: this.#data, argument: name, value: JSON.stringify(value) },
        { expected, hint },
      ),
    );
  }
}
