/** `nas plan FILE ARCH`: what a training of one architecture, or of the supernet, will take of a device. */
import { toCompact } from '../../compiler/space/encode.ts';
import type { Footprint, MemoryRole } from '../../compiler/wgsl/footprint.ts';
import { refuse } from '../../grammar/diagnostics.ts';
import {
  architectureGraphs,
  predictTrial,
  supernetGraphs,
  type Prediction,
  type TrialGraphs,
} from '../../runtime/search/predict.ts';
import { readArchitecture, spaceFor } from '../architecture.ts';
import type { Context } from '../context.ts';
import { alignColumns, formatCount } from '../format.ts';
import { profiles, type ProfileName } from '../profiles.ts';
import { trialTerms, type TermsOptions } from '../terms.ts';

export interface PlanOptions extends TermsOptions {
  readonly supernet?: boolean;
  readonly profile: ProfileName;
  readonly json?: boolean;
}

/** Prints the prediction. Refuses what no device need offer. */
export async function plan(
  context: Context,
  file: string,
  arch: string | undefined,
  options: PlanOptions,
): Promise<number> {
  const compiled = await spaceFor(context, file, arch, options);
  const { space } = compiled;
  if (arch === undefined && !options.supernet) {
    const hint = `\`nas plan ${file} rank:0\` predicts the first one, \`--supernet\` the supernet of all`;
    refuse('missingWord', { command: 'nas plan', name: 'ARCH' }, { hint });
  }
  if (arch !== undefined && options.supernet) {
    refuse('conflictingOptions', { first: arch, second: '--supernet' });
  }
  const terms = await trialTerms(context, file, options, profiles[options.profile]);
  let [name, graphs]: readonly [string, TrialGraphs | undefined] = [`supernet of ${space.name}`, undefined];
  if (arch === undefined) graphs = supernetGraphs(space, terms.batch);
  else {
    const architecture = await readArchitecture(context, arch, compiled);
    name = toCompact(space, architecture);
    graphs = architectureGraphs(space, architecture, terms.batch, terms.network);
  }
  const prediction = predictTrial(graphs, terms);
  const { batch } = terms;
  if (options.json) {
    context.printJson({ network: name, batch, profile: options.profile, ...prediction });
  } else {
    context.print(...lines(name, batch, prediction));
  }
  return 0;
}

const memory: readonly (readonly [MemoryRole, string])[] = [
  ['kept', 'parameters, gradients, states'],
  ['scratch', 'activations'],
  ['input', 'inputs'],
  ['output', 'outputs'],
  ['uniform', 'shapes'],
];

function lines(name: string, batch: number, prediction: Prediction): readonly string[] {
  const { params, macs, training, evaluation, pipelines, residentBytes, peakBytes } = prediction;
  const row = (told: string, of: (footprint: Footprint) => number): string[] => [
    told,
    formatCount(of(training)),
    formatCount(of(evaluation)),
  ];
  const heads = [
    ['network', name],
    ['batch', formatCount(batch)],
    ['params', formatCount(params)],
    ['MACs', formatCount(macs)],
    ...(residentBytes > 0 ? [['bytes of the data', formatCount(residentBytes)]] : []),
    ['most bytes at once', formatCount(peakBytes)],
    ['pipelines', formatCount(pipelines)],
  ];
  const table = [
    ['', 'training', 'measuring'],
    ...memory.map(([role, told]) => row(`bytes of ${told}`, ({ bytesByRole }) => bytesByRole[role])),
    row('bytes', ({ bytes }) => bytes),
    row('pipelines', (footprint) => footprint.pipelines),
    row('dispatches', ({ dispatches }) => dispatches),
  ];
  return [
    ...alignColumns(heads).map((line) => line.trimStart()),
    '',
    ...alignColumns(table, [1, 2]).map((line) => line.slice(2)),
  ];
}
