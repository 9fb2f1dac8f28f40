/** Every op's record, complete by type. */
import { classificationOps } from './classification.ts';
import { convolutionOps } from './convolution.ts';
import { elementwiseOps } from './elementwise.ts';
import { matrixOps } from './matrix.ts';
import { normalizationOps } from './normalization.ts';
import type { OpTable } from './op.ts';
import { poolingOps } from './pooling.ts';

export const opTable: OpTable = {
  ...convolutionOps,
  ...matrixOps,
  ...normalizationOps,
  ...elementwiseOps,
  ...poolingOps,
  ...classificationOps,
};
