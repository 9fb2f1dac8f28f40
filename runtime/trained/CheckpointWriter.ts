/** Writes checkpoints one after the other while a training goes on. */
import type { Checkpoint } from '../train/executor.ts';
import { writeCheckpoint, type CheckpointOrigin } from './checkpoint.ts';

interface Waiting {
  readonly checkpoint: Checkpoint;
  readonly origin: CheckpointOrigin;
}

/** A disk that is slower than the epochs gets the latest checkpoint only. */
export class CheckpointWriter {
  readonly #path: string;
  readonly #failed: () => void;
  #waiting: Waiting | undefined;
  #writing: Promise<void> | undefined;
  /** Why nothing more is written. */
  error: unknown;

  /** `failed` is called where a checkpoint cannot be written. */
  constructor(path: string, failed: () => void) {
    this.#path = path;
    this.#failed = failed;
  }

  put(checkpoint: Checkpoint, origin: CheckpointOrigin): void {
    this.#waiting = { checkpoint, origin };
    this.#writing ??= this.#write();
  }

  /** Waits until what was put is on the disk. */
  async finish(): Promise<void> {
    await this.#writing;
    if (this.error !== undefined) throw this.error;
  }

  async #write(): Promise<void> {
    try {
      while (this.#waiting !== undefined) {
        const { checkpoint, origin } = this.#waiting;
        this.#waiting = undefined;
        // oxlint-disable-next-line no-await-in-loop -- one file, replaced each time
        await writeCheckpoint(this.#path, checkpoint, origin);
      }
    } catch (error) {
      this.error = error;
      this.#failed();
    } finally {
      this.#writing = undefined;
    }
  }
}
