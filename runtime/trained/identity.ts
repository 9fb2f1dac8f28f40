/** What makes two trainings of one architecture the same, and the short name that follows from it. */
import { createHash } from 'node:crypto';
import type { DataSpec, TrainSpec } from '../../compiler/search/search.ts';
import { canonicalJson } from '../store/identity.ts';

/** Everything that the trained network follows from. Adapter and version are recorded beside it and warned of. */
export interface TrainingIdentity {
  /** The file `space.nas`: the space at its parameters. */
  readonly text: string;
  /** The compact text. */
  readonly architecture: string;
  readonly train: TrainSpec;
  readonly data: DataSpec;
  /** Hash of the images, labels and split. */
  readonly dataHash: string;
  readonly seed: number;
}

/** Twelve hexadecimal digits of the SHA-256 hash of the identity. */
export function trainingId({ text, architecture, train, data, dataHash, seed }: TrainingIdentity): string {
  const all = canonicalJson({ text, architecture, train, data, dataHash, seed });
  return createHash('sha256').update(all).digest('hex').slice(0, 12);
}
