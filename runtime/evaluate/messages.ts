/**
 * Checks messages where they are received. Graphs and tensors are large and come from our own other half, of the
 * same version: of them only the envelope is looked at.
 */
import { z } from 'zod';
import type { Diagnostic } from '../../grammar/diagnostics.ts';
import type { Graph } from '../../compiler/graph/graph.ts';
import type { OptimizerSpec } from '../../compiler/optimizers/optimizer.ts';
import { isOptimizerSpec } from '../../compiler/optimizers/table.ts';
import type { DataSpec, TrainSpec } from '../../compiler/search/search.ts';
import { tuningForm } from '../tuning/form.ts';
import type { StaticValue } from '../../compiler/space/space.ts';
import type { Checkpoint } from '../train/executor.ts';
import type { Request, Response, TensorsByName } from './protocol.ts';

const record = z.record(z.string(), z.unknown());
const id = z.int().nonnegative();
const count = z.number().nonnegative();

const graph = z.custom<Graph>(
  (value) =>
    z
      .object({
        nodes: z.custom(Array.isArray),
        outputs: record,
        gradients: z.custom(Array.isArray),
        updates: z.custom(Array.isArray),
      })
      .safeParse(value).success,
  'a graph',
);

const staticValue: z.ZodType<StaticValue> = z.lazy(() =>
  z.union([z.number(), z.boolean(), z.string(), z.array(staticValue)]),
);

/** A `DataSpec`. */
export const dataForm: z.ZodType<DataSpec> = z.object({
  name: z.string(),
  args: z.record(z.string(), staticValue),
});

const warmup = { warmup: z.exactOptional(z.int().nonnegative()) };

/** A `TrainSpec`. */
export const trainForm: z.ZodType<TrainSpec> = z.object({
  epochs: z.int().positive(),
  batch: z.int().positive(),
  optimizer: z.custom<OptimizerSpec>(isOptimizerSpec, 'an optimizer'),
  schedule: z.discriminatedUnion('name', [
    z.object({ name: z.literal('constant'), ...warmup }),
    z.object({ name: z.literal('cosine'), min: z.exactOptional(count), ...warmup }),
    z.object({ name: z.literal('step'), every: z.int().positive(), gamma: z.number().positive(), ...warmup }),
  ]),
  clip: z.exactOptional(z.number().positive()),
  ema: z.exactOptional(z.number().gt(0).lt(1)),
  recompute: z.exactOptional(z.boolean()),
  auxiliary: z.exactOptional(z.number().positive()),
  dropPath: z.exactOptional(z.number().gt(0).lt(1)),
  labelSmoothing: z.exactOptional(z.number().gt(0).lt(1)),
  flip: z.exactOptional(z.boolean()),
  crop: z.exactOptional(z.int().positive()),
  cutout: z.exactOptional(z.int().positive()),
});

const tensors = z.custom<TensorsByName>((value) => value instanceof Map, 'tensors by name');

const checkpoint = z.custom<Checkpoint>(
  (value) =>
    z
      .object({
        epoch: z.int().positive(),
        tensors,
        optimizer: z.object({ step: z.int().nonnegative(), tensors }),
        epochLosses: z.array(z.number()),
      })
      .safeParse(value).success,
  'a checkpoint',
);

