/** Checkpoints of the training of one network: what it needs to go on to the same bits, and of which training it is. */
import { z } from 'zod';
import type { Graph } from '../../compiler/graph/graph.ts';
import { refuse } from '../../grammar/diagnostics.ts';
import { readCheckpointFile, writeCheckpointFile } from '../store/checkpointFile.ts';
import type { Checkpoint } from '../train/executor.ts';
import { fileProblem } from './problems.ts';
import { weightProblem } from './weights.ts';

/** Of which training a checkpoint is, and what is told of it. */
export interface CheckpointOrigin {
  /** What the training follows from: see `identity.ts`. */
  readonly identity: string;
  /** Version of naslang, and the adapter. */
  readonly version: string;
  readonly adapter: string;
  /** That the epochs so far took. */
  readonly seconds: number;
}

const FORMAT = '2';
const HINT = '`--fresh` removes it and trains from the beginning';

const textsForm = z.object({
  format: z.literal(FORMAT),
  identity: z.string(),
  version: z.string(),
  adapter: z.string(),
  seconds: z.string().transform(Number).pipe(z.number().nonnegative()),
  epoch: z.string().transform(Number).pipe(z.int().positive()),
  losses: z
    .string()
    .transform((text) => JSON.parse(text) as unknown)
    .pipe(z.array(z.number())),
});

/** Replaces the checkpoint. Once this returns it survives a loss of power. */
export async function writeCheckpoint(
  path: string,
  { epoch, tensors, optimizer, epochLosses }: Checkpoint,
  { identity, version, adapter, seconds }: CheckpointOrigin,
): Promise<void> {
  const texts = {
    format: FORMAT,
    identity,
    version,
    adapter,
    seconds: String(seconds),
    epoch: String(epoch),
    losses: JSON.stringify(epochLosses),
  };
  await writeCheckpointFile(path, { tensors, optimizer, texts }, fileProblem);
}

/** A checkpoint with what is told of it. */
export interface FoundCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly origin: CheckpointOrigin;
}

/**
 * The checkpoint of the training `identity` of `graph`; undefined where there is none. Refuses one that is damaged, or of
 * another training.
 */
export async function readCheckpoint(
  path: string,
  identity: string,
  graph: Graph,
  epochs: number,
): Promise<FoundCheckpoint | undefined> {
  const found = await readCheckpointFile(path, HINT, fileProblem);
  if (found === undefined) return undefined;
  const broken = (problem: string): never => refuse('checkpointBroken', { path, problem }, { hint: HINT });
  const { tensors, optimizer, texts } = found;
  const parsed = safely(() => textsForm.safeParse(texts));
  if (!parsed?.success) return broken('it does not say where the training stands');
  const { epoch, losses, ...origin } = parsed.data;
  if (origin.identity !== identity) {
    const problem = `it follows from other settings (${origin.identity}, and not ${identity})`;
    return refuse('checkpointForeign', { path, problem }, { hint: HINT });
  }
  const problem = weightProblem(graph, graph, tensors);
  if (problem !== undefined) return broken(problem);
  if (epoch > epochs || losses.length !== epoch) return broken(`epoch ${epoch} of ${epochs} cannot be`);
  return { checkpoint: { epoch, tensors, optimizer, epochLosses: losses }, origin };
}

/** JSON in the texts may be none. */
function safely<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
