/**
 * Answers requests about supernets: compiles the search, trains what is left to train, scores networks. One supernet is kept; that of
 * another request takes its place.
 */
import { compileSearch, type CompiledSearch } from '../../compiler/compile.ts';
import { readProgram } from '../../compiler/program.ts';
import type { DataSpec } from '../../compiler/search/search.ts';
import { Refusal, type Checked } from '../../grammar/diagnostics.ts';
import { invariant } from '../../util/invariant.ts';
import type { Dataset } from '../data/dataset.ts';
import { failure } from '../evaluate/service.ts';
import type {
  DeviceUse,
  ShareRequest,
  ShareResult,
  SharedScore,
  TrainFailure,
  TrainProgress,
} from '../evaluate/protocol.ts';
import { nodeHost } from '../host.ts';
import { vocabulary } from '../vocabulary.ts';
import { checkpointFile } from './checkpoint.ts';
import type { DeviceWeightsOptions } from './deviceWeights.ts';
import { methodOfSearch } from './methodOfSearch.ts';
import type { SharedWeights } from './sharedWeights.ts';
import { trainSupernet, type TrainedSupernet } from './trainSupernet.ts';

export interface ShareService {
  readonly share: (
    request: ShareRequest,
    onProgress: (progress: TrainProgress) => void,
  ) => Promise<ShareResult | TrainFailure>;
}

/** A service on weights as `makeWeights` makes them. */
export function shareService(
  makeWeights: (options: DeviceWeightsOptions) => SharedWeights,
  dataOf: (spec: DataSpec) => Promise<Dataset>,
  use: () => DeviceUse,
): ShareService {
  let kept: { readonly key: string; readonly trained: TrainedSupernet } | undefined;

  const trainedFor = async (
    request: ShareRequest,
    onProgress: (progress: TrainProgress) => void,
  ): Promise<TrainedSupernet> => {
    const { id, checkpoint, tuning } = request;
    const key = `${checkpoint.path} ${checkpoint.fingerprint}`;
    if (kept?.key === key) return kept.trained;
    kept?.trained.release();
    kept = undefined;
    const dataset = await dataOf(request.data);
    const { search, ...searched } = accept(compiled(request));
    const { evaluate, strategy, seed } = search;
    invariant(evaluate.kind === 'shared', 'a search that shares weights');
    const { epochs } = evaluate.train;
    const task = {
      searched,
      dataset,
      method: methodOfSearch(evaluate, strategy),
      train: evaluate.train,
      seed,
    };
    const trained = await trainSupernet(task, {
      makeWeights: (layout, update) =>
        makeWeights({ layout, update, dataset, seed, ...(tuning && { tuning }) }),
      file: checkpointFile(checkpoint.path, checkpoint.fingerprint),
      onEpoch: (epoch, { loss, entropy, leading, numbers }) =>
        onProgress({
          kind: 'progress',
          id,
          epoch: epoch + 1,
          epochs,
          loss,
          ...(entropy !== undefined && { entropy }),
          ...(leading && { leading: leading.choices }),
          ...(numbers && { numbers }),
        }),
    });
    kept = { key, trained };
    return trained;
  };

  return {
    share: async (request, onProgress) => {
      const { id, derive, score } = request;
      let trained;
      try {
        trained = await trainedFor(request, onProgress);
      } catch (error) {
        // Without a supernet no network can be scored.
        return failure(id, error, true);
      }
      try {
        const candidates = derive > 0 ? await trained.method.candidates(derive) : [];
        const scores: SharedScore[] = [];
        // oxlint-disable-next-line no-await-in-loop -- one network after the other
        for (const choices of score) scores.push(await trained.score(choices));
        return {
          kind: 'share',
          id,
          derived: candidates.map(({ choices }) => choices),
          scores,
          device: use(),
        };
      } catch (error) {
        return failure(id, error, false);
      }
    },
  };
}

/** The search, compiled anew: the coordinator did so before and found nothing wrong. */
function compiled({ program }: ShareRequest): Checked<CompiledSearch> {
  const { file, text, folder, search, settings } = program;
  const read = readProgram({ name: file, text }, nodeHost(folder));
  if (!read.value) return { value: undefined, diagnostics: read.diagnostics };
  return compileSearch(read.value, search, settings, vocabulary);
}

function accept<T>({ value, diagnostics }: Checked<T>): T {
  if (value === undefined) throw new Refusal(...diagnostics);
  return value;
}
