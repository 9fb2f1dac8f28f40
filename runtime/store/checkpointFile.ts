/**
 * Checkpoints on disk: one safetensors file, replaced as a whole, with the tensors of a training, what its optimiser keeps, and
 * texts about them. A SHA-256 of all of it stands among the texts, so that what is read is what was written.
 */
import { createHash } from 'node:crypto';
import { diagnose, Refusal, refuse } from '../../grammar/diagnostics.ts';
import type { OptimizerState } from '../execute/optimizerState.ts';
import { readIfThere, writeWhole, type Explain } from './files.ts';
import { storeProblem } from './problems.ts';
import {
  decodeSafetensors,
  encodeSafetensors,
  type Tensor,
  type TensorFile,
  type Tensors,
} from './safetensors.ts';

/** What is in the file. */
export interface StoredCheckpoint {
  readonly tensors: Tensors;
  readonly optimizer: OptimizerState;
  readonly texts: Readonly<Record<string, string>>;
}

const NETWORK = 'network/';
const OPTIMIZER = 'optimizer/';
const STEP = 'step';
const HASH = 'sha256';

/** Replaces the checkpoint. Once this returns it survives a loss of power. */
export async function writeCheckpointFile(
  path: string,
  { tensors, optimizer, texts }: StoredCheckpoint,
  explain: Explain = storeProblem,
): Promise<void> {
  const all = new Map<string, Tensor>();
  for (const [name, tensor] of tensors) all.set(`${NETWORK}${name}`, tensor);
  for (const [name, data] of optimizer.tensors) {
    all.set(`${OPTIMIZER}${name}`, { shape: [data.length], data });
  }
  const metadata = { ...texts, [STEP]: String(optimizer.step) };
  const hash = hashOf({ tensors: all, metadata });
  await writeWhole(path, encodeSafetensors(all, { ...metadata, [HASH]: hash }), explain);
}

/** What was written; undefined where there is nothing. Refuses what is damaged, with the hint. */
export async function readCheckpointFile(
  path: string,
  hint: string,
  explain: Explain = storeProblem,
): Promise<StoredCheckpoint | undefined> {
  const bytes = await readIfThere(path, explain);
  if (bytes === undefined) return undefined;
  const file = decoded(bytes, path, hint);
  const { [HASH]: hash, ...metadata } = file.metadata;
  if (hash !== hashOf({ tensors: file.tensors, metadata })) {
    refuse('checkpointBroken', { path, problem: 'what it holds is not what was written' }, { hint });
  }
  const { [STEP]: step, ...texts } = metadata;
  const kept = new Map([...part(file.tensors, OPTIMIZER)].map(([name, { data }]) => [name, data]));
  return { tensors: part(file.tensors, NETWORK), optimizer: { step: Number(step), tensors: kept }, texts };
}

function decoded(bytes: Uint8Array, path: string, hint: string): TensorFile {
  try {
    return decodeSafetensors(bytes, path);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const notes = error.diagnostics.map(({ message }) => message);
    const problem = 'it is no whole file of tensors';
    throw new Refusal(diagnose('checkpointBroken', { path, problem }, { hint, notes }));
  }
}

function part(all: Tensors, prefix: string): Tensors {
  return new Map(
    [...all].flatMap(([name, tensor]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), tensor] as const] : [],
    ),
  );
}

/** SHA-256 of texts, names and values, in the order of the names. */
function hashOf({ tensors, metadata }: TensorFile): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1))));
  for (const name of [...tensors.keys()].sort()) {
    const data = tensors.get(name)?.data ?? new Float32Array();
    hash.update(`\n${name}\n`).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}
