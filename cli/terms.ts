/** Under which terms the trials of a command run: those of a search that is named, or plain ones. */
import type { SetTraining } from '../compiler/kernelSet/kernelSet.ts';
import {
  augmentOf,
  subsetSize,
  trainingsOf,
  type NetworkTerms,
  type SearchSpec,
  type TrainSpec,
} from '../compiler/search/search.ts';
import type { Profile } from '../compiler/wgsl/plan.ts';
import { refuse } from '../grammar/diagnostics.ts';
import { partRows } from '../runtime/data/dataset.ts';
import { loadData } from '../runtime/data/table.ts';
import type { TrialTerms } from '../runtime/search/predict.ts';
import { evaluationOrder, stepsPerEpoch } from '../runtime/train/order.ts';
import type { Context } from './context.ts';
import { loadSearch, type SpaceOptions } from './load.ts';

export interface TermsOptions extends SpaceOptions {
  readonly batch?: number;
}

/** Images in a batch where neither an option nor a search says. */
export const DEFAULT_BATCH = 64;

/** Batches of an epoch where there are no data that say. */
const BATCHES = 16;

/** SGD with momentum. */
const plain: TrialTerms['update'] = {
  optimizer: { name: 'sgd', lr: 0.05, momentum: 0.9, nesterov: false, weightDecay: 0 },
};

/** The terms, with the images of a batch. A search brings its batch, its optimiser and its data. */
export async function trialTerms(
  context: Context,
  file: string,
  options: TermsOptions,
  profile: Profile,
): Promise<TrialTerms & { readonly batch: number; readonly network?: NetworkTerms }> {
  const search = await searchOf(context, file, options);
  const [train] = search ? trainingsOf(search) : [];
  if (search?.data === undefined || train === undefined) {
    const batch = train?.batch ?? options.batch ?? DEFAULT_BATCH;
    const capacity = { training: BATCHES * batch, evaluation: BATCHES * batch };
    return { profile, batch, update: train ? updateOf(train) : plain, capacity, residentBytes: 0 };
  }
  const { evaluate, data } = search;
  const dataset = await loadData(data);
  const { batch } = train;
  const all = partRows(dataset, 'train').length;
  const images = subsetSize(all, evaluate.kind === 'train' ? evaluate.subset : 1);
  const capacity = {
    training: stepsPerEpoch(images, batch) * batch,
    evaluation: evaluationOrder(partRows(dataset, 'validation'), batch).length,
  };
  const residentBytes = dataset.images.byteLength + dataset.labels.byteLength;
  const update = updateOf(train);
  return { profile, batch, network: train, update, augment: augmentOf(train), capacity, residentBytes };
}

/** All trainings that networks may go through: of a search, that of a trial and that of the winner. */
export async function allTrainings(
  context: Context,
  file: string,
  options: TermsOptions,
): Promise<readonly SetTraining[]> {
  const search = await searchOf(context, file, options);
  if (search === undefined) return [{ batch: options.batch ?? DEFAULT_BATCH, ...plain }];
  return trainingsOf(search);
}

/** The search that the options name. */
async function searchOf(
  context: Context,
  file: string,
  { search, set = [], batch }: TermsOptions,
): Promise<SearchSpec | undefined> {
  if (search === undefined) return undefined;
  if (batch !== undefined) {
    const hint = `\`--set evaluate.batch=${batch}\` changes the batch of the search`;
    refuse('conflictingOptions', { first: '--batch', second: '--search' }, { hint });
  }
  const { compiled } = await loadSearch(context, file, { search, set });
  return compiled.search;
}

function updateOf({ optimizer, clip, ema }: TrainSpec): TrialTerms['update'] {
  return { optimizer, ...(clip === undefined ? {} : { clip }), ...(ema === undefined ? {} : { ema }) };
}