const request = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('train'),
    id,
    training: graph,
    evaluation: graph,
    data: dataForm,
    trainOn: z.enum(['train', 'train+validation']),
    evaluateOn: z.enum(['validation', 'test']),
    train: trainForm,
    seed: z.int().nonnegative(),
    keepTensors: z.boolean(),
    tuning: z.exactOptional(tuningForm),
    initial: z.exactOptional(tensors),
    subset: z.exactOptional(z.number().positive().max(1)),
    observed: z.exactOptional(z.boolean()),
    checkpointEvery: z.exactOptional(z.int().positive()),
    resume: z.exactOptional(checkpoint),
  }),
  z.object({
    kind: z.literal('evaluate'),
    id,
    evaluation: graph,
    data: dataForm,
    evaluateOn: z.enum(['validation', 'test']),
    tensors,
    tuning: z.exactOptional(tuningForm),
  }),
  z.object({
    kind: z.literal('latency'),
    id,
    evaluation: graph,
    batch: z.int().positive(),
    data: dataForm,
    seed: z.int().nonnegative(),
    runs: z.int().positive(),
    tuning: z.exactOptional(tuningForm),
  }),
  z.object({
    kind: z.literal('score'),
    id,
    score: z.enum(['grad_norm', 'snip', 'synflow', 'jacob_cov']),
    graph,
    batch: z.int().positive(),
    data: dataForm,
    seed: z.int().nonnegative(),
  }),
  z.object({
    kind: z.literal('share'),
    id,
    program: z.object({
      file: z.string(),
      text: z.string(),
      folder: z.string(),
      search: z.string(),
      settings: z.array(z.object({ path: z.string(), value: z.string() })),
    }),
    data: dataForm,
    checkpoint: z.object({ path: z.string(), fingerprint: z.string() }),
    derive: z.int().nonnegative(),
    score: z.array(z.array(z.int())),
    tuning: z.exactOptional(tuningForm),
  }),
  z.object({ kind: z.literal('verdict'), id, goOn: z.boolean() }),
  z.object({ kind: z.literal('stop') }),
]);

const diagnostic = z.custom<Diagnostic>(
  (value) =>
    z
      .object({
        code: z.string(),
        severity: z.enum(['error', 'warning', 'note']),
        message: z.string(),
        labels: z.array(z.unknown()),
        notes: z.array(z.string()),
      })
      .safeParse(value).success,
  'a diagnostic',
);

const device = z.object({
  adapter: z.string(),
  pipelinesCompiled: count,
  pipelinesReused: count,
  pipelinesOutside: count,
  bufferBytes: count,
  residentBytes: count,
});

const anyNumber = z.custom<number>((value) => typeof value === 'number', 'a number');

const response = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready'), adapter: z.string() }),
  z.object({ kind: z.literal('notReady'), diagnostic }),
  z.object({
    kind: z.literal('progress'),
    id,
    epoch: count,
    epochs: count,
    loss: z.number(),
    accuracy: z.exactOptional(z.number()),
    checkpoint: z.exactOptional(checkpoint),
    adapter: z.exactOptional(z.string()),
    entropy: z.exactOptional(z.number()),
    leading: z.exactOptional(z.array(z.int())),
    numbers: z.exactOptional(z.record(z.string(), anyNumber)),
  }),
  z.object({
    kind: z.literal('result'),
    id,
    epochLosses: z.array(z.number()),
    epochAccuracies: z.exactOptional(z.array(z.number())),
    loss: z.number(),
    accuracy: z.number().min(0).max(1),
    images: count,
    seconds: count,
    tensors: tensors.or(z.undefined()),
    device,
  }),
  z.object({
    kind: z.literal('evaluated'),
    id,
    loss: z.number(),
    accuracy: z.number().min(0).max(1),
    images: count,
    device,
  }),
  z.object({ kind: z.literal('latency'), id, milliseconds: count, device }),
  // A score may be no finite number: whoever asked finds that out.
  z.object({ kind: z.literal('score'), id, score: anyNumber, device }),
  z.object({
    kind: z.literal('share'),
    id,
    derived: z.array(z.array(z.int())),
    scores: z.array(z.object({ loss: anyNumber, accuracy: z.number().min(0).max(1), images: count })),
    device,
  }),
  z.object({ kind: z.literal('failure'), id, diagnostic, fatal: z.boolean() }),
]);

/** A message as it should be, or what is wrong with it. */
export type Received<T> =
  { readonly ok: true; readonly message: T } | { readonly ok: false; readonly problem: string };

/** What the coordinator sent to a worker. */
export function receiveRequest(value: unknown): Received<Request> {
  return received(request.safeParse(value));
}

/** What a worker sent to the coordinator. */
export function receiveResponse(value: unknown): Received<Response> {
  return received(response.safeParse(value));
}

function received<T>(parsed: z.ZodSafeParseResult<T>): Received<T> {
  return parsed.success
    ? { ok: true, message: parsed.data }
    : { ok: false, problem: z.prettifyError(parsed.error) };
}
