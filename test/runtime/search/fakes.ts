/** A small space, an evaluator that computes its results from the request, and a search over both. */
import { invariant } from '../../../util/invariant.ts';
import { createHash } from 'node:crypto';
import type { Graph } from '../../../compiler/graph/graph.ts';
import type { SearchSpec, TrainSpec } from '../../../compiler/search/search.ts';
import type { Architecture } from '../../../compiler/space/architecture.ts';
import type { Members } from '../../../compiler/space/members.ts';
import type { Space } from '../../../compiler/space/space.ts';
import { diagnose } from '../../../grammar/diagnostics.ts';
import type {
  Evaluator,
  QuickWork,
  TrainFailure,
  TrainRequest,
  TrainResult,
} from '../../../runtime/evaluate/protocol.ts';
import { runSearch, type SearchOptions } from '../../../runtime/search/driver.ts';
import type { SearchEvent } from '../../../runtime/search/events.ts';
import type { SearchHost } from '../../../runtime/search/host.ts';
import type { SearchOutcome } from '../../../runtime/search/outcome.ts';
import { shorten } from '../../../runtime/search/evaluation/shorten.ts';
import { trialsJson } from '../../../runtime/search/report.ts';
import { experimentId, type ExperimentIdentity } from '../../../runtime/store/identity.ts';
import { openStore } from '../../../runtime/store/open.ts';
import type { Store } from '../../../runtime/store/Store.ts';
import type { StoreSystem } from '../../../runtime/store/system.ts';

const train: TrainSpec = {
  epochs: 3,
  batch: 8,
  optimizer: { name: 'sgd', lr: 0.1, momentum: 0.9, nesterov: false, weightDecay: 0 },
  schedule: { name: 'cosine' },
};

const retrain: TrainSpec = { ...train, epochs: 5 };

export const search: SearchSpec = {
  name: 'tiny',
  space: 'fake',
  data: { name: 'digits', args: {} },
  strategy: { name: 'random', args: {} },
  evaluate: { kind: 'train', train },
  retrain,
  objectives: [{ direction: 'maximize', metric: 'accuracy' }],
  budget: { trials: 6, minutes: undefined },
  seed: 5,
};

export const identity: ExperimentIdentity = {
  space: 'space fake { }',
  search: 'search tiny { }',
  overrides: { width: 8 },
  seed: 5,
  data: 'd1g1t5',
};

export const experiment: string = experimentId(identity);

/** A space of `allowed` members, each a rank written in base 4. */
export function fakeHost(allowed: bigint = 1000n): SearchHost {
  const encode = ({ choices }: Architecture): string => `fake:${choices.join('')}`;
  const unrank = (rank: bigint): Architecture => ({
    space: 'fake',
    choices: rank.toString(4).split('').map(Number),
  });
  return {
    // Random search, which is what these tests run, asks for nothing else of a space.
    space: {} as Space,
    members: { allowed, places: allowed, unrank } as Members,
    moves: [],
    encode,
    toJson: ({ choices }) => ({ space: 'fake', decisions: choices }),
    cost: ({ choices }) => ({ params: 10 * choices.reduce((a, b) => a + b, 1), macs: 1000 * choices.length }),
    latency: (architecture, batch, seed, id) => ({
      kind: 'latency',
      id,
      evaluation: {} as Graph,
      batch: batch ?? 8,
      data: { name: 'fake', args: { architecture: encode(architecture) } },
      seed,
      runs: 3,
    }),
    score: () => {
      throw new Error('no search of these tests scores');
    },
    canonicalHash: encode,
    peakMemory: ({ choices }) => 100 * choices.length,
    request: (
      architecture,
      phase,
      seed,
      id,
      { share = 1, initial, keepTensors = false } = {},
    ): TrainRequest => ({
      kind: 'train',
      id,
      training: {} as Graph,
      evaluation: {} as Graph,
      data: { name: 'fake', args: { architecture: encode(architecture) } },
      trainOn: phase === 'trial' ? 'train' : 'train+validation',
      evaluateOn: phase === 'trial' ? 'validation' : 'test',
      train: phase === 'trial' ? shorten(train, share) : retrain,
      seed,
      keepTensors: phase === 'retrain' || keepTensors,
      ...(initial && { initial }),
    }),
  };
}

export interface FakeOptions {
  /** Milliseconds that a training takes. */
  readonly delay?: number;
  readonly adapter?: string;
  /** What goes wrong with a request, if anything. */
  readonly fail?: (request: TrainRequest) => 'failed' | 'fatal' | undefined;
  /** What is measured without training; usually one millisecond more than the batch has images. */
  readonly measured?: (request: QuickWork) => never | undefined;
  /** The accuracy after each epoch, of trainings that are observed. */
  readonly curve?: (request: TrainRequest) => readonly number[];
  /** Changes a result. */
  readonly change?: (result: TrainResult, request: TrainRequest) => TrainResult;
}

