/** `nas evaluate FOLDER`, `nas evaluate FILE ARCH --weights WEIGHTS`: measures a trained network on test images. */
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { compileSpace } from '../../compiler/compile.ts';
import { readProgram } from '../../compiler/program.ts';
import { readDataText } from '../../compiler/search/data.ts';
import { checkShapes } from '../../compiler/search/fit.ts';
import type { DataSpec } from '../../compiler/search/search.ts';
import { fromCompact } from '../../compiler/space/encode.ts';
import type { Space } from '../../compiler/space/space.ts';
import { diagnose, hasErrors, Refusal, refuse } from '../../grammar/diagnostics.ts';
import { dataForm, dataHash } from '../../runtime/data/table.ts';
import { workerEvaluator } from '../../runtime/evaluate/workerEvaluator.ts';
import { nodeHost } from '../../runtime/host.ts';
import { evaluateOne, type EvaluateTask } from '../../runtime/trained/evaluateOne.ts';
import { MODEL_FILES, readWholeModel, type Model, type Score } from '../../runtime/trained/model.ts';
import { decodeSafetensors } from '../../runtime/store/safetensors.ts';
import { vocabulary } from '../../runtime/vocabulary.ts';
import { accept, showDiagnostics, type Context } from '../context.ts';
import { alignColumns } from '../format.ts';
import type { SearchSettings } from '../load.ts';
import { pathFrom } from '../terminal.ts';
import { loadTraining } from '../train/load.ts';
import { scoreText } from '../train/text.ts';

export interface EvaluateOptions extends SearchSettings {
  readonly weights?: string;
  readonly data?: string;
  readonly json?: boolean;
}

/** Prints the score. */
export async function evaluate(
  context: Context,
  what: string,
  arch: string | undefined,
  options: EvaluateOptions,
): Promise<number> {
  const folder = folderOf(context, what);
  const { task, model } =
    folder === undefined
      ? await fromFile(context, what, arch, options)
      : await fromFolder(context, folder, arch, options);
  checkData(task.space, task.data);
  const evaluator = context.terminal.evaluator?.() ?? workerEvaluator();
  try {
    const { adapter, ...score } = await evaluateOne(task, evaluator);
    report(context, { score, adapter, model, data: task.data }, options);
    return 0;
  } finally {
    await evaluator.close();
  }
}

/** A folder, or its `model.json`; undefined for a `.nas` file. */
function folderOf({ terminal }: Context, what: string): string | undefined {
  if (basename(what) === MODEL_FILES.model) return dirname(what);
  const found = statSync(pathFrom(terminal, what), { throwIfNoEntry: false });
  if (found?.isDirectory()) return what;
  // A name without an ending is meant as a folder: what is said of a file that is not there would mislead.
  return found === undefined && !/\.[A-Za-z0-9]+$/.test(basename(what)) ? what : undefined;
}

interface Loaded {
  readonly task: EvaluateTask;
  /** What the folder says of the network; undefined without a folder. */
  readonly model: Model | undefined;
}

async function fromFolder(
  context: Context,
  folder: string,
  arch: string | undefined,
  { weights, data, search, set = [] }: EvaluateOptions,
): Promise<Loaded> {
  const [first] = set;
  const other =
    arch ??
    (weights === undefined ? undefined : '--weights') ??
    (search === undefined ? undefined : '--search') ??
    (first && `--set ${first.path}`);
  if (other !== undefined) {
    const hint = 'a trained network says itself of which architecture it is, and how it was trained';
    refuse('conflictingOptions', { first: folder, second: other }, { hint });
  }
  const { model, text, tensors } = await readWholeModel(pathFrom(context.terminal, folder));
  const source = { name: join(folder, MODEL_FILES.space), text };
  const program = accept(context, readProgram(source, nodeHost(context.terminal.cwd)));
  const { space } = accept(context, compileSpace(program, model.space));
  const architecture = accept(context, fromCompact(space, model.architecture));
  const asked = data === undefined ? model.data : readData(context, data);
  if ((await dataHash(asked)) !== model.dataHash) {
    showDiagnostics(context, [diagnose('dataChanged', { data: asked.name })]);
  }
  const path = join(folder, MODEL_FILES.weights);
  const { batch } = model.train;
  return { task: { space, architecture, batch, data: asked, tensors, path }, model };
}

async function fromFile(
  context: Context,
  file: string,
  arch: string | undefined,
  options: EvaluateOptions,
): Promise<Loaded> {
  const { weights, data } = options;
  if (arch === undefined) {
    const hint = `\`nas evaluate ${file} ARCH --weights WEIGHTS\`, or the folder that \`nas train\` made`;
    return refuse('missingWord', { command: 'nas evaluate', name: 'ARCH' }, { hint });
  }
  if (weights === undefined) {
    const hint = `\`nas evaluate ${file} ${arch} --weights WEIGHTS\`, a safetensors file`;
    return refuse('missingWord', { command: 'nas evaluate', name: '--weights' }, { hint });
  }
  const { compiled, architecture } = await loadTraining(context, file, arch, options);
  const { space } = compiled.trained;
  const { tensors } = decodeSafetensors(await readWeights(context, weights), weights);
  const asked = data === undefined ? compiled.data : readData(context, data);
  const { batch } = compiled.train;
  return { task: { space, architecture, batch, data: asked, tensors, path: weights }, model: undefined };
}

async function readWeights({ terminal }: Context, path: string): Promise<Uint8Array> {
  try {
    return await readFile(pathFrom(terminal, path));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return refuse('noSuchFile', { path });
    if (code === 'EISDIR') return refuse('notAFile', { path });
    const reason = error instanceof Error ? error.message : String(error);
    return refuse('unreadableFile', { path, reason });
  }
}

function readData(context: Context, text: string): DataSpec {
  return accept(context, readDataText({ name: '--data', text }, vocabulary));
}

function checkData(space: Space, data: DataSpec): void {
  const source = { name: data.name, text: '' };
  const found = checkShapes(space, dataForm(data), { source, span: { start: 0, end: 0 } });
  if (hasErrors(found)) throw new Refusal(...found.map((one) => ({ ...one, primary: undefined })));
}

function report(
  context: Context,
  {
    score,
    adapter,
    model,
    data,
  }: {
    readonly score: Score;
    readonly adapter: string;
    readonly model: Model | undefined;
    readonly data: DataSpec;
  },
  { json = false }: EvaluateOptions,
): void {
  if (json) {
    context.printJson({ test: score, adapter, data, ...(model && { trained: model.test }) });
    return;
  }
  const before = model && scoreText(model.test);
  const differs = model && (model.test.loss !== score.loss || model.test.accuracy !== score.accuracy);
  const rows = [
    ['test', scoreText(score)],
    ...(differs ? [['when trained', `${before ?? ''}, on ${model.adapter}`]] : []),
  ];
  context.print(...alignColumns(rows).map((line) => line.trimStart()));
}
