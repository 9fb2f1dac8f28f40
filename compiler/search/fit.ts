/** Whether the networks of a space fit the data of a search, and its evaluation and strategy the space. */
import type { SearchNode } from '../../grammar/ast.ts';
import { diagnose, type Details, type Diagnostic } from '../../grammar/diagnostics.ts';
import type { Location, Source } from '../../grammar/source.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import { present } from '../../util/invariant.ts';
import { listWords } from '../../util/words.ts';
import { describeShape } from '../ops/takes.ts';
import type { Notation } from '../space/notations.ts';
import { evaluateOpen, valuesOf } from '../space/open.ts';
import type { Space } from '../space/space.ts';
import {
  subsetSize,
  type EvaluateSpec,
  type SearchSpec,
  type TabularEvaluation,
  type TrainSpec,
} from './search.ts';
import type { DataForm, SearchedSpace, Vocabulary } from './vocabulary.ts';

/** A space with the notations that its file declares. */
export interface NotedSpace extends SearchedSpace {
  readonly notations: readonly Notation[];
}

/** The network must read the data's images and tell its classes apart, in every architecture; a batch must be there. */
export function checkFit(
  searched: NotedSpace,
  search: SearchSpec,
  vocabulary: Vocabulary,
  node: SearchNode,
  source: Source,
): readonly Diagnostic[] {
  const at = { source, span: node.name.span };
  const diagnostics: Diagnostic[] = [];
  if (search.data) {
    const form = vocabulary.dataForm(search.data);
    diagnostics.push(...checkShapes(searched.space, form, at), ...checkBatches(search, form, at));
  }
  const place = (name: string): Location => {
    const field = node.fields.find((f) => f.name.text === name);
    return { source, span: (field ?? node.name).span };
  };
  const { evaluate, strategy } = search;
  if (evaluate.kind === 'tabular' && tableNotation(evaluate, searched.notations) === undefined) {
    diagnostics.push(notationProblem(evaluate, searched, { at: place('evaluate') }));
  }
  for (const problem of vocabulary.checkSharing(search, searched)) {
    diagnostics.push({ ...problem, primary: problem.primary ?? { location: place('evaluate'), text: '' } });
  }
  for (const problem of vocabulary.checkStrategyFit(strategy, searched)) {
    diagnostics.push({ ...problem, primary: problem.primary ?? { location: place('strategy'), text: '' } });
  }
  if (search.objectives.length > 1 && !vocabulary.followsSeveral(strategy)) {
    const [{ direction, metric }] = search.objectives;
    const told = { strategy: strategy.name, objective: `${direction} ${metric}` };
    diagnostics.push(diagnose('firstObjectiveOnly', told, { at: place('strategy') }));
  }
  return diagnostics;
}

/** The network must read the images and tell the classes apart. */
export function checkShapes(space: Space, form: DataForm, at: Location): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const compare = (
    what: 'input' | 'output',
    found: readonly number[],
    wanted: readonly number[],
    told: string,
    hint?: string,
  ): void => {
    if (found.join() === wanted.join()) return;
    diagnostics.push(diagnose('noFit', { what, found: describeShape(found), wanted: told }, { at, hint }));
  };
  const input = space.nodes.find((n) => n.kind === 'input');
  const shape = input && evaluateOpen(input.shape, []);
  if (shape) {
    const hint = `write \`input x: image[${form.imageShape.join(', ')}]\``;
    compare('input', shape, form.imageShape, describeShape(form.imageShape), hint);
  }
  for (const out of valuesOf(space.nodes[space.output]?.shape ?? { kind: 'fixed', value: [] })) {
    compare('output', out, [form.classes], `${form.classes} classes: a vector of ${form.classes}`);
  }
  return diagnostics;
}

/** Whether a training can do to the networks of a space what it says: heads to weigh, and images that are large enough. */
export function checkTraining(
  space: Space,
  { auxiliary, crop = 0, cutout = 0 }: TrainSpec,
  form: DataForm | undefined,
  at: Location,
): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  if (auxiliary !== undefined && space.auxiliary.length === 0) {
    diagnostics.push(diagnose('noHeads', { space: space.name }, { at }));
  }
  if (!form) return diagnostics;
  if (auxiliary !== undefined) {
    for (const head of space.auxiliary) {
      for (const out of valuesOf(present(space.nodes[head.node], 'a head').shape)) {
        if (out.join() === String(form.classes)) continue;
        const wanted = `${form.classes} classes: a vector of ${form.classes}`;
        const what = `output \`${head.name}\``;
        diagnostics.push(diagnose('noFit', { what, found: describeShape(out), wanted }, { at }));
      }
    }
  }
  const [height = 0, width = 0] = form.imageShape;
  const least = Math.min(height, width);
  for (const [name, pixels] of [
    ['crop', crop],
    ['cutout', cutout],
  ] as const) {
    if (pixels <= least) continue;
    const expected = `at most ${least} pixels: the images of the data are ${height} x ${width}`;
    diagnostics.push(diagnose('badField', { name, found: String(pixels) }, { at, expected }));
  }
  return diagnostics;
}

function checkBatches(
  { evaluate, retrain }: SearchSpec,
  { sizes: { train, validation } }: DataForm,
  at: Location,
): readonly Diagnostic[] {
  const parts = [
    ['evaluate', batchOf(evaluate), trainedOn(evaluate, { train, validation })],
    ['retrain', retrain?.batch ?? 0, train + validation],
  ] as const;
  return parts.flatMap(([field, batch, images]) => {
    if (batch <= images) return [];
    const label = `in its \`${field}\``;
    const expected = `a batch of at most ${images} images`;
    return [diagnose('batchTooLarge', { batch, images }, { at, label, expected })];
  });
}

/** Images that a batch must fit into. Networks that share weights are measured in whole batches, too. */
function trainedOn(evaluate: EvaluateSpec, { train, validation }: DataForm['sizes']): number {
  if (evaluate.kind === 'shared') return Math.min(train, validation);
  return evaluate.kind === 'train' ? subsetSize(train, evaluate.subset) : train;
}

function batchOf(evaluate: EvaluateSpec): number {
  switch (evaluate.kind) {
    case 'train':
    case 'shared':
      return evaluate.train.batch;
    case 'zero_cost':
      return evaluate.batch;
    case 'tabular':
      return 0;
    default:
      return evaluate satisfies never;
  }
}

/** The notation in which a table writes architectures. */
export function tableNotation(
  { key }: TabularEvaluation,
  notations: readonly Notation[],
): Notation | undefined {
  if (key !== undefined) return notations.find(({ name }) => name === key);
  return notations.length === 1 ? notations[0] : undefined;
}

function notationProblem(
  { key }: TabularEvaluation,
  { space, notations }: NotedSpace,
  details: Details,
): Diagnostic {
  const names = notations.map(({ name }) => name);
  const hint =
    (key === undefined ? undefined : didYouMean(key, names)) ??
    (names.length > 0
      ? `it has ${listWords(names.map((name) => `\`${name}\``))}`
      : `declare one: \`notation NAME of ${space.name} "..."\``);
  return diagnose('tableKey', { space: space.name, key }, { ...details, hint });
}
