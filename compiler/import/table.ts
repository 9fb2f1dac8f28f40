/** Every ONNX operator that is understood, and what it becomes: one table, of families that are complete by type. */
import type { OnnxRule } from './rule.ts';
import { activationRules } from './rules/activations.ts';
import { convolutionRules } from './rules/convolution.ts';
import { elementwiseRules } from './rules/elementwise.ts';
import { lossRules } from './rules/losses.ts';
import { matrixRules } from './rules/matrices.ts';
import { normalizationRules } from './rules/normalization.ts';
import { partRules } from './rules/parts.ts';
import { poolingRules } from './rules/pooling.ts';
import { recurrentRules } from './rules/recurrent.ts';
import { reductionRules } from './rules/reductions.ts';
import { shapeRules } from './rules/shapes.ts';
import { trainingRules } from './rules/training.ts';

export const onnxTable: Readonly<Record<string, OnnxRule>> = {
  ...elementwiseRules,
  ...activationRules,
  ...reductionRules,
  ...matrixRules,
  ...convolutionRules,
  ...poolingRules,
  ...normalizationRules,
  ...shapeRules,
  ...partRules,
  ...recurrentRules,
  ...lossRules,
  ...trainingRules,
};
