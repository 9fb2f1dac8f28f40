/** What the runtime has, as the compiler asks for it when it checks a `search`. */
import type { Vocabulary } from '../compiler/search/vocabulary.ts';
import { checkData, dataForm } from './data/table.ts';
import { checkSharing } from './share/checkSharing.ts';
import { checkStrategy, checkStrategyFit, followsSeveral } from './search/strategies/table.ts';

/** The data sets and strategies of this package. */
export const vocabulary: Vocabulary = {
  checkData,
  dataForm,
  checkStrategy,
  checkStrategyFit,
  checkSharing,
  followsSeveral,
};
