/** Whether the networks of a space fit the data of a search, and its evaluation and strategy the space. */
import type { SearchNode } from '../../grammar/ast.ts';
import { diagnose, type Details, type Diagnostic } from '../../grammar/diagnostics.ts';
import type { Location, Source } from '../../grammar/source.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import { listWords } from '../../util/words.ts';
import { describeShape } from '../ops/takes.ts';
import type { Notation } from '../space/notations.ts';
import { evaluateOpen, valuesOf } from '../space/open.ts';
import type { Space } from '../space/space.ts';
import { subsetSize, type EvaluateSpec, type SearchSpec, type TabularEvaluation } from './search.ts';
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

function checkBatches(
  { evaluate, retrain }: SearchSpec,
  { sizes: { train, validation } }: DataForm,
  at: Location,
): readonly Diagnostic[] {
  const parts = [
    ['evaluate', batchOf(evaluate), evaluate.kind === 'train' ? subsetSize(train, evaluate.subset) : train],
    ['retrain', retrain?.batch ?? 0, train + validation],
  ] as const;
  return parts.flatMap(([field, batch, images]) => {
    if (batch <= images) return [];
    const label = `in its \`${field}\``;
    const expected = `a batch of at most ${images} images`;
    return [diagnose('batchTooLarge', { batch, images }, { at, label, expected })];
  });
}

function batchOf(evaluate: EvaluateSpec): number {
  switch (evaluate.kind) {
    case 'train':
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
