/**
 * Small random spaces, with a listing of their architectures that shares nothing with the compiler: the
 * generator builds a plan, prints it as `.nas`, and enumerates the plan by nested loops.
 */
import * as fc from 'fast-check';

/** A piece of a pipeline on a 4 x 4 image that keeps its shape. */
type Piece =
  | { readonly kind: 'kernel'; readonly name: string; readonly options: readonly number[] }
  | { readonly kind: 'plain' }
  | { readonly kind: 'choice'; readonly name: string; readonly alternatives: readonly (readonly Piece[])[] }
  | {
      readonly kind: 'repeat';
      readonly name: string;
      readonly count: Count;
      readonly body: readonly Piece[];
    };

type Count =
  | { readonly kind: 'fixed'; readonly count: number }
  | { readonly kind: 'depth' } // the space's own `let depth`, which several repeats may share
  | { readonly kind: 'range'; readonly from: number; readonly to: number };

export interface SmallSpace {
  readonly text: string;
  /** Number of architectures, by formula: what keeps the listing short. */
  readonly size: number;
  /** Every architecture as answers by path, in text order, first decision most significant. */
  readonly members: () => Record<string, number | string>[];
}

type Shape = { readonly kind: Piece['kind']; readonly size: number; readonly inner: readonly Shape[][] };

const shape: fc.Memo<Shape> = fc.memo((depth) => {
  const leaf = fc.record({
    kind: fc.constantFrom('kernel' as const, 'plain' as const),
    size: fc.integer({ min: 1, max: 3 }),
    inner: fc.constant([]),
  });
  if (depth <= 1) return leaf;
  const bodies = (max: number) =>
    fc.array(fc.array(shape(depth - 1), { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: max });
  return fc.oneof(
    { weight: 2, arbitrary: leaf },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('choice' as const),
        size: fc.constant(0),
        inner: bodies(3),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('repeat' as const),
        size: fc.integer({ min: 0, max: 5 }),
        inner: bodies(1),
      }),
    },
  );
});

/** Spaces of at most `limit` architectures. */
export function smallSpaces(limit: number): fc.Arbitrary<SmallSpace> {
  return fc
    .array(shape(3), { minLength: 1, maxLength: 4 })
    .map((shapes) => build(shapes))
    .filter((space) => space.size <= limit);
}

function build(shapes: readonly Shape[]): SmallSpace {
  let names = 0;
  const piece = ({ kind, size, inner }: Shape): Piece => {
    const name = `d${names++}`;
    switch (kind) {
      case 'kernel':
        return { kind, name, options: [1, 3, 5].slice(0, size) };
      case 'plain':
        return { kind };
      case 'choice':
        return { kind, name, alternatives: inner.map((body) => body.map(piece)) };
      case 'repeat': {
        const counts: Count[] = [
          { kind: 'fixed', count: 0 },
          { kind: 'fixed', count: 2 },
          { kind: 'depth' },
          { kind: 'depth' },
          { kind: 'range', from: 0, to: 2 },
          { kind: 'range', from: 1, to: 3 },
        ];
        return { kind, name, count: counts[size], body: (inner[0] ?? []).map(piece) };
      }
    }
  };
  const pieces = shapes.map(piece);
  const size = [1, 2].reduce((sum, depth) => sum + howMany(pieces, depth), 0);
  let listed: Record<string, number | string>[] | undefined;
  return {
    size,
    text: `nas 1\nspace tiny {\n  input x: image[4, 4, 2]\n  let depth = choose 1..2\n  output x |> ${print(pieces)} |> global_avg_pool |> dense(2)\n}\n`,
    members: () => (listed ??= [1, 2].flatMap((depth) => list(pieces, 'tiny', depth, { depth }))),
  };
}

const print = (pieces: readonly Piece[]): string => pieces.map(printPiece).join(' |> ');

function printPiece(piece: Piece): string {
  switch (piece.kind) {
    case 'kernel':
      return `conv(2, k: choose ${piece.name} {${piece.options.join(', ')}})`;
    case 'plain':
      return 'relu';
    case 'choice': {
      const alternatives = piece.alternatives.map((body, i) => `a${i}: ${print(body)}`);
      return `choose ${piece.name} { ${alternatives.join(', ')} }`;
    }
    case 'repeat': {
      const { count } = piece;
      const text =
        count.kind === 'fixed'
          ? String(count.count)
          : count.kind === 'depth'
            ? 'depth'
            : `choose n_${piece.name} ${count.from}..${count.to}`;
      return `repeat ${text} { ${print(piece.body)} }`;
    }
  }
}

function howMany(pieces: readonly Piece[], depth: number): number {
  return pieces.reduce((product, piece) => {
    if (piece.kind === 'plain') return product;
    if (piece.kind === 'kernel') return product * piece.options.length;
    if (piece.kind === 'choice')
      return product * piece.alternatives.reduce((s, b) => s + howMany(b, depth), 0);
    return product * countsOf(piece.count, depth).reduce((s, n) => s + howMany(piece.body, depth) ** n, 0);
  }, 1);
}

function countsOf(count: Count, depth: number): readonly number[] {
  if (count.kind === 'fixed') return [count.count];
  if (count.kind === 'depth') return [depth];
  return Array.from({ length: count.to - count.from + 1 }, (_, i) => count.from + i);
}

type Answers = Record<string, number | string>;

/** All ways to answer the pieces of one body, after `before`. */
function list(pieces: readonly Piece[], path: string, depth: number, before: Answers): Answers[] {
  const at = (name: string): string => (path === 'tiny' ? name : `${path}.${name}`);
  let all: Answers[] = [before];
  for (const piece of pieces) {
    switch (piece.kind) {
      case 'plain':
        break;
      case 'kernel':
        all = all.flatMap((a) => piece.options.map((k) => ({ ...a, [at(piece.name)]: k })));
        break;
      case 'choice':
        all = all.flatMap((a) =>
          piece.alternatives.flatMap((body, i) =>
            list(body, `${at(piece.name)}.a${i}`, depth, { ...a, [at(piece.name)]: `a${i}` }),
          ),
        );
        break;
      case 'repeat': {
        const { count } = piece;
        all = all.flatMap((a) =>
          countsOf(count, depth).flatMap((n) => {
            let turns: Answers[] = [count.kind === 'range' ? { ...a, [at(`n_${piece.name}`)]: n } : a];
            for (let turn = 0; turn < n; turn++) {
              turns = turns.flatMap((t) => list(piece.body, `${path}[${turn}]`, depth, t));
            }
            return turns;
          }),
        );
        break;
      }
    }
  }
  return all;
}
