/** ONNX's losses of classifiers. Labels are whole numbers that are fed. */
import { optionalInt, word } from '../attributes.ts';
import type { Tensor } from '../compose.ts';
import { atMost, misfit, rule, type OnnxRules, type RuleContext } from '../rule.ts';

const reductions = word('mean', 'sum', 'none');
type Reduction = 'mean' | 'sum' | 'none';

/** [N, C, ...] with the classes last. */
function classesLast({ compose }: RuleContext, x: Tensor): Tensor {
  const [examples, classes, ...places] = x.shape.map((_, axis) => axis);
  return compose.transpose(x, [examples ?? 0, ...places, classes ?? 1]);
}

/** 1 at the class of each label and 0 elsewhere, [N, ..., C]; all 0 where the label is to be ignored or no class. */
function chosen(c: RuleContext, scores: Tensor, ignore: number | undefined): Tensor {
  const { compose } = c;
  const [examples = 1, classes = 1, ...places] = scores.shape;
  const wanted = [examples, ...places];
  const { shape } = c.value(1);
  if (shape.join() !== wanted.join()) {
    return misfit(c, `its labels are ${shape.join(' x ')}`, `one label for each of ${wanted.join(' x ')}`);
  }
  atMost(c, classes, 4096, 'classes');
  const rows = Array.from({ length: classes * classes }, (_, i) => {
    const [row, column] = [Math.floor(i / classes), i % classes];
    return row === column && row !== ignore ? 1 : 0;
  });
  const table = c.numbers(rows, [classes, classes]);
  const id = compose.builder.op('embedding', [c.fed(1), table.id], {});
  return { shape: compose.builder.shape(id), id };
}

/** The negative logarithm of the probability of each label, weighed by class, and its mean, sum or neither. */
function lossOf(
  c: RuleContext,
  logs: Tensor,
  {
    reduction,
    ignore_index: ignore,
  }: { readonly reduction: Reduction; readonly ignore_index: number | undefined },
): Tensor {
  const { compose } = c;
  if (logs.shape.length < 2)
    return misfit(c, `its scores have ${logs.shape.length} axes`, 'examples and classes');
  const picks = chosen(c, logs, ignore);
  const weights = c.optional(2);
  const weighed = weights ? compose.pair('mul', picks, weights) : picks;
  const last = picks.shape.length - 1;
  const picked = compose.reduce('sum', compose.pair('mul', weighed, classesLast(c, logs)), [last]);
  const losses = compose.reshape(compose.scale(picked, -1), picks.shape.slice(0, -1));
  if (reduction === 'none') return losses;
  const every = (x: Tensor): Tensor =>
    compose.reshape(
      compose.reduce(
        'sum',
        x,
        x.shape.map((_, axis) => axis),
      ),
      [],
    );
  const sum = every(losses);
  return reduction === 'sum' ? sum : compose.pair('div', sum, every(weighed));
}

export const lossRules: OnnxRules<'NegativeLogLikelihoodLoss' | 'SoftmaxCrossEntropyLoss'> = {
  NegativeLogLikelihoodLoss: rule({
    doc: 'The negative logarithms at the labels: each, their sum, or their mean by weight.',
    since: 12,
    inputs: 'input, target, weight?',
    attributes: { reduction: reductions, ignore_index: optionalInt },
    build: (c, written) => [lossOf(c, c.tensor(0), written)],
  }),
  SoftmaxCrossEntropyLoss: rule({
    doc: 'The same of softmax over the classes; also the logarithms of the probabilities.',
    since: 12,
    inputs: 'scores, labels, weights?',
    attributes: { reduction: reductions, ignore_index: optionalInt },
    build: (c, written) => {
      const scores = c.tensor(0);
      const logs = c.compose.alongAxis(scores, 1, (id) => c.compose.builder.op('log_softmax', [id], {}));
      return [lossOf(c, logs, written), logs];
    },
  }),
};
