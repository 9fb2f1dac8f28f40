/** Where children begin: how good they are with the weights that they inherit, before anything is trained. */
import { Failure } from '../benchmark.ts';
import type { Graph } from '../../compiler/graph/graph.ts';
import type { Architecture } from '../../compiler/space/architecture.ts';
import { instantiate } from '../../compiler/space/instantiate.ts';
import { openDevice } from '../../runtime/device/device.ts';
import {
  isFailure,
  type Evaluator,
  type TensorsByName,
  type TrainRequest,
} from '../../runtime/evaluate/protocol.ts';
import { trainService } from '../../runtime/evaluate/service.ts';
import type { SearchHost } from '../../runtime/search/host.ts';
import { inherit, type Inheritance } from '../../runtime/train/inherit/inherit.ts';
import { noNoise } from '../../runtime/train/inherit/noise.ts';
import { webGpuExecutor } from '../../runtime/train/webgpuExecutor.ts';
import { present } from '../../util/invariant.ts';

/** The beginning of a child. */
export interface Start {
  readonly strategy: string;
  readonly seed: number;
  readonly trial: number;
  /** Accuracy on the validation images with the weights as they are inherited, and with the noise that the strategy adds to copies. */
  readonly exact: number;
  readonly noisy: number;
  /** Whether those weights make it the function that its parent is. */
  readonly preserves: boolean;
}

/** Measures the start of every child of the searches that it evaluates. */
export interface StartsEvaluator extends Evaluator {
  readonly starts: readonly Start[];
  /** To be told of the search to which the next requests belong. */
  readonly begin: (strategy: string, seed: number) => void;
  /** To be told what children inherit. */
  readonly watch: (host: SearchHost) => SearchHost;
}

/**
 * Evaluates in this process: a worker is asked for whole epochs alone, and a start is a training of none. It goes before the training
 * itself, on which it has no influence.
 */
export async function startsEvaluator(): Promise<StartsEvaluator> {
  const device = await openDevice();
  const executor = webGpuExecutor(device);
  const service = trainService(executor, () => ({
    adapter: device.info.description || device.info.device,
    pipelinesCompiled: device.pipelines.counters.compiled,
    pipelinesReused: device.pipelines.counters.hits,
    pipelinesOutside: device.pipelines.counters.outside,
    bufferBytes: executor.bufferBytes(),
    residentBytes: process.memoryUsage.rss(),
  }));
  const starts: Start[] = [];
  let search = { strategy: '', seed: 0 };
  let inherited: Inheritance | undefined;
  const startOf = (request: TrainRequest, initial: TensorsByName): ReturnType<Evaluator['train']> =>
    service.train(
      { ...request, initial, train: { ...request.train, epochs: 0 }, keepTensors: false },
      () => undefined,
    );
  return {
    starts,
    begin: (strategy, seed) => {
      search = { strategy, seed };
    },
    watch: (host) => ({
      ...host,
      inherit: (parent, trained, child, options) => {
        const networkOf = (architecture: Architecture): Graph =>
          instantiate(host.space, architecture, { batch: 1, mode: 'inference' });
        const grown = networkOf(child);
        inherited = inherit({ graph: networkOf(parent), trained }, grown, { ...options, noise: noNoise });
        return host.inherit?.(parent, trained, child, options) ?? trained;
      },
    }),
    train: async (request, onProgress) => {
      if (request.initial) {
        const { tensors, departures } = present(inherited, 'what the child inherits');
        const [exact, noisy] = [await startOf(request, tensors), await startOf(request, request.initial)];
        if (isFailure(exact)) return exact;
        if (isFailure(noisy)) return noisy;
        const accuracies = { exact: exact.accuracy, noisy: noisy.accuracy };
        starts.push({ ...search, trial: request.id, ...accuracies, preserves: departures.length === 0 });
      }
      return service.train(request, onProgress);
    },
    share: () => Promise.reject(new Failure('no strategy of this benchmark shares weights')),
    measure: service.measure,
    close: async () => device.destroy(),
  };
}
