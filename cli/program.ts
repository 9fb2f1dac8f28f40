/** The command line of `nas`: its commands with their words, options and help. What they do loads when they run. */
import { Command } from 'commander';
import type { BuildOptions } from './commands/build.ts';
import type { CheckOptions } from './commands/check.ts';
import type { CompareOptions } from './commands/compare.ts';
import type { CountOptions } from './commands/count.ts';
import type { DiffOptions } from './commands/diff.ts';
import type { DoctorOptions } from './commands/doctor.ts';
import type { DrawOptions } from './commands/draw.ts';
import type { EnumerateOptions } from './commands/enumerate.ts';
import type { EvaluateOptions } from './commands/evaluate.ts';
import type { FmtOptions } from './commands/fmt.ts';
import type { InsightOptions } from './commands/insight.ts';
import type { LatencyOptions } from './commands/latency.ts';
import type { NewOptions } from './commands/new.ts';
import type { ParamsOptions } from './commands/params.ts';
import type { PlanOptions } from './commands/plan.ts';
import type { SampleOptions } from './commands/sample.ts';
import type { SearchOptions } from './commands/search.ts';
import type { ShowOptions } from './commands/show.ts';
import type { TrainOptions } from './commands/train.ts';
import type { TrialsOptions } from './commands/trials.ts';
import type { Context } from './context.ts';
import { refuseSurplus } from './misuse.ts';
import { profileNames } from './profiles.ts';
import { addSetting, addWord, anyWholeNumber, MAX_SEED, oneOf, wholeNumber } from './options.ts';
import { packageVersion } from './version.ts';

const archHelp = `
ARCH names one architecture of the space, in one of these ways:
  rank:0             its place, from 0 to one less than \`nas count\` says
  digits:0.0.1.2     the compact text that \`nas sample\` prints
  best.json          a JSON file, such as those that \`nas search\` writes
  DARTS_V2           a name that the file gives it, or a text in a notation of the file`;

const batchHelp = 'images in a batch (default: that of --search, or 64)';

const countHelp = `
\`free\` ignores the requirements, \`allowed\` meets them, \`distinct\` counts allowed architectures that are the
same network once, where there are few enough of them to compare all.`;

const compareHelp = `
Random search is always among them. Each search is an experiment of its own, which \`nas search\` with the same
strategy and seed would make; Ctrl-C stops the comparison, and the same command goes on with it.`;

const insightHelp = `
It asks which decisions matter, which motifs are over-represented among the best, how similar the best are, and
whether rankings carry over from one experiment or column to another. What it claims has p <= 0.01, corrected for
all tests of the question:
  nas insight spaces/nasbench201.nas --table accuracy.csv --column c10_test_200ep --column c100_test_200ep`;

const trainHelp = `
It trains as \`retrain\` of the search says, else as \`evaluate\`, on training and validation images, and leaves a folder with
\`model.json\`, \`space.nas\` and \`weights.safetensors\`. Stopped at any time, the same command goes on from the last
checkpoint and comes to the same bits. Parameters of the space scale the network:
  nas train spaces/darts.nas DARTS_V2 --set c=8 --set n=2 --epochs 50`;

const evaluateHelp = `
On the adapter on which it was trained, a network gets the same score to the last bit:
  nas evaluate .nas/trained/digits-0123456789ab
  nas evaluate spaces/digits.nas trial-17.json --weights trial-17.safetensors`;

const rootHelp = `
Start with:
  nas search spaces/digits.nas          search the space of the digits
  nas sample spaces/digits.nas -n 3     three architectures of it
  nas COMMAND --help                    the options of a command

Exit codes: 0 fine, 1 something is wrong in a file, a device or a store, 2 in the command line, 130 interrupted.
With --json, counts and ranks are texts of decimal digits, for they may exceed what a number holds exactly.`;

