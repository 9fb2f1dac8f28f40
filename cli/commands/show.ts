/** `nas show FILE [ARCH]`: each of the data that a file becomes on its way to a device. */
import type { CompiledSpace } from '../../compiler/compile.ts';
import type { Setting } from '../../compiler/settings.ts';
import type { Graph } from '../../compiler/graph/graph.ts';
import { printGraph } from '../../compiler/graph/passes/print.ts';
import type { Architecture } from '../../compiler/space/architecture.ts';
import { toJson } from '../../compiler/space/encode.ts';
import { printSpace } from '../../compiler/space/printSpace.ts';
import type { Plan } from '../../compiler/wgsl/plan.ts';
import { refuse } from '../../grammar/diagnostics.ts';
import { evaluationGraph, trainingGraph } from '../../runtime/search/evaluation/graphs.ts';
import { readArchitecture, spaceFor } from '../architecture.ts';
import type { Context } from '../context.ts';
import { answerLines } from '../format.ts';
import { loadProgram } from '../load.ts';
import { profiles, type ProfileName } from '../profiles.ts';

const views = ['ast', 'space', 'graph', 'plan', 'wgsl'] as const;
type View = (typeof views)[number];

/** `space` may also name the space. */
export interface ShowOptions {
  readonly ast?: boolean;
  readonly space?: string | true;
  readonly search?: string;
  readonly graph?: boolean;
  readonly plan?: boolean;
  readonly wgsl?: boolean;
  readonly inference?: boolean;
  readonly batch: number;
  readonly profile: ProfileName;
  readonly set?: readonly Setting[];
  readonly json?: boolean;
}

/** Prints one view. Without one: the answers of an architecture, or the space. */
export async function show(
  context: Context,
  file: string,
  arch: string | undefined,
  options: ShowOptions,
): Promise<number> {
  const view = chooseView(options);
  if (view === 'ast') {
    await showAst(context, file, options);
    return 0;
  }
  const name = typeof options.space === 'string' && options.space !== '' ? options.space : undefined;
  const spaceOptions = {
    ...(name === undefined ? {} : { space: name }),
    ...(options.search === undefined ? {} : { search: options.search }),
    set: options.set ?? [],
  };
  const compiled = await spaceFor(context, file, arch, spaceOptions);
  const architecture = arch === undefined ? undefined : await readArchitecture(context, arch, compiled);
  if (view === undefined && architecture !== undefined) showAnswers(context, compiled, architecture, options);
  else if (view === undefined || view === 'space') {
    if (options.json) context.printJson(compiled.space);
    else context.print(printSpace(compiled.space).trimEnd());
  } else if (architecture === undefined) {
    const hint = `\`nas show ${file} rank:0 --${view}\` shows the first one`;
    refuse('nothingToShow', { what: `--${view}` }, { hint });
  } else await showNetwork(context, compiled, architecture, view, options);
  return 0;
}

function chooseView(options: ShowOptions): View | undefined {
  const asked = views.filter((view) => options[view] !== undefined && options[view] !== false);
  // `--space NAME --graph` names the space of the graph.
  const [first, second] = asked.length > 1 && options.space ? asked.filter((v) => v !== 'space') : asked;
  if (first !== undefined && second !== undefined) {
    refuse('conflictingOptions', { first: `--${first}`, second: `--${second}` });
  }
  return first;
}

async function showAst(context: Context, file: string, options: ShowOptions): Promise<void> {
  const { printAst } = await import('../printAst.ts');
  const program = await loadProgram(context, file);
  if (options.json) context.printJson(program.file);
  else context.print(printAst(program.file, program.source).trimEnd());
}

function showAnswers(
  context: Context,
  { space }: CompiledSpace,
  architecture: Architecture,
  { json = false }: ShowOptions,
): void {
  if (json) context.printJson(toJson(space, architecture));
  else context.print(...answerLines(space, architecture));
}

async function showNetwork(
  context: Context,
  { space }: CompiledSpace,
  architecture: Architecture,
  view: 'graph' | 'plan' | 'wgsl',
  options: ShowOptions,
): Promise<void> {
  const graph = (options.inference ? evaluationGraph : trainingGraph)(space, architecture, options.batch);
  if (view === 'graph') {
    if (options.json) context.printJson(graph);
    else context.print(printGraph(graph).trimEnd());
    return;
  }
  const plan = await planOf(graph, options);
  if (view === 'wgsl') {
    if (options.json) context.printJson(plan.kernels);
    else
      context.print(
        ...plan.kernels.flatMap(({ name, wgsl }, i) => [`// kernel ${i}: ${name}`, wgsl.trimEnd(), '']),
      );
    return;
  }
  if (options.json) context.printJson(plan);
  else {
    const { printPlan } = await import('../../compiler/wgsl/printPlan.ts');
    context.print(printPlan(plan).trimEnd());
  }
}

/** The plan as a device of the profile runs it, batch by batch from an epoch of resident data. */
async function planOf(graph: Graph, { inference, batch, profile: kind }: ShowOptions): Promise<Plan> {
  const { planInference, planTraining } = await import('../../compiler/wgsl/lower.ts');
  const profile = profiles[kind];
  const feed = { capacity: 16 * batch };
  if (inference) return planInference(graph, { profile, feed });
  return planTraining(graph, {
    profile,
    feed,
    optimizer: { name: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0 },
  });
}
