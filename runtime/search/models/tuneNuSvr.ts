/** Parameters of a nu-SVR by random search with cross-validation (Bergstra & Bengio 2012; as in Baker et al. 2018, section 3). */
import type { Random } from '../../../util/random.ts';
import { fitNuSvr, type NuSvr, type NuSvrParameters } from './nuSvr.ts';

/** A regression with what it errs on rows that it has not seen. */
export interface TunedNuSvr {
  readonly model: NuSvr;
  readonly parameters: NuSvrParameters;
  /** Target less prediction of each row, by regressions fitted without the row. */
  readonly residuals: readonly number[];
}

/** Parts of the rows, each held out once. */
const folds = 5;

/** The best of `draws` parameters by the squares of the residuals, fitted to all rows. Takes at least two rows. */
export function tuneNuSvr(
  features: readonly (readonly number[])[],
  targets: readonly number[],
  draws: number,
  random: Random,
): TunedNuSvr {
  const order = random.shuffled(targets.map((_, i) => i));
  const fold = new Map(order.map((row, place) => [row, place % folds]));
  let best: Omit<TunedNuSvr, 'model'> | undefined;
  let least = Infinity;
  for (let draw = 0; draw < draws || best === undefined; draw++) {
    const parameters = drawParameters(features[0]?.length ?? 1, random);
    const residuals = heldOutResiduals(features, targets, parameters, (row) => fold.get(row) ?? 0);
    const squares = residuals.reduce((sum, residual) => sum + residual ** 2, 0);
    if (squares < least || best === undefined) [best, least] = [{ parameters, residuals }, squares];
  }
  return { ...best, model: fitNuSvr(features, targets, best.parameters) };
}

/** C and gamma evenly by their logarithms, nu evenly, either kernel. */
function drawParameters(width: number, random: Random): NuSvrParameters {
  return {
    kernel: random.next() < 0.5 ? 'linear' : 'rbf',
    c: 10 ** (3 * random.next() - 1.5),
    nu: 0.1 + 0.8 * random.next(),
    gamma: 10 ** (3 * random.next() - 2.5) / width,
  };
}

function heldOutResiduals(
  features: readonly (readonly number[])[],
  targets: readonly number[],
  parameters: NuSvrParameters,
  foldOf: (row: number) => number,
): readonly number[] {
  const residuals = targets.map(() => 0);
  for (let held = 0; held < folds; held++) {
    const kept = targets.flatMap((_, row) => (foldOf(row) === held ? [] : [row]));
    const out = targets.flatMap((_, row) => (foldOf(row) === held ? [row] : []));
    if (out.length === 0 || kept.length === 0) continue;
    const model = fitNuSvr(
      kept.map((row) => features[row] ?? []),
      kept.map((row) => targets[row] ?? 0),
      parameters,
    );
    for (const row of out) residuals[row] = (targets[row] ?? 0) - model.predict(features[row] ?? []);
  }
  return residuals;
}
