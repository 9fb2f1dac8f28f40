/** The picture of a comparison: `--svg FILE`. */
import { writeFile } from 'node:fs/promises';
import { refuse } from '../../grammar/diagnostics.ts';
import type { Comparison } from '../../runtime/search/compare/comparison.ts';
import { plotComparison } from '../../runtime/search/compare/plot.ts';
import { countOf } from '../../util/words.ts';
import type { Context } from '../context.ts';
import { pathFrom } from '../terminal.ts';
import { formatObjective } from './format.ts';

/** Writes the curves of a comparison as an SVG picture, under this name. Refuses where the file cannot be written. */
export async function writePicture(
  { terminal }: Context,
  path: string,
  comparison: Comparison,
  name: string,
): Promise<void> {
  const { objective, unit, strategies } = comparison;
  const metric = objective.metric.replace('_', ' ');
  const accuracy = objective.metric === 'accuracy';
  const digits = (step: number): number =>
    step === 0 ? 2 : Math.max(0, Math.min(6, -Math.floor(Math.log10(step * (accuracy ? 100 : 1)) + 1e-9)));
  const text = plotComparison(comparison, {
    title: `${name}: mean of ${countOf(strategies[0]?.runs.length ?? 0, 'seed')} with 95 % intervals`,
    yTitle: `best ${metric} so far`,
    xTitle: unit,
    format: (value, step) =>
      accuracy
        ? `${(100 * value).toFixed(digits(step))} %`
        : step === 0
          ? formatObjective(value, objective)
          : value.toFixed(digits(step)),
  });
  try {
    await writeFile(pathFrom(terminal, path), text);
  } catch (error) {
    refuse('unwritableFile', { path, reason: error instanceof Error ? error.message : String(error) });
  }
}
