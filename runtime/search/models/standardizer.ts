/** Features with mean 0 and deviation 1. */

/** What was seen of each feature. */
export class Standardizer {
  readonly means: readonly number[];
  /** 1 for a feature that never varies, so that it becomes 0. */
  readonly deviations: readonly number[];

  constructor(rows: readonly (readonly number[])[]) {
    const width = rows[0]?.length ?? 0;
    const average = (of: (row: readonly number[]) => number): number =>
      rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
    this.means = Array.from({ length: width }, (_, i) => average((row) => row[i] ?? 0));
    this.deviations = this.means.map((mean, i) => {
      const deviation = Math.sqrt(average((row) => ((row[i] ?? 0) - mean) ** 2));
      return deviation > 1e-12 * Math.abs(mean) ? deviation : 1;
    });
  }

  of(row: readonly number[]): readonly number[] {
    return row.map((value, i) => (value - (this.means[i] ?? 0)) / (this.deviations[i] ?? 1));
  }
}
