/** Binds a compiled space to a search: from an architecture to what its evaluation asks of a device or of a table. */
import type { CompiledSearch } from '../../compiler/compile.ts';
import { latencyBatch } from '../../compiler/search/search.ts';
import { canonicalHash } from '../../compiler/space/algebra/canonical.ts';
import { toCompact, toJson } from '../../compiler/space/encode.ts';
import { instantiate } from '../../compiler/space/instantiate.ts';
import { costOfArchitecture } from '../../compiler/space/members.ts';
import { invariant, present } from '../../util/invariant.ts';
import { inherit } from '../train/inherit/inherit.ts';
import { evaluationGraph, trainingGraph } from './evaluation/graphs.ts';
import type { SearchHost } from './host.ts';
import { readLookUp, type LookUp } from './evaluation/lookUp.ts';
import { peakMemory } from './evaluation/peakMemory.ts';
import { shorten } from './evaluation/shorten.ts';
import { zeroCostGraph } from './evaluation/zeroCostGraphs.ts';

/** An odd number, so that the median is one of them. */
const LATENCY_RUNS = 21;

/** The host of a search with all that it needs, its table of results included. Relative names of files begin at `folder`. */
export async function searchHost(compiled: CompiledSearch, folder?: string): Promise<SearchHost> {
  const { evaluate } = compiled.search;
  const table = evaluate.kind === 'tabular' ? await readLookUp(compiled, folder) : undefined;
  return spaceHost(compiled, table, folder);
}

/** The space of a search, with the trainings that the search asks for, or the table in which it looks. */
export function spaceHost(compiled: CompiledSearch, table?: LookUp, folder: string = '.'): SearchHost {
  const { space, members, moves, start, search, retrainSpace = space } = compiled;
  const { evaluate } = search;
  return {
    space,
    members,
    moves,
    start,
    encode: (architecture) => toCompact(space, architecture),
    toJson: (architecture) => toJson(space, architecture),
    cost: (architecture) => costOfArchitecture(space, architecture),
    canonicalHash: (architecture) => canonicalHash(space, architecture),
    peakMemory: (architecture) => peakMemory(compiled, architecture),
    request: (architecture, phase, seed, id, { share = 1, initial, keepTensors = false } = {}) => {
      const retrain = phase === 'retrain';
      const scale = retrain ? retrainSpace : space;
      const wanted = retrain || evaluate.kind !== 'train' ? search.retrain : evaluate.train;
      const train = shorten(present(wanted, 'search: a training'), share);
      const candidate = !retrain && evaluate.kind === 'train' ? evaluate : undefined;
      return {
        kind: 'train',
        id,
        training: trainingGraph(scale, architecture, train.batch, train),
        evaluation: evaluationGraph(scale, architecture, train.batch),
        data: present(search.data, 'search: the data of a training'),
        trainOn: retrain ? 'train+validation' : 'train',
        evaluateOn: retrain ? 'test' : 'validation',
        train,
        seed,
        keepTensors: retrain || keepTensors,
        ...(initial && { initial }),
        ...(candidate?.subset !== undefined && { subset: candidate.subset }),
        ...(candidate?.stop !== undefined && { observed: true }),
      };
    },
    inherit: (parent, trained, child, options) => {
      if (toCompact(space, parent) === toCompact(space, child)) return trained;
      const measured = { batch: 1, mode: 'inference' } as const;
      const graph = instantiate(space, parent, measured);
      return inherit({ graph, trained }, instantiate(space, child, measured), options).tensors;
    },
    latency: (architecture, wanted, seed, id) => {
      const batch = latencyBatch(search, wanted === undefined ? {} : { batch: wanted });
      return {
        kind: 'latency',
        id,
        evaluation: evaluationGraph(space, architecture, batch),
        batch,
        data: present(search.data, 'search: the data of an inference'),
        seed,
        runs: LATENCY_RUNS,
      };
    },
    share: (checkpoint, derive, score, id) => ({
      kind: 'share',
      id,
      program: {
        file: compiled.file,
        text: compiled.text,
        folder,
        search: search.name,
        settings: compiled.settings.map(({ path, value }) => ({ path, value })),
      },
      data: present(search.data, 'search: the data of a supernet'),
      checkpoint,
      derive,
      score: score.map(({ choices }) => choices),
    }),
    score: (architecture, seed, id) => {
      invariant(evaluate.kind === 'zero_cost' && evaluate.score !== 'params', 'search: a score by gradients');
      const { score, batch } = evaluate;
      const graph = zeroCostGraph(space, architecture, score, batch);
      const data = present(search.data, 'search: the data of a score');
      return { kind: 'score', id, score, graph, batch, data, seed };
    },
    ...(table && { table }),
  };
}
