/** Checkpoints of a supernet: what it came to after some epochs. */
import { refuse } from '../../grammar/diagnostics.ts';
import type { OptimizerState } from '../execute/optimizerState.ts';
import { readCheckpointFile, writeCheckpointFile } from '../store/checkpointFile.ts';
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

const HINT = '`--fresh` begins anew';

/** A checkpoint at `path`. `fingerprint` says what it belongs to: the space, the data, the method and how it is trained. */
export function checkpointFile(path: string, fingerprint: string): CheckpointFile {
  return {
    read: async () => {
      const found = await readCheckpointFile(path, HINT);
      if (found === undefined) return undefined;
      const { tensors: weights, optimizer, texts } = found;
      if (texts['fingerprint'] !== fingerprint) {
        const problem = `it follows from other settings (${texts['fingerprint'] ?? 'unknown ones'}, and not ${fingerprint})`;
        return refuse('checkpointForeign', { path, problem }, { hint: HINT });
      }
      // What was written is what is read: its hash stands in the file.
      const method = JSON.parse(texts['method'] ?? '{}') as MethodState;
      return { epochs: Number(texts['epochs']), weights, optimizer, method };
    },
    write: ({ epochs, weights, optimizer, method }) => {
      const texts = { fingerprint, epochs: String(epochs), method: JSON.stringify(method) };
      return writeCheckpointFile(path, { tensors: weights, optimizer, texts });
    },
  };
}
