/**
 * A trained network as a folder that can be taken away: `space.nas` (the space at its parameters, a file that needs no
 * other), `weights.safetensors` (parameters and running statistics by name), and `model.json`, which names the
 * architecture, says how it was trained and how good it is, and holds the hashes of the other two.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { DataSpec, TrainSpec } from '../../compiler/search/search.ts';
import { refuse } from '../../grammar/diagnostics.ts';
import { dataForm, trainForm } from '../evaluate/messages.ts';
import { sha256 } from '../kernels/manifest.ts';
import { readIfThere, writeWhole } from '../store/files.ts';
import { decodeSafetensors, encodeSafetensors } from '../store/safetensors.ts';
import type { Tensors } from '../train/executor.ts';
import { fileProblem } from './problems.ts';

/** The form of `model.json`. */
export const MODEL_FORMAT = 1 as const;

/** The files of the folder. */
export const MODEL_FILES: {
  readonly model: 'model.json';
  readonly space: 'space.nas';
  readonly weights: 'weights.safetensors';
  readonly checkpoint: 'checkpoint.safetensors';
} = {
  model: 'model.json',
  space: 'space.nas',
  weights: 'weights.safetensors',
  checkpoint: 'checkpoint.safetensors',
};

/** How good a network is on some images. */
export interface Score {
  /** Share of right answers, from 0 to 1. */
  readonly accuracy: number;
  /** Mean cross entropy, in nats. */
  readonly loss: number;
  readonly images: number;
}

/** What `model.json` says. */
export interface Model {
  readonly format: typeof MODEL_FORMAT;
  /** Version of naslang that trained it. */
  readonly naslang: string;
  /** Twelve hexadecimal digits of the hash of all that the training follows from. */
  readonly identity: string;
  readonly space: string;
  /** The compact text, and the answers by path. */
  readonly architecture: string;
  readonly decisions: unknown;
  readonly params: number;
  readonly macs: number;
  readonly data: DataSpec;
  readonly dataHash: string;
  readonly trainedOn: 'train+validation';
  readonly train: TrainSpec;
  readonly seed: number;
  /** Mean training loss of each epoch, heads included. */
  readonly epochLosses: readonly number[];
  /** On the test images. */
  readonly test: Score;
  readonly adapter: string;
  readonly seconds: number;
  /** When it was done, ISO 8601. */
  readonly finished: string;
  /** SHA-256 of the other files, hexadecimal. */
  readonly files: { readonly 'space.nas': string; readonly 'weights.safetensors': string };
}

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().nonnegative();

const modelForm: z.ZodType<Model> = z.object({
  format: z.literal(MODEL_FORMAT),
  naslang: z.string(),
  identity: z.string(),
  space: z.string(),
  architecture: z.string(),
  decisions: z.unknown(),
  params: count,
  macs: count,
  data: dataForm,
  dataHash: z.string(),
  trainedOn: z.literal('train+validation'),
  train: trainForm,
  seed: count,
  epochLosses: z.array(z.number()),
  test: z.object({ accuracy: z.number().min(0).max(1), loss: z.number(), images: count }),
  adapter: z.string(),
  seconds: z.number().nonnegative(),
  finished: z.string(),
  files: z.object({ 'space.nas': hash, 'weights.safetensors': hash }),
});

/** Writes the folder; `model.json` last, so that where it is, all is. */
export async function writeModel(
  folder: string,
  model: Omit<Model, 'format' | 'files'>,
  { text, tensors }: { readonly text: string; readonly tensors: Tensors },
): Promise<Model> {
  const { architecture, identity } = model;
  const weights = encodeSafetensors(tensors, { architecture, identity });
  const files = { 'space.nas': sha256(text), 'weights.safetensors': sha256(weights) };
  const whole: Model = { format: MODEL_FORMAT, ...model, files };
  await writeWhole(join(folder, MODEL_FILES.space), text, fileProblem);
  await writeWhole(join(folder, MODEL_FILES.weights), weights, fileProblem);
  const json = `${JSON.stringify(whole, undefined, 2)}\n`;
  await writeWhole(join(folder, MODEL_FILES.model), json, fileProblem);
  return whole;
}

/** What a folder's `model.json` says; undefined where there is none. Refuses one that is none of ours. */
export async function readModel(folder: string): Promise<Model | undefined> {
  const path = join(folder, MODEL_FILES.model);
  const bytes = await readIfThere(path, fileProblem);
  if (bytes === undefined) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return refuse('trainedBroken', { path, problem: 'it is no JSON' });
  }
  const parsed = modelForm.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const problem = `what it says of \`${issue?.path.join('.') || 'the network'}\` is missing, or of another form`;
  return refuse('trainedBroken', { path, problem });
}

/** A folder that was taken away. */
export interface TakenModel {
  readonly model: Model;
  /** The text of `space.nas`. */
  readonly text: string;
  readonly tensors: Tensors;
}

/** All of a folder. Refuses where something is missing, or is not what `model.json` says. */
export async function readWholeModel(folder: string): Promise<TakenModel> {
  const model = await readModel(folder);
  if (!model) {
    const hint = '`nas train FILE ARCH` makes one, and says where';
    return refuse('trainedMissing', { path: folder }, { hint });
  }
  const read = async (name: keyof Model['files']): Promise<Uint8Array> => {
    const path = join(folder, name);
    const bytes = await readIfThere(path, fileProblem);
    if (bytes === undefined) return refuse('trainedBroken', { path, problem: 'it is not there' });
    if (sha256(bytes) === model.files[name]) return bytes;
    // Says first what is wrong with it, where that can be told.
    if (name === MODEL_FILES.weights) decodeSafetensors(bytes, path);
    return refuse('trainedBroken', { path, problem: 'it is not the file that belongs to `model.json`' });
  };
  const text = new TextDecoder().decode(await read(MODEL_FILES.space));
  const { tensors } = decodeSafetensors(await read(MODEL_FILES.weights), join(folder, MODEL_FILES.weights));
  return { model, text, tensors };
}

/** Removes what a training left in a folder, and nothing else. */
export async function removeModel(folder: string): Promise<void> {
  // Refuses where `model.json` is somebody else's.
  const own = await readModel(folder);
  const { model, space, weights, checkpoint } = MODEL_FILES;
  const names = own ? [model, space, weights, checkpoint] : [checkpoint];
  for (const name of names) {
    try {
      await rm(join(folder, name), { force: true });
    } catch (error) {
      throw fileProblem(error, join(folder, name));
    }
  }
}
