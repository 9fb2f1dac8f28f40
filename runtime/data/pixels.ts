/** Square images that are stored as planes of bytes, made smaller by exact means and scaled. */

/** How images are stored and what becomes of them. */
export interface PixelForm {
  /** Pixels across, as stored and as wanted; the second divides the first. */
  readonly stored: number;
  readonly size: number;
  /** For each channel, what is taken off the values (0 to 255), and what they are divided by then. */
  readonly means: readonly number[];
  readonly deviations: readonly number[];
}

/**
 * Planes of one image, (channel, row, column), as (row, column, channel) of `size` x `size` pixels, each the mean over a
 * square. The sums are of whole numbers, so that the means do not depend on the order.
 */
export function writeImage(planes: Uint8Array, form: PixelForm, out: Float32Array): void {
  const { stored, size, means, deviations } = form;
  const channels = means.length;
  const side = stored / size;
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      for (let channel = 0; channel < channels; channel += 1) {
        let sum = 0;
        for (let i = 0; i < side; i += 1) {
          const from = (channel * stored + row * side + i) * stored + column * side;
          for (let j = 0; j < side; j += 1) sum += planes[from + j] ?? 0;
        }
        const value = sum / (side * side);
        const scaled = (value - (means[channel] ?? 0)) / (deviations[channel] ?? 1);
        out[(row * size + column) * channels + channel] = scaled;
      }
    }
  }
}
