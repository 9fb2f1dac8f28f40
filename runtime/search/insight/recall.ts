/** Experiments of a store as samples of their space, which is compiled anew from the texts that the store keeps. */
import { compileWith, type CompiledSpace } from '../../../compiler/compile.ts';
import { readProgram, type Program } from '../../../compiler/program.ts';
import { overridesOf } from '../../../compiler/settings.ts';
import type { Override } from '../../../compiler/space/elaborate.ts';
import { fromCompact } from '../../../compiler/space/encode.ts';
import type { Space } from '../../../compiler/space/space.ts';
import { refuse } from '../../../grammar/diagnostics.ts';
import { print } from '../../../grammar/print.ts';
import { nodeHost } from '../../host.ts';
import { canonicalJson, type ExperimentIdentity } from '../../store/identity.ts';
import type { ExperimentRecord } from '../../store/records.ts';
import type { Experiment } from '../../store/Store.ts';
import { bestTrial, fitness, mayWin } from '../objective.ts';
import type { Observation } from './observations.ts';

/** An experiment that was read back. */
export interface Recalled {
  readonly experiment: Experiment;
  readonly compiled: CompiledSpace;
  /** Trials that were evaluated to the end, in order. */
  readonly observations: readonly Observation[];
  /** How many others there are: failed, given a share of the epochs, or ended early. */
  readonly leftOut: number;
  readonly winner: Observation | undefined;
}

/** Compiles the space of an experiment and reads its trials. Refuses what this version cannot read. */
export function recall(experiment: Experiment): Recalled {
  const { record, trials } = experiment;
  const compiled = spaceOf(record.id, record.identity);
  const read = (architecture: string, value: number): Observation => {
    const { value: found, diagnostics } = fromCompact(compiled.space, architecture);
    if (found !== undefined) return { architecture: found, fitness: value };
    return lost(record.id, diagnostics[0]?.message);
  };
  const [objective] = record.objectives;
  const done = trials.filter((trial) => mayWin(trial) && (trial.share ?? 1) === 1);
  const best = bestTrial(done, objective);
  return {
    experiment,
    compiled,
    observations: done.map((trial) => read(trial.architecture, fitness(trial, objective))),
    leftOut: trials.length - done.length,
    winner: best && read(best.architecture, fitness(best, objective)),
  };
}

function lost(experiment: string, reason = 'nothing is left of it'): never {
  return refuse('experimentSpaceLost', { experiment, reason });
}

/** Experiments often share their space, and to compile one takes time. */
const compiledBefore = new Map<string, CompiledSpace>();

function spaceOf(id: string, identity: ExperimentIdentity): CompiledSpace {
  const settings = Object.entries(identity.overrides).flatMap(([path, value]) =>
    path.startsWith('space.') ? [{ path, value: String(value) }] : [],
  );
  const key = canonicalJson([identity.space, identity.search, settings]);
  const before = compiledBefore.get(key);
  if (before) return before;
  const program = programOf(id, identity);
  const [search] = program.searches;
  const node = program.spaces.find(({ name }) => name.text === search?.space.text);
  if (!search || !node) return lost(id);
  const own = search.args.flatMap((arg): Override[] =>
    arg.name ? [{ name: arg.name.text, value: arg.value, source: program.source }] : [],
  );
  const { value, diagnostics } = compileWith(program, node, [...own, ...overridesOf(settings).overrides]);
  if (!value) return lost(id, diagnostics[0]?.message);
  compiledBefore.set(key, value);
  return value;
}

/** The file that an experiment amounts to. */
function programOf(id: string, { space, search }: ExperimentIdentity): Program {
  const source = { name: `experiment ${id}`, text: `nas 1\n\n${space}\n\n${search}\n` };
  const { value, diagnostics } = readProgram(source, nodeHost('.'));
  return value ?? lost(id, diagnostics[0]?.message);
}

/** What an experiment measured: all that its results follow from but for the strategy and the seed. */
export interface Condition {
  /** Equal for experiments whose results may be put together. */
  readonly key: string;
  /** `quick on digits(split: shuffled)` */
  readonly name: string;
}

/** What a condition follows from. */
export type Conditioned = Pick<ExperimentRecord, 'id' | 'identity' | 'name' | 'objectives'>;

/** The condition of an experiment. */
export function conditionOf({ id, identity, name, objectives }: Conditioned): Condition {
  const [search] = programOf(id, identity).searches;
  const fields = search?.fields.filter((field) => field.name.text !== 'strategy') ?? [];
  const rest = search ? print({ ...search, fields }) : identity.search;
  const settings = Object.entries(identity.overrides);
  const overrides = Object.fromEntries(settings.filter(([path]) => !/^search\.strategy(\.|$)/.test(path)));
  const data = /^ *data +(.*)$/m.exec(rest)?.[1] ?? '';
  const set = settings.flatMap(([path, value]) =>
    path.startsWith('search.data') || path.startsWith('search.evaluate')
      ? [`${path.replace('search.', '')}=${String(value)}`]
      : [],
  );
  return {
    key: canonicalJson([identity.space, rest, overrides, identity.data, objectives[0]]),
    name: [`${name}${data === '' ? '' : ` on ${data}`}`, ...set].join(', '),
  };
}

/** How the decisions of two spaces differ; undefined where answers to one are answers to the other. */
export function differenceOf(a: Space, b: Space): string | undefined {
  for (let i = 0; i < Math.max(a.decisions.length, b.decisions.length); i++) {
    const [mine, theirs] = [a.decisions[i], b.decisions[i]];
    if (mine === undefined || theirs === undefined || mine.path !== theirs.path) {
      const path = mine?.path ?? theirs?.path ?? '';
      return `\`${path}\` is not the same decision in both`;
    }
    const [these, those] = [mine, theirs].map(({ options }) => options.map(({ label }) => label).join(', '));
    if (these !== those)
      return `\`${mine.path}\` is one of ${these ?? ''} in one, and of ${those ?? ''} in the other`;
  }
  return undefined;
}
