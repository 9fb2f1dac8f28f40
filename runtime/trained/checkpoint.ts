/**
 * Checkpoints on disk: one safetensors file, replaced as a whole, with all that a training needs to go on to the same bits
 * (weights, running statistics, what the optimiser keeps, the epoch), and of which training it is.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Graph } from '../../compiler/graph/graph.ts';
import { Refusal, diagnose, refuse } from '../../grammar/diagnostics.ts';
import { writeWhole } from '../store/files.ts';
import { decodeSafetensors, encodeSafetensors } from '../store/safetensors.ts';
import type { Checkpoint, Tensor, Tensors } from '../train/executor.ts';
import { fileProblem, readIfThere } from './problems.ts';
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

const FORMAT = '1';
const ADVICE = { hint: '`--fresh` removes it and trains from the beginning' } as const;

const metadataForm = z.object({
  format: z.literal(FORMAT),
  identity: z.string(),
  version: z.string(),
  adapter: z.string(),
  seconds: z.string().transform(Number).pipe(z.number().nonnegative()),
  epoch: z.string().transform(Number).pipe(z.int().positive()),
  step: z.string().transform(Number).pipe(z.int().nonnegative()),
  losses: z
    .string()
    .transform((text) => JSON.parse(text) as unknown)
    .pipe(z.array(z.number())),
  sha256: z.string(),
});

const NETWORK = 'network/';
const OPTIMIZER = 'optimizer/';

/** Replaces the checkpoint. Once this returns it survives a loss of power. */
export async function writeCheckpoint(
  path: string,
  { epoch, tensors, optimizer, epochLosses }: Checkpoint,
  { identity, version, adapter, seconds }: CheckpointOrigin,
): Promise<void> {
  const all = new Map<string, Tensor>();
  for (const [name, tensor] of tensors) all.set(`${NETWORK}${name}`, tensor);
  for (const [name, data] of optimizer.tensors) {
    all.set(`${OPTIMIZER}${name}`, { shape: [data.length], data });
  }
  const metadata = {
    format: FORMAT,
    identity,
    version,
    adapter,
    seconds: String(seconds),
    epoch: String(epoch),
    step: String(optimizer.step),
    losses: JSON.stringify(epochLosses),
    sha256: hashOf(all),
  };
  await writeWhole(path, encodeSafetensors(all, metadata), fileProblem);
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
  const bytes = await readIfThere(path);
  if (bytes === undefined) return undefined;
  const broken = (problem: string): never => refuse('checkpointBroken', { path, problem }, ADVICE);
  const { tensors: all, metadata } = decoded(bytes, path);
  const parsed = safely(() => metadataForm.safeParse(metadata));
  if (!parsed?.success) return broken('it does not say where the training stands');
  const { epoch, step, losses, sha256, ...origin } = parsed.data;
  if (sha256 !== hashOf(all)) return broken('its tensors are not those that were written');
  if (origin.identity !== identity) {
    const problem = `it follows from other settings (${origin.identity}, and not ${identity})`;
    return refuse('checkpointForeign', { path, problem }, { hint: ADVICE.hint });
  }
  const tensors = part(all, NETWORK);
  const kept = new Map([...part(all, OPTIMIZER)].map(([name, { data }]) => [name, data]));
  const problem = weightProblem(graph, graph, tensors);
  if (problem !== undefined) return broken(problem);
  if (epoch > epochs || losses.length !== epoch) return broken(`epoch ${epoch} of ${epochs} cannot be`);
  const checkpoint = { epoch, tensors, optimizer: { step, tensors: kept }, epochLosses: losses };
  return { checkpoint, origin };
}

function decoded(bytes: Uint8Array, path: string): ReturnType<typeof decodeSafetensors> {
  try {
    return decodeSafetensors(bytes, path);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const notes = error.diagnostics.map(({ message }) => message);
    const problem = 'it is no whole file of tensors';
    throw new Refusal(diagnose('checkpointBroken', { path, problem }, { ...ADVICE, notes }));
  }
}

/** JSON in the metadata may be none. */
function safely<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function part(all: Tensors, prefix: string): Tensors {
  return new Map(
    [...all].flatMap(([name, tensor]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), tensor] as const] : [],
    ),
  );
}

/** SHA-256 of names and values, in the order of the names. */
function hashOf(tensors: Tensors): string {
  const hash = createHash('sha256');
  for (const name of [...tensors.keys()].sort()) {
    const data = tensors.get(name)?.data ?? new Float32Array();
    hash.update(`${name}\n`).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}
