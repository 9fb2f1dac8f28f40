/** What a supernet came to after some epochs, as a file: tensors as safetensors, all else in its metadata. */
import { readFile } from 'node:fs/promises';
import { diagnose, Refusal } from '../../grammar/diagnostics.ts';
import type { OptimizerState } from '../execute/optimizerState.ts';
import { writeWhole } from '../store/files.ts';
import { decodeSafetensors, encodeSafetensors } from '../store/safetensors.ts';
import type { Tensors } from '../train/executor.ts';
import type { MethodState } from './method.ts';

export interface Checkpoint {
  /** Epochs that were trained. */
  readonly epochs: number;
  readonly weights: Tensors;
  readonly optimizer: OptimizerState;
  readonly method: MethodState;
}

export interface CheckpointFile {
  /** What was kept; undefined where nothing was. Refuses a file that is damaged, or that something else left. */
  readonly read: () => Promise<Checkpoint | undefined>;
  readonly write: (checkpoint: Checkpoint) => Promise<void>;
}

const KEPT = 'optimizer.';

/** A checkpoint at `path`. `fingerprint` says what it belongs to: the space, the data, the method and how it is trained. */
export function checkpointFile(path: string, fingerprint: string): CheckpointFile {
  return {
    read: async () => {
      let bytes: Uint8Array;
      try {
        bytes = await readFile(path);
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw error;
      }
      const { tensors, metadata } = decodeSafetensors(bytes, path);
      const damaged = (problem: string): Refusal =>
        new Refusal(diagnose('badCheckpoint', { path, problem }, { hint: '`--fresh` begins anew' }));
      if (metadata['fingerprint'] !== fingerprint) throw damaged('it belongs to another search');
      const [epochs, step] = [Number(metadata['epochs']), Number(metadata['step'])];
      const method = parsed(metadata['method']);
      if (!Number.isSafeInteger(epochs) || !Number.isSafeInteger(step) || method === undefined) {
        throw damaged('its metadata cannot be read');
      }
      const weights = new Map([...tensors].filter(([name]) => !name.startsWith(KEPT)));
      const kept = new Map(
        [...tensors].flatMap(([name, { data }]) =>
          name.startsWith(KEPT) ? [[name.slice(KEPT.length), data] as const] : [],
        ),
      );
      return { epochs, weights, optimizer: { step, tensors: kept }, method };
    },
    write: async ({ epochs, weights, optimizer, method }) => {
      const tensors = new Map(weights);
      for (const [name, data] of optimizer.tensors)
        tensors.set(`${KEPT}${name}`, { shape: [data.length], data });
      const metadata = {
        fingerprint,
        epochs: String(epochs),
        step: String(optimizer.step),
        method: JSON.stringify(method),
      };
      await writeWhole(path, encodeSafetensors(tensors, metadata));
    },
  };
}

function parsed(text: string | undefined): MethodState | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null ? (value as MethodState) : undefined;
  } catch {
    return undefined;
  }
}
