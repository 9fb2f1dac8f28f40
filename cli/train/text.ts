/** What is told of a training and of a trained network. */
import type { Model, Score } from '../../runtime/trained/model.ts';
import type { TrainEvent } from '../../runtime/trained/trainOne.ts';
import { countOf } from '../../util/words.ts';
import { alignColumns, formatCount, formatHits, formatLoss, formatSeconds, formatShare } from '../format.ts';

/** `99.4%, 358 of 360 images, loss 0.0126` */
export function scoreText({ accuracy, images, loss }: Score): string {
  return `${formatShare(accuracy)}, ${formatHits({ accuracy, images })} images, loss ${formatLoss(loss)}`;
}

/** Lines that a training of so many epochs shows at most: of long ones every so many epochs. */
const MOST_LINES = 50;

/** One line for an epoch; undefined for those that are passed over. */
export function epochLine(event: Extract<TrainEvent, { kind: 'epoch' }>): string | undefined {
  const { epoch, epochs, loss, seconds } = event;
  const every = Math.ceil(epochs / MOST_LINES);
  if (epoch % every !== 0 && epoch !== epochs) return undefined;
  const number = String(epoch).padStart(String(epochs).length);
  return `epoch ${number} of ${epochs}  loss ${formatLoss(loss)}  ${formatSeconds(seconds)}`;
}

/** Where it begins. */
export function startLine(
  name: string,
  { epoch, epochs }: Extract<TrainEvent, { kind: 'started' }>,
  cost: { readonly params: number; readonly macs: number },
  seed: number,
): string {
  const network = `${formatCount(cost.params)} params, ${formatCount(cost.macs)} MACs`;
  const from = epoch === 0 ? '' : `, going on after epoch ${epoch}`;
  return `training ${name}: ${network}, ${countOf(epochs, 'epoch')}, seed ${seed}${from}`;
}

/** What came of it, and where it lies. */
export function modelLines(model: Model, folder: string): readonly string[] {
  const { params, macs, test, epochLosses, seconds } = model;
  return alignColumns([
    ['test', scoreText(test)],
    ['params', formatCount(params)],
    ['MACs', `${formatCount(macs)} per image`],
    ['time', `${formatSeconds(seconds)} for ${countOf(epochLosses.length, 'epoch')}`],
    ['trained network', folder],
  ]);
}
