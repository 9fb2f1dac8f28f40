/** Every op's record, complete by type. */
import { activationOps } from './activations.ts';
import { classificationOps } from './classification.ts';
import { convolutionOps } from './convolution.ts';
import { depthwiseOps } from './depthwise.ts';
import { dropoutOps } from './dropout.ts';
import { dropPathOps } from './dropPath.ts';
import { elementwiseOps } from './elementwise.ts';
import { embeddingOps } from './embedding.ts';
import { lastAxisOps } from './lastAxis.ts';
import { matrixOps } from './matrix.ts';
import { mixOps } from './mix.ts';
import { normalizationOps } from './normalization.ts';
import type { OpTable } from './op.ts';
import { pairOps } from './pairs.ts';
import { placeOps } from './places.ts';
import { poolingOps } from './pooling.ts';
import { reduceOps } from './reduce.ts';

export const opTable: OpTable = {
  ...convolutionOps,
  ...depthwiseOps,
  ...matrixOps,
  ...mixOps,
  ...normalizationOps,
  ...lastAxisOps,
  ...elementwiseOps,
  ...pairOps,
  ...activationOps,
  ...dropoutOps,
  ...dropPathOps,
  ...poolingOps,
  ...reduceOps,
  ...placeOps,
  ...embeddingOps,
  ...classificationOps,
};
