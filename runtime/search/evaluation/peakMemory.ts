/** Predicts the memory of a trial for the objective `peak_memory`, without a device. */
import type { CompiledSearch } from '../../../compiler/compile.ts';
import { augmentOf, subsetSize, trainingsOf } from '../../../compiler/search/search.ts';
import type { Architecture } from '../../../compiler/space/architecture.ts';
import type { Profile } from '../../../compiler/wgsl/plan.ts';
import { refuse } from '../../../grammar/diagnostics.ts';
import { dataForm } from '../../data/table.ts';
import { stepsPerEpoch } from '../../train/order.ts';
import { architectureGraphs, predictTrial } from '../predict.ts';

/** Always the same kind of device, so that a search has one result wherever it runs: that of `nas plan`. */
const PROFILE: Profile = { kind: 'gpu', subgroupSize: undefined };

/** Where nothing is trained and no data are named: images of a batch, and batches of an epoch. */
const BATCH = 64;
const BATCHES = 16;

const FLOAT_BYTES = 4;

/** Bytes that a device holds at once while it trains or measures an architecture. Refuses what no device need hold. */
export function peakMemory({ space, search }: CompiledSearch, architecture: Architecture): number {
  const { evaluate, data } = search;
  const [train] = trainingsOf(search);
  const batch = train?.batch ?? BATCH;
  let capacity = { training: BATCHES * batch, evaluation: BATCHES * batch };
  let residentBytes = 0;
  if (data) {
    const { sizes, imageShape } = dataForm(data);
    const images = subsetSize(sizes.train, evaluate.kind === 'train' ? evaluate.subset : 1);
    if (batch > images) refuse('batchTooLarge', { batch, images });
    capacity = {
      training: stepsPerEpoch(images, batch) * batch,
      evaluation: Math.ceil(sizes.validation / batch) * batch,
    };
    const pixels = imageShape.reduce((product, size) => product * size, 1);
    residentBytes = (sizes.train + sizes.validation + sizes.test) * (pixels + 1) * FLOAT_BYTES;
  }
  const {
    optimizer = { name: 'sgd', lr: 0.05, momentum: 0.9, nesterov: false, weightDecay: 0 },
    clip,
    ema,
  } = train ?? {};
  const update = { optimizer, ...(clip !== undefined && { clip }), ...(ema !== undefined && { ema }) };
  const graphs = architectureGraphs(space, architecture, batch, train);
  const { peakBytes, training, evaluation } = predictTrial(graphs, {
    profile: PROFILE,
    update,
    augment: train && augmentOf(train),
    capacity,
    residentBytes,
  });
  // An observed training is measured while it holds its own memory.
  const observed = evaluate.kind === 'train' && evaluate.stop !== undefined;
  return observed ? residentBytes + training.bytes + evaluation.bytes : peakBytes;
}