/** An evaluator whose results are a hash of the request. */
export function fakeEvaluator(options: FakeOptions = {}): Evaluator & { readonly requests: TrainRequest[] } {
  const requests: TrainRequest[] = [];
  const device = {
    adapter: options.adapter ?? 'fake adapter',
    pipelinesCompiled: 0,
    pipelinesReused: 0,
    pipelinesOutside: 0,
    bufferBytes: 0,
    residentBytes: 0,
  };
  return {
    requests,
    share: ({ id, derive, score }) => {
      invariant(derive === 0, 'the fake derives no networks');
      const scores = score.map((choices) => ({
        loss: 1,
        accuracy: (choices.join().length % 10) / 10,
        images: 10,
      }));
      return Promise.resolve({ kind: 'share', id, derived: [], scores, device });
    },
    measure: async (request) => {
      const result = {
        kind: request.kind,
        id: request.id,
        milliseconds: 'batch' in request ? 1 + request.batch : 1,
        score: 2,
        device,
      };
      return options.measured?.(request) ?? (result as never);
    },
    async train(request, onProgress) {
      requests.push(request);
      const failure = options.fail?.(request);
      const { epochs } = request.train;
      const epochLosses = Array.from({ length: epochs }, (_, epoch) => number(request, `epoch ${epoch}`));
      const curve = (request.observed && options.curve?.(request)) || undefined;
      let trained = 0;
      for (const [epoch, loss] of epochLosses.entries()) {
        await new Promise((resolve) => setTimeout(resolve, (options.delay ?? 0) / epochs));
        trained = epoch + 1;
        const progress = { kind: 'progress', id: request.id, epoch: trained, epochs, loss } as const;
        const goesOn = onProgress(curve ? { ...progress, accuracy: curve[epoch] } : progress);
        if (curve && goesOn === false) break;
      }
      if (failure !== undefined) return failed(request, failure === 'fatal');
      const result: TrainResult = {
        kind: 'result',
        id: request.id,
        epochLosses: epochLosses.slice(0, trained),
        ...(curve && { epochAccuracies: curve.slice(0, trained) }),
        loss: number(request, 'loss'),
        accuracy: curve?.[trained - 1] ?? Math.floor(number(request, 'accuracy') * 200) / 200,
        images: 200,
        seconds: 0.001,
        tensors: request.keepTensors ? tensors(request) : undefined,
        device,
      };
      return options.change?.(result, request) ?? result;
    },
    close: () => Promise.resolve(),
  };
}

function failed(request: TrainRequest, fatal: boolean): TrainFailure {
  const diagnostic = diagnose(
    fatal ? 'workerGaveUp' : 'lossNotFinite',
    fatal ? { times: 3 } : { epoch: 1, step: 2 },
  );
  return { kind: 'failure', id: request.id, diagnostic, fatal };
}

function number(request: TrainRequest, what: string): number {
  const { data, seed, trainOn, evaluateOn } = request;
  const text = JSON.stringify([data.args, seed, trainOn, evaluateOn, request.train.epochs, what]);
  return createHash('sha256').update(text).digest().readUInt32LE(0) / 2 ** 32;
}

function tensors(request: TrainRequest): NonNullable<TrainResult['tensors']> {
  const data = Float32Array.from({ length: 6 }, (_, i) => number(request, `weight ${i}`));
  return new Map([
    ['stem.conv.weight', { shape: [2, 3], data }],
    ['head.bias', { shape: [1], data: data.slice(0, 1) }],
  ]);
}

export async function open(
  folder: string,
  version: string = '0.1.0',
  system: Partial<StoreSystem> = {},
): Promise<Store> {
  return openStore({ folder, version, create: true, system });
}

export type Run = {
  outcome: SearchOutcome;
  events: SearchEvent[];
  evaluator: ReturnType<typeof fakeEvaluator>;
};

/** One start of the program on a store folder, from opening to closing it. */
export async function start(
  folder: string,
  options: Partial<Omit<SearchOptions, 'store' | 'evaluator'>> &
    FakeOptions & { version?: string; system?: Partial<StoreSystem> } = {},
): Promise<Run> {
  const store = await open(folder, options.version, options.system);
  const evaluator = fakeEvaluator(options);
  const events: SearchEvent[] = [];
  const onEvent = (event: SearchEvent): void => {
    events.push(event);
    options.onEvent?.(event);
  };
  try {
    const base = { host: fakeHost(), search, identity };
    const outcome = await runSearch({ ...base, ...options, store, evaluator, onEvent });
    return { outcome, events, evaluator };
  } finally {
    await store.close();
  }
}

/** What the store of a folder holds, as `nas trials --json` prints it. */
export async function json(folder: string, times: boolean = false): Promise<string> {
  const store = await open(folder);
  try {
    return await trialsJson(store, experiment, { times });
  } finally {
    await store.close();
  }
}

export function withBudget(trials: number | undefined, minutes?: number): { search: SearchSpec } {
  return { search: { ...search, budget: { trials, minutes } } };
}
