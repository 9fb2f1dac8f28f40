/** Reads a `train(...)` of a search: how long, with which optimiser, schedule and clipping. */
import type { ArgNode, Expr } from '../../grammar/ast.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import { listWords } from '../../util/words.ts';
import { parameterKinds, type OptimizerSpec } from '../optimizers/optimizer.ts';
import { isOptimizerSpec, optimizerNames, parametersOf } from '../optimizers/table.ts';
import { invariant } from '../../util/invariant.ts';
import { isWhole, MOST, type FieldReader } from './fields.ts';
import { readSchedule } from './schedule.ts';
import type { TrainSpec } from './search.ts';

/** The defaults of a training, which are common ones for small images. */
export const defaultTrain: TrainSpec = {
  epochs: 5,
  batch: 64,
  optimizer: { name: 'sgd', lr: 0.05, momentum: 0.9, nesterov: false, weightDecay: 0 },
  schedule: { name: 'cosine' },
};

/** What `train(...)` takes of a training itself. */
export const trainArguments: readonly string[] = [
  'epochs',
  'batch',
  'optimizer',
  'schedule',
  'clip',
  'ema',
  'recompute',
  'auxiliary',
  'drop_path',
  'label_smoothing',
  'flip',
  'crop',
  'cutout',
];

/** The training that arguments describe; what they leave out is as in `otherwise`. */
export function readTrain(
  reader: FieldReader,
  args: ReadonlyMap<string, ArgNode>,
  otherwise: TrainSpec,
): TrainSpec {
  const whole = `a whole number from 1 to ${MOST}`;
  const clip = reader.number(args, 'clip', otherwise.clip ?? 0, 'a norm above 0', (n) => n > 0);
  const share = 'a number above 0 and below 1';
  const ema = reader.number(args, 'ema', otherwise.ema ?? 0, share, (n) => n > 0 && n < 1);
  const spec: TrainSpec = {
    epochs: reader.number(args, 'epochs', otherwise.epochs, whole, isWhole),
    batch: reader.number(args, 'batch', otherwise.batch, whole, isWhole),
    optimizer: readOptimizer(reader, args.get('optimizer')?.value, otherwise.optimizer),
    schedule: readSchedule(reader, args.get('schedule')?.value, otherwise.schedule),
    ...(clip > 0 ? { clip } : {}),
    ...(ema > 0 ? { ema } : {}),
    ...(reader.flag(args, 'recompute', otherwise.recompute ?? false) ? { recompute: true } : {}),
    ...readRegularization(reader, args, otherwise),
  };
  const { schedule, optimizer } = spec;
  const place = args.get('schedule') ?? args.get('optimizer');
  // Where the schedule is that of `otherwise`, what is wrong there has been said.
  if (
    place &&
    rises(spec) &&
    !rises({ ...spec, optimizer: otherwise.optimizer, schedule: otherwise.schedule })
  ) {
    const min = schedule.name === 'cosine' ? String(schedule.min) : '';
    reader.report('badField', { name: 'min', found: min }, reader.at(place.value), {
      expected: `at most the learning rate, ${optimizer.lr}`,
    });
  }
  return spec;
}

/** What keeps a long training from learning its images by heart. 0 and `false` turn off what `otherwise` has. */
function readRegularization(
  reader: FieldReader,
  args: ReadonlyMap<string, ArgNode>,
  otherwise: TrainSpec,
): Partial<TrainSpec> {
  const above = (name: string, before: number | undefined): number =>
    reader.number(args, name, before ?? 0, 'a number from 0', (n) => n >= 0);
  const share = (name: string, before: number | undefined): number =>
    reader.number(args, name, before ?? 0, 'a number from 0 to below 1', (n) => n >= 0 && n < 1);
  const pixels = (name: string, before: number | undefined): number =>
    reader.number(
      args,
      name,
      before ?? 0,
      'a whole number of pixels, from 0 to 1000',
      (n) => n === 0 || (isWhole(n) && n <= 1000),
    );
  const auxiliary = above('auxiliary', otherwise.auxiliary);
  const dropPath = share('drop_path', otherwise.dropPath);
  const labelSmoothing = share('label_smoothing', otherwise.labelSmoothing);
  const crop = pixels('crop', otherwise.crop);
  const cutout = pixels('cutout', otherwise.cutout);
  return {
    ...(auxiliary > 0 ? { auxiliary } : {}),
    ...(dropPath > 0 ? { dropPath } : {}),
    ...(labelSmoothing > 0 ? { labelSmoothing } : {}),
    ...(reader.flag(args, 'flip', otherwise.flip ?? false) ? { flip: true } : {}),
    ...(crop > 0 ? { crop } : {}),
    ...(cutout > 0 ? { cutout } : {}),
  };
}

/** Whether a cosine ends above the learning rate that it begins with. */
function rises({ schedule, optimizer }: TrainSpec): boolean {
  return schedule.name === 'cosine' && (schedule.min ?? 0) > optimizer.lr;
}

function readOptimizer(reader: FieldReader, node: Expr | undefined, otherwise: OptimizerSpec): OptimizerSpec {
  const call = node && reader.call(node, 'optimizer');
  if (!call) return otherwise;
  const name = optimizerNames.find((one) => one === call.name);
  if (name === undefined) {
    reader.report('unknownMethod', { what: 'optimizer', name: call.name }, call.at, {
      expected: listWords(optimizerNames.map((one) => `\`${one}\``)),
      hint: didYouMean(call.name, optimizerNames),
    });
    return otherwise;
  }
  const parameters = parametersOf(name);
  const args = reader.named(
    call,
    parameters.map(([, { word }]) => word),
  );
  // The same optimiser again keeps what it does not say anew.
  const before = new Map(otherwise.name === name ? Object.entries(otherwise) : []);
  const spec: unknown = Object.fromEntries([
    ['name', name],
    ...parameters.map(([key, { word, kind, default: usual }]) => {
      const { wanted, accepts } = parameterKinds[kind];
      const kept = before.get(key) ?? usual;
      return typeof kept === 'boolean'
        ? [key, reader.flag(args, word, kept)]
        : [key, reader.number(args, word, Number(kept), wanted, accepts)];
    }),
  ]);
  invariant(isOptimizerSpec(spec), `search: the parameters of ${name} are right`);
  return spec;
}