/** All commands. `finish` is told the exit code of the one that ran. */
export function buildProgram(context: Context, finish: (code: number) => void): Command {
  const { terminal, colors } = context;
  const program = new Command('nas')
    .description('Describe, check and search spaces of neural networks.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print the help of a command')
    .exitOverride()
    .configureOutput({
      writeOut: terminal.stdout.write,
      writeErr: terminal.stderr.write,
      outputError: () => undefined,
      getOutHelpWidth: () => terminal.stdout.columns() ?? 100,
      getErrHelpWidth: () => terminal.stderr.columns() ?? 100,
      // Colours are decided in one place, not by commander.
      getOutHasColors: () => true,
      getErrHasColors: () => true,
    })
    .configureHelp({ styleTitle: colors.bold })
    .addHelpText('after', rootHelp);

  const define = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      // Surplus words are reported with the word, which commander does not tell.
      .allowExcessArguments()
      .option('--no-color', 'never colour the output')
      .hook('preAction', (_, command) => refuseSurplus(command));
  const withSpace = (command: Command): Command =>
    command
      .option('--space <name>', 'which space of the file, where it has several')
      .option('--search <name>', 'the space as this search of the file sets its parameters')
      .option('--set <name=value>', 'set a parameter of the space; may be repeated', addSetting);
  const withSearch = (command: Command): Command =>
    command
      .option('--search <name>', 'which search of the file, where it has several')
      .option('--seed <n>', 'short for --set seed=N', wholeNumber('--seed', 0, MAX_SEED))
      .option(
        '--set <path=value>',
        'set a field of the search or a parameter of the space, such as evaluate.epochs=2; may be repeated',
        addSetting,
      );

  const check = define('check', 'Check all spaces and searches of a file.').argument('<file>', 'a .nas file');
  check.option('--set <name=value>', 'set a parameter or a field; may be repeated', addSetting);
  check.option('--json', 'print the findings as JSON');
  check.action(async (file: string) => {
    const command = await import('./commands/check.ts');
    finish(await command.check(context, file, check.opts<CheckOptions>()));
  });

  const count = withSpace(
    define('count', 'Count the architectures of a space.').argument('<file>', 'a .nas file'),
  );
  count
    .option('--of <cell>', 'count the decisions of this cell alone')
    .option('--json', 'print JSON')
    .addHelpText('after', countHelp);
  count.action(async (file: string) => {
    const command = await import('./commands/count.ts');
    finish(await command.count(context, file, count.opts<CountOptions>()));
  });

  const params = withSpace(
    define('params', 'Count the parameters and multiply-accumulates (MACs) of one architecture.')
      .argument('<file>', 'a .nas file')
      .argument('<arch>', 'an architecture'),
  );
  params
    .option('--auxiliary', 'count heads that only train, too')
    .option('--json', 'print JSON')
    .addHelpText('after', archHelp);
  params.action(async (file: string, arch: string) => {
    const command = await import('./commands/params.ts');
    finish(await command.params(context, file, arch, params.opts<ParamsOptions>()));
  });

  const sample = withSpace(
    define('sample', 'Draw architectures uniformly, none twice, in the order of random search.').argument(
      '<file>',
      'a .nas file',
    ),
  );
  sample.option('-n, --number <n>', 'how many', wholeNumber('-n', 1), 10);
  sample.option('--seed <n>', 'another seed, another order', wholeNumber('--seed', 0, MAX_SEED), 1);
  sample.option('--json', 'print one line of JSON for each');
  sample.action(async (file: string) => {
    const command = await import('./commands/sample.ts');
    finish(await command.sample(context, file, sample.opts<SampleOptions>()));
  });

  const enumerate = withSpace(
    define('enumerate', 'List architectures in the order of their ranks.').argument('<file>', 'a .nas file'),
  );
  enumerate.option('-n, --number <n>', 'how many', wholeNumber('-n', 1), 10);
  enumerate.option('--from <rank>', 'the rank of the first (default: 0)', anyWholeNumber('--from'));
  enumerate.option('--json', 'print one line of JSON for each');
  enumerate.action(async (file: string) => {
    const command = await import('./commands/enumerate.ts');
    finish(await command.enumerate(context, file, enumerate.opts<EnumerateOptions>()));
  });

  const diff = withSpace(
    define('diff', 'Show where two architectures of a space differ.')
      .argument('<file>', 'a .nas file')
      .argument('<a>', 'an architecture')
      .argument('<b>', 'another one'),
  );
  diff
    .option('--json', 'print JSON')
    .addHelpText('after', archHelp.replace('ARCH names', 'A and B each name'));
  diff.action(async (file: string, a: string, b: string) => {
    const command = await import('./commands/diff.ts');
    finish(await command.diff(context, file, a, b, diff.opts<DiffOptions>()));
  });

  const fmt = define('fmt', 'Format files.').argument(
    '<files...>',
    '.nas files; `-` formats stdin to stdout',
  );
  fmt.option('--check', 'write nothing; exit with 1 where a file is not formatted');
  fmt.action(async (files: string[]) => {
    const command = await import('./commands/fmt.ts');
    finish(await command.fmt(context, files, fmt.opts<FmtOptions>()));
  });

  const create = define('new', 'Begin a file with a copy of a shipped space.').argument(
    '<name>',
    'the name of the space; the file is NAME.nas',
  );
  create.option('--from <template>', 'a shipped space, such as darts', 'tiny');
  create.action(async (name: string) => {
    const command = await import('./commands/new.ts');
    finish(await command.create(context, name, create.opts<NewOptions>()));
  });

  const show = define('show', 'Show what the compiler makes of a file, or of one architecture.')
    .argument('<file>', 'a .nas file')
    .argument('[arch]', 'an architecture');
  show
    .option('--ast', 'the syntax tree of the file')
    .option('--space [name]', 'decisions and nodes of the space; a name says which, where there are several')
    .option('--search <name>', 'the space as this search of the file sets its parameters')
    .option('--graph', 'the tensors and ops of the network')
    .option('--plan', 'buffers, kernels and dispatches')
    .option('--wgsl', 'the compute shaders')
    .option('--inference', 'the network as it is measured, not as it is trained')
    .option('--batch <n>', 'images in a batch', wholeNumber('--batch', 1, 65_536), 64)
    .option(
      '--profile <kind>',
      `which kind of device plan and shaders are for: ${profileNames.join(', ')}`,
      oneOf('--profile', profileNames),
      'portable',
    )
    .option('--set <name=value>', 'set a parameter of the space; may be repeated', addSetting)
    .option('--json', 'print the data themselves as JSON');
  show.addHelpText(
    'after',
    `
Without a view, \`nas show FILE ARCH\` lists the answers of the architecture, \`nas show FILE\` the space.
${archHelp}`,
  );
  show.action(async (file: string, arch: string | undefined) => {
    const command = await import('./commands/show.ts');
    finish(await command.show(context, file, arch, show.opts<ShowOptions>()));
  });

  const plan = withSpace(
    define('plan', 'Predict what the training of a network takes of a device, before anything is allocated.')
      .argument('<file>', 'a .nas file')
      .argument('[arch]', 'an architecture'),
  );
  plan
    .option('--supernet', 'the supernet of the space instead of one architecture')
    .option('--batch <n>', batchHelp, wholeNumber('--batch', 1, 65_536))
    .option(
      '--profile <kind>',
      `which kind of device the plan is for: ${profileNames.join(', ')}`,
      oneOf('--profile', profileNames),
      'portable',
    )
    .option('--json', 'print JSON')
    .addHelpText('after', archHelp);
  plan.action(async (file: string, arch: string | undefined) => {
    const command = await import('./commands/plan.ts');
    finish(await command.plan(context, file, arch, plan.opts<PlanOptions>()));
  });

  const latency = withSpace(
    define(
      'latency',
      'Measure what each operation of a space takes on this adapter, and predict the latency of networks from it.',
    )
      .argument('<file>', 'a .nas file')
      .argument('[arch]', 'an architecture: print what is predicted of it instead of the table'),
  );
  latency
    .option('--batch <n>', batchHelp, wholeNumber('--batch', 1, 65_536))
    .option(
      '--networks <n>',
      'networks that are run whole, half of them to calibrate, half to test (default: 32)',
      wholeNumber('--networks', 0, 10_000),
    )
    .option('--table <json>', 'read a table that --out wrote, and measure nothing')
    .option('--out <json>', 'write the table')
    .option('--fresh', 'measure again what was measured before')
    .option('--json', 'print JSON')
    .addHelpText('after', archHelp);
  latency.action(async (file: string, arch: string | undefined) => {
    const command = await import('./commands/latency.ts');
    finish(await command.latency(context, file, arch, latency.opts<LatencyOptions>()));
  });

  const build = withSpace(
    define(
      'build',
      'Compile ahead of time all shaders that the networks of a space can need, and write them to a folder.',
    ).argument('<file>', 'a .nas file'),
  );
  build
    .option('--supernet', 'those of the supernet, too')
    .option('--batch <n>', batchHelp, wholeNumber('--batch', 1, 65_536))
    .option('--out <folder>', 'where they are written (default: .nas/kernels/NAME)')
    .option(
      '--profile <kind>',
      `which kind of device they are for: ${profileNames.join(', ')} (default: this machine's)`,
      oneOf('--profile', profileNames),
    )
    .option('--fresh', 'compile again what was compiled before')
    .option('--json', 'print JSON');
  build.action(async (file: string) => {
    const command = await import('./commands/build.ts');
    finish(await command.build(context, file, build.opts<BuildOptions>()));
  });

  const draw = withSpace(
    define('draw', 'Draw a space, or one architecture of it, as an SVG picture.')
      .argument('<file>', 'a .nas file')
      .argument('[arch]', 'an architecture'),
  );
  draw
    .option('--of <cell>', 'this cell alone, or with the name of the space the network around its cells')
    .option('-o, --output <file>', 'write a file instead of printing')
    .addHelpText('after', archHelp);
  draw.action(async (file: string, arch: string | undefined) => {
    const command = await import('./commands/draw.ts');
    finish(await command.draw(context, file, arch, draw.opts<DrawOptions>()));
  });

  const search = withSearch(
    define('search', 'Run a search, or go on with it where it was stopped.').argument(
      '<file>',
      'a .nas file',
    ),
  );
  search
    .option('--trials <n>', 'short for --set budget.trials=N', wholeNumber('--trials', 1))
    .option('--fresh', 'forget earlier trials of this search and begin anew')
    .option('--store <folder>', 'where results are kept (default: .nas)')
    .option('--kernels <folder>', 'shaders that `nas build` compiled ahead of time')
    .option('--tune', 'measure which kernels are fastest here, and keep to them')
    .option('--json', 'print the result as JSON; progress goes to stderr');
  search.addHelpText(
    'after',
    `
Ctrl-C stops it; the same command then goes on after the last finished trial.
A search is the same as long as its space, its fields, its seed and its data are; the budget may grow.`,
  );
  search.action(async (file: string) => {
    const command = await import('./commands/search.ts');
    finish(await command.search(context, file, search.opts<SearchOptions>()));
  });

  const trials = withSearch(
    define('trials', 'Show the trials of a search, and the final network.').argument(
      '[file]',
      'the .nas file of the search, or the name of an experiment; without it, the latest experiment',
    ),
  );
  trials
    .option('--store <folder>', 'where results are kept (default: .nas)')
    .option('--list', 'list all experiments of the store')
    .option('--json', 'print JSON')
    .option('--no-times', 'leave out what differs from run to run: times, machines, versions');
  trials.action(async (file: string | undefined) => {
    const command = await import('./commands/trials.ts');
    finish(await command.trials(context, file, trials.opts<TrialsOptions>()));
  });

  const train = withSearch(
    define('train', 'Train one architecture as a search trains its winner, and measure it on test images.')
      .argument('<file>', 'a .nas file')
      .argument('<arch>', 'an architecture'),
  );
  train
    .option('--epochs <n>', 'short for --set retrain.epochs=N', wholeNumber('--epochs', 1))
    .option('--out <folder>', 'where the trained network is left (default: .nas/trained/NAME)')
    .option(
      '--checkpoint-every <n>',
      'epochs from one checkpoint to the next',
      wholeNumber('--checkpoint-every', 1),
      1,
    )
    .option('--fresh', 'remove what the folder holds of a training and begin anew')
    .option('--json', 'print the result as JSON; progress goes to stderr')
    .addHelpText('after', `${trainHelp}\n${archHelp}`);
  train.action(async (file: string, arch: string) => {
    const command = await import('./commands/train.ts');
    finish(await command.train(context, file, arch, train.opts<TrainOptions>()));
  });

  const evaluate = withSearch(
    define('evaluate', 'Measure a trained network on test images.')
      .argument('<trained>', 'a folder that `nas train` left, or a .nas file')
      .argument('[arch]', 'an architecture of the file'),
  );
  evaluate
    .option('--weights <file>', 'with a .nas file: the weights, in the safetensors format')
    .option('--data <data>', 'other data, such as "digits(split: writers)"')
    .option('--json', 'print JSON')
    .addHelpText('after', `${evaluateHelp}\n${archHelp}`);
  evaluate.action(async (what: string, arch: string | undefined) => {
    const command = await import('./commands/evaluate.ts');
    finish(await command.evaluate(context, what, arch, evaluate.opts<EvaluateOptions>()));
  });

  const comparison = define(
    'compare',
    'Compare strategies with random search, on a search of a file and at equal cost.',
  ).argument('<file>', 'a .nas file');
  comparison
    .option('--search <name>', 'which search of the file, where it has several')
    .option(
      '--strategies <list>',
      'such as "evolution(population: 20), bayesian" (default: that of the file)',
    )
    .option('--seeds <n>', 'searches of each strategy', wholeNumber('--seeds', 2, 10_000), 5)
    .option('--seed <n>', 'the first seed (default: that of the file)', wholeNumber('--seed', 0, MAX_SEED))
    .option('--trials <n>', 'short for --set budget.trials=N', wholeNumber('--trials', 1))
    .option(
      '--set <path=value>',
      'set a field of the search or a parameter of the space; may be repeated',
      addSetting,
    )
    .option('--svg <file>', 'write the curves as a picture')
    .option('--fresh', 'forget earlier trials of these searches and begin anew')
    .option('--store <folder>', 'where results are kept (default: .nas)')
    .option('--json', 'print the comparison as JSON; progress goes to stderr')
    .addHelpText('after', compareHelp);
  comparison.action(async (file: string) => {
    const command = await import('./commands/compare.ts');
    finish(await command.compare(context, file, comparison.opts<CompareOptions>()));
  });

  const insight = withSpace(
    define('insight', 'Tell what experiments, or a table of results, say of their space.').argument(
      '<experiments...>',
      'names of experiments, or .nas files: all experiments of their search, whatever strategy and seed',
    ),
  );
  insight
    .option('--store <folder>', 'where results are kept (default: .nas)')
    .option('--table <csv>', 'a table of results; FILE then gives the space, by whose notation it is read')
    .option('--column <name>', 'a column of the table; may be repeated, the first is the objective', addWord)
    .option('--minimize', 'smaller values of the table are better')
    .option(
      '--best <percent>',
      'which share of the architectures is the best',
      wholeNumber('--best', 1, 50),
      5,
    )
    .option(
      '--permutations <n>',
      'of each test by permutation',
      wholeNumber('--permutations', 99, 100_000),
      999,
    )
    .option('--seed <n>', 'of permutations and bootstrap samples', wholeNumber('--seed', 0, MAX_SEED), 1)
    .option('--json', 'print JSON')
    .addHelpText('after', insightHelp);
  insight.action(async (words: string[]) => {
    const command = await import('./commands/insight.ts');
    finish(await command.insight(context, words, insight.opts<InsightOptions>()));
  });

  const explain = define('explain', 'Explain a message by its code.').argument(
    '[code]',
    'such as NAS1001; without it, all codes are listed',
  );
  explain.action(async (code: string | undefined) => {
    const command = await import('./commands/explain.ts');
    finish(await command.explain(context, code));
  });

  const doctor = define('doctor', 'Show what this machine offers to train networks with.');
  doctor.option('--json', 'print JSON');
  doctor.action(async () => {
    const command = await import('./commands/doctor.ts');
    finish(await command.doctor(context, doctor.opts<DoctorOptions>()));
  });

  program.option('--no-color', 'never colour the output');
  return program;
}

/** `nas show --space FILE`: the word after the view is the space's name only where it can be one. */
export function partViews(argv: readonly string[]): readonly string[] {
  if (argv[0] !== 'show') return argv;
  return argv.map((word, i) =>
    word === '--space' && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(argv[i + 1] ?? '') ? '--space=' : word,
  );
}
