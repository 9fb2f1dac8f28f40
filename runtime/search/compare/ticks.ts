/** Where an axis is marked: multiples of 1, 2 or 5 times a power of ten (Heckbert 1990, "Nice numbers for graph labels"). */
export interface Ticks {
  readonly values: readonly number[];
  readonly step: number;
}

/** About `count` of them from `low` to `high`, ends included where they are multiples. */
export function ticksBetween(low: number, high: number, count: number): Ticks {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((nice) => nice * power >= rough * 0.999) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  // A product of whole numbers and a step is rounded once.
  const values = Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
  return { values, step };
}
