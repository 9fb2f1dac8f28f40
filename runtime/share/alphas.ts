/**
 * Architecture parameters on the host, in float64: logits of the options of each decision, what gates are made of them, and how
 * gradients for gates become gradients for them. They are few (224 in the supernet of DARTS); the device sees gates alone.
 */
import type { GateValues } from '../../compiler/share/gates.ts';
import type { Alphas } from '../../compiler/space/relax.ts';
import { present } from '../../util/invariant.ts';

/** Matrices by the names of their gates. */
export type Matrices = ReadonlyMap<string, GateValues>;

/** Changes a matrix row by row: `row` writes the new row. */
export function mapRows(
  matrices: Matrices,
  row: (old: Float64Array, out: Float64Array, name: string, index: number) => void,
): Matrices {
  return new Map(
    [...matrices].map(([name, { shape, data }]) => {
      const [rows, columns] = shape;
      const out = new Float64Array(data.length);
      for (let i = 0; i < rows; i++) {
        const at = i * columns;
        row(data.subarray(at, at + columns), out.subarray(at, at + columns), name, i);
      }
      return [name, { shape, data: out }];
    }),
  );
}

/** The softmax of each row. */
export function softmaxRows(logits: Matrices): Matrices {
  return mapRows(logits, softmax);
}

export function softmax(logits: Float64Array, out: Float64Array): void {
  const largest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  let sum = 0;
  logits.forEach((x, i) => (sum += out[i] = Math.exp(x - largest)));
  for (let i = 0; i < out.length; i++) out[i] = (out[i] ?? NaN) / sum;
}

/**
 * The gradient of logits, from that of their softmax: dL/dalpha_i = sum_j dL/dp_j p_j (delta_ij - p_i). With `temperature` that of
 * the concrete distribution, softmax((alpha + noise) / temperature) (Maddison et al. 2017).
 */
export function softmaxBack(shares: Matrices, gradients: Matrices, temperature: number = 1): Matrices {
  return mapRows(shares, (p, out, name, index) => {
    const { shape, data } = present(gradients.get(name), 'the gradient of', name);
    const g = data.subarray(index * shape[1], (index + 1) * shape[1]);
    const mean = p.reduce((sum, share, i) => sum + share * (g[i] ?? NaN), 0);
    p.forEach((share, i) => (out[i] = (share * ((g[i] ?? NaN) - mean)) / temperature));
  });
}

/** a + factor b. */
export function plus(a: Matrices, factor: number, b: Matrices): Matrices {
  return new Map(
    [...a].map(([name, { shape, data }]) => {
      const other = present(b.get(name), name).data;
      return [name, { shape, data: data.map((x, i) => x + factor * (other[i] ?? NaN)) }];
    }),
  );
}

/** Entropy of each row in nats, averaged over all rows. */
export function meanEntropy(shares: Matrices): number {
  let [sum, rows] = [0, 0];
  for (const { shape, data } of shares.values()) {
    rows += shape[0];
    for (const p of data) if (p > 0) sum -= p * Math.log(p);
  }
  return rows === 0 ? 0 : sum / rows;
}

/** Logits that are 0 for all. */
export function zeroLogits(alphas: readonly Alphas[]): Matrices {
  return new Map(
    alphas.map(({ name, decisions, columns }) => [
      name,
      { shape: [decisions.length, columns] as const, data: new Float64Array(decisions.length * columns) },
    ]),
  );
}

export interface AdamSettings {
  readonly lr: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly weightDecay: number;
}

/** Adam on logits (Kingma & Ba 2015), decay added to the gradient as in the released code of DARTS. */
export class AlphaAdam {
  readonly #settings: AdamSettings;
  #step = 0;
  #means: Matrices | undefined;
  #squares: Matrices | undefined;

  constructor(settings: AdamSettings) {
    this.#settings = settings;
  }

  /** The logits after a step down the gradients, in the rows that are moved. */
  step(
    logits: Matrices,
    gradients: Matrices,
    isMoved: (name: string, row: number) => boolean = () => true,
  ): Matrices {
    const { lr, beta1, beta2, weightDecay } = this.#settings;
    this.#step += 1;
    const zeros = mapRows(logits, () => undefined);
    const [means, squares] = [this.#means ?? zeros, this.#squares ?? zeros];
    const [newMeans, newSquares] = [copyOf(means), copyOf(squares)];
    const [c1, c2] = [1 - beta1 ** this.#step, 1 - beta2 ** this.#step];
    const moved = mapRows(logits, (old, out, name, row) => {
      out.set(old);
      if (!isMoved(name, row)) return;
      const at = row * old.length;
      const g = present(gradients.get(name), name).data;
      const [m, s] = [present(newMeans.get(name), name).data, present(newSquares.get(name), name).data];
      old.forEach((x, i) => {
        const gradient = (g[at + i] ?? NaN) + weightDecay * x;
        const mean = (m[at + i] = beta1 * (m[at + i] ?? 0) + (1 - beta1) * gradient);
        const square = (s[at + i] = beta2 * (s[at + i] ?? 0) + (1 - beta2) * gradient * gradient);
        out[i] = x - (lr * (mean / c1)) / (Math.sqrt(square / c2) + 1e-8);
      });
    });
    [this.#means, this.#squares] = [newMeans, newSquares];
    return moved;
  }

  save(): AdamState {
    return { step: this.#step, means: plain(this.#means), squares: plain(this.#squares) };
  }

  load({ step, means, squares }: AdamState): void {
    this.#step = step;
    this.#means = means && matricesOf(means);
    this.#squares = squares && matricesOf(squares);
  }
}

/** Matrices as JSON holds them, to the last bit. */
export type PlainMatrices = Readonly<
  Record<string, { readonly shape: readonly [number, number]; readonly data: readonly number[] }>
>;

export interface AdamState {
  readonly step: number;
  readonly means: PlainMatrices | undefined;
  readonly squares: PlainMatrices | undefined;
}

export function plain(matrices: Matrices): PlainMatrices;
export function plain(matrices: Matrices | undefined): PlainMatrices | undefined;
export function plain(matrices: Matrices | undefined): PlainMatrices | undefined {
  if (matrices === undefined) return undefined;
  return Object.fromEntries(
    [...matrices].map(([name, { shape, data }]) => [name, { shape, data: [...data] }]),
  );
}

export function matricesOf(stored: PlainMatrices): Matrices {
  return new Map(
    Object.entries(stored).map(([name, { shape, data }]) => [name, { shape, data: Float64Array.from(data) }]),
  );
}

function copyOf(matrices: Matrices): Matrices {
  return mapRows(matrices, (old, out) => out.set(old));
}
