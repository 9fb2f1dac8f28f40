/**
 * Elaboration: from the syntax of a space to the Space. It runs the file once, with every decision left
 * open, and checks each operation in every case on the way: what it accepts holds no architecture that
 * fails to build.
 */
import type {
  Expr,
  FileNode,
  InputNode,
  OutputNode,
  RequireNode,
  SpaceNode as SpaceSyntax,
} from '../../grammar/ast.ts';
import { hasErrors, type Checked } from '../../grammar/diagnostics.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import { present } from '../../util/invariant.ts';
import type { Location, Source } from '../../grammar/source.ts';
import type { Shape } from '../graph/graph.ts';
import type { Paths } from './bodies.ts';
import {
  Elaboration,
  LimitReached,
  limits,
  locate,
  type CellDeclaration,
  type Context,
  type MotifDeclaration,
} from './elaboration.ts';
import { bindLet, evaluate, evaluateBlock, withConnected } from './expressions.ts';
import { expand } from './derived.ts';
import { bindNodes } from './nodes.ts';
import { always, fixed, limitWork, never, TooMuchWork } from './diagrams.ts';
import { both, caseLimit, either, holds, negate, TooManyCases } from './open.ts';
import { prune } from './prune.ts';
import { elaborateRequire, mentions } from './requirements.ts';
import { Names } from './names.ts';
import { Site } from './sites.ts';
import {
  firstDerived,
  type AuxiliaryOutput,
  type Decision,
  type Open,
  type Space,
  type StaticValue,
} from './space.ts';
import { describe, errorVal, tensorVal, type Value } from './values.ts';

/** A parsed file with its text. */
export interface ParsedFile {
  readonly source: Source;
  readonly file: FileNode;
}

/** A value given to a parameter from outside: `--set classes=5`, or the arguments of a search. */
export interface Override {
  readonly name: string;
  readonly value: Expr;
  readonly source: Source;
}

export interface ElaborateOptions {
  readonly file: ParsedFile;
  /** Files whose motifs and cells are known here, in order: later ones win, `file` over all of them. */
  readonly library: readonly ParsedFile[];
  /** The file that the space stands in. */
  readonly source: Source;
  readonly space: SpaceSyntax;
  readonly overrides: readonly Override[];
}

/** Works out one space of a file. */
export function elaborate(options: ElaborateOptions): Checked<Space> {
  const motifs = new Map<string, MotifDeclaration>();
  const cells = new Map<string, CellDeclaration>();
  for (const { source, file } of [...options.library, options.file]) {
    for (const node of file.declarations) {
      if (node.kind === 'motif') motifs.set(node.name.text, { node, source });
      else if (node.kind === 'cell') cells.set(node.name.text, { node, source });
    }
  }
  const e = new Elaboration(motifs, cells, { expression: evaluate, block: evaluateBlock });
  const space = withinLimits(e, options, () => limitWork(limits.work, () => elaborateSpace(e, options)));
  const paths = e.name(options.space.name.text);
  withinLimits(e, options, () => {
    reportClashes(e, paths);
    resolveCounts(e, paths);
  });
  const named =
    e.hasReports || space === undefined
      ? undefined
      : withinLimits(e, options, () =>
          limitWork(limits.work, () => ({ ...space, ...namedDecisions(e, paths) })),
        );
  const diagnostics = e.diagnostics();
  return { value: hasErrors(diagnostics) ? undefined : named, diagnostics };
}

/** The result of `act`; undefined where it passed a limit, which is reported. */
function withinLimits<T>(e: Elaboration, { source, space }: ElaborateOptions, act: () => T): T | undefined {
  const name = space.name.text;
  const at = { source, span: space.name.span };
  try {
    return act();
  } catch (error) {
    if (error instanceof TooManyCases) e.report('tooManyCases', { name, limit: caseLimit }, e.place ?? at);
    else if (error instanceof TooMuchWork) {
      e.report(
        'limitReached',
        { what: 'steps on conditions between decisions', limit: limits.work },
        e.place ?? at,
      );
    } else if (!(error instanceof LimitReached)) throw error;
    return undefined;
  }
}

function namedDecisions(e: Elaboration, paths: Paths): Pick<Space, 'decisions' | 'subsets' | 'derived'> {
  const decisions = e.decisions.map((d): Decision => {
    const options = d.options.map((o) => ({ ...o, allowed: o.allowed && plain(e, o.allowed) }));
    return { ...d, options, exists: plain(e, d.exists), path: present(paths.decisions.get(d.id), 'a path') };
  });
  const subsets = e.subsets.map((s, i) => ({ ...s, path: present(paths.subsets.get(i), 'a path') }));
  return { decisions, subsets, derived: e.derived };
}

/** What decisions stand on is stated over decisions alone: they are answered before anything is derived. */
function plain(e: Elaboration, condition: Open<boolean>): Open<boolean> {
  const definition = (id: number): Open<boolean> =>
    present(e.derived[id - firstDerived], 'a derived value').definition;
  return expand(condition, definition) ?? never;
}

/** A space before its decisions have their paths. */
type Unnamed = Omit<Space, 'decisions' | 'subsets' | 'derived'>;

function elaborateSpace(e: Elaboration, options: ElaborateOptions): Unnamed | undefined {
  const { space, source } = options;
  let context: Context = {
    names: Names.none,
    source,
    body: e.root,
    site: new Site(''),
    exists: always,
    decided: always,
    uses: [],
    cell: undefined,
  };
  const params: Record<string, StaticValue> = {};
  for (const item of space.items) {
    const names = item.kind === 'let' ? item.pattern.names : 'name' in item && item.name ? [item.name] : [];
    for (const { text } of names) e.spaceNames.add(text);
  }
  for (const { name } of space.params) e.spaceNames.add(name.text);
  reportUnknownOverrides(e, options);
  for (const param of space.params) {
    const name = param.name.text;
    const override = options.overrides.findLast((o) => o.name === name);
    const value = evaluateParam(e, override, param.value, context, name);
    if (value === undefined) {
      e.report('missingArgument', { callee: space.name.text, name }, locate(context, param), {
        hint: `give it a default, or a value with --set ${name}=...`,
      });
    }
    if (value?.kind === 'static' && value.value.kind === 'fixed') params[name] = value.value.value;
    else if (value && value.kind !== 'error') {
      e.report('wrongKind', { found: describe(value), wanted: 'a fixed value' }, locate(context, param), {
        hint: 'what is open is a `let` of the space',
      });
    }
    context = { ...context, names: context.names.with(name, value ?? errorVal) };
  }
  let output: Value | undefined;
  let outputAt = locate(context, space.name);
  const auxiliary: AuxiliaryOutput[] = [];
  const late: RequireNode[] = [];
  for (const item of space.items) {
    switch (item.kind) {
      case 'input': {
        const names = context.names.with(item.name.text, elaborateInput(e, item, context));
        context = { ...context, names };
        break;
      }
      case 'let':
        context = bindLet(e, item, context);
        break;
      case 'nodes':
        context = bindNodes(e, item, context);
        break;
      case 'require':
        // What speaks of the output waits for it.
        if (mentions(item.condition, 'connected')) late.push(item);
        else elaborateRequire(e, item, context);
        break;
      case 'output': {
        const value = evaluateOutput(e, item, context);
        if (item.name) {
          const name = item.name.text;
          if (auxiliary.some((a) => a.name === name)) {
            e.report('repeatedName', { name }, locate(context, item.name));
          }
          if (value.kind === 'tensor') auxiliary.push({ name, node: value.node });
        } else if (output !== undefined) {
          e.report('secondOutput', {}, locate(context, item), {
            labels: [{ location: outputAt, text: 'the first' }],
            hint: 'a head that only trains has a name: `output NAME: ...`',
          });
        } else {
          output = value;
          outputAt = locate(context, item.value);
        }
        break;
      }
      default:
        item satisfies never;
    }
  }
  if (output === undefined) {
    const hint = 'end it with what its networks give back: `output y |> classifier(10)`';
    e.report('noOutput', { space: space.name.text }, locate(context, space.name), { hint });
  }
  if (output?.kind !== 'tensor') return undefined;
  for (const item of late) elaborateRequire(e, item, withConnected(context, output));
  if (late.length === 0) checkThere(e, output.present, outputAt);
  const { nodes, requirements, presences } = e;
  const whole = { name: space.name.text, params, nodes, output: output.node, auxiliary, requirements };
  return prune(whole, presences, e.hasReports || e.derived.length > 0, e.isAlways);
}

/** The value of an output; `none` in every architecture is reported here. */
function evaluateOutput(e: Elaboration, item: OutputNode, context: Context): Value {
  const body = item.name ? context.body.open({ kind: 'let', name: item.name.text }) : context.body;
  const site = item.name ? new Site(context.site.claim(item.name.text)) : context.site;
  const value = evaluate(e, item.value, { ...context, body, site });
  if (value.kind === 'tensor' || value.kind === 'error') return value;
  if (item.name && value.kind === 'none') return value; // a head that is left out
  const wanted = 'a tensor to put out';
  e.report('wrongKind', { found: describe(value), wanted }, locate(context, item.value));
  return errorVal;
}

/** No output may be `none`: it is there in every architecture, or the way to one without it is shown. */
function checkThere(e: Elaboration, there: Open<boolean>, at: Location): void {
  if (there === always) return;
  // What a requirement leaves out does not count.
  const required = e.requirements.map(({ expression, exists }) =>
    expression.kind === 'value'
      ? either(
          negate(exists),
          holds(expression.value, (v) => v === true),
        )
      : always,
  );
  const missing = e.feasible([negate(there), ...required].reduce(both));
  if (missing === never) return;
  e.report('noneOutput', {}, at, () => ({
    notes: [`this happens when ${e.tell(missing).told}`],
    hint: 'give it something to fall back on, `... or x`, or leave such architectures out: `require connected`',
  }));
}

/** Finds the decisions that `count(NAME == ANSWER)` speaks of. */
function resolveCounts(e: Elaboration, paths: Paths): void {
  for (const { answers, name, label, at } of e.counts) {
    const names = new Set<string>();
    const labels = new Set<string>();
    for (const { id, options } of e.decisions) {
      const path = paths.decisions.get(id) ?? '';
      const own = /([A-Za-z_][A-Za-z0-9_]*)(\[[^.]*\])?$/.exec(path)?.[1];
      if (own !== undefined) names.add(own);
      if (own !== name) continue;
      for (const o of options) labels.add(o.label);
      const option = options.findIndex((o) => o.label === label);
      if (option >= 0) answers.push({ decision: id, options: [option] });
    }
    if (!names.has(name)) {
      const hint = didYouMean(name, names) ?? 'name a decision: `count(op == conv_3)`';
      e.report('unknownName', { name }, at, { hint });
    } else if (answers.length === 0) {
      const hint = didYouMean(label, labels) ?? `it may be ${[...labels].slice(0, 8).join(', ')}`;
      e.report('badAnswer', { problem: `\`${name}\` is never answered by \`${label}\`` }, at, { hint });
    }
  }
}

function evaluateParam(
  e: Elaboration,
  override: Override | undefined,
  fallback: Expr | undefined,
  context: Context,
  name: string,
): Value | undefined {
  if (override) return evaluate(e, override.value, { ...context, source: override.source }, name);
  return fallback && evaluate(e, fallback, context, name);
}

function reportUnknownOverrides(e: Elaboration, { space, overrides }: ElaborateOptions): void {
  const names = space.params.map((p) => p.name.text);
  for (const { name, value, source } of overrides) {
    if (names.includes(name)) continue;
    e.report(
      'unknownParameter',
      { space: space.name.text, name },
      { source, span: value.span },
      {
        hint: didYouMean(name, names) ?? (names.length > 0 ? `it has ${names.join(', ')}` : undefined),
      },
    );
  }
}

/** What an input may be, with the names of its sizes. */
const inputTypes: Readonly<Record<string, readonly string[]>> = {
  image: ['height', 'width', 'channels'],
  vector: ['features'],
  sequence: ['length', 'features'],
  tokens: ['length'],
};

/** `input x: image[height, width, channels]` */
function elaborateInput(e: Elaboration, node: InputNode, context: Context): Value {
  const at = locate(context, node);
  const wanted = Object.hasOwn(inputTypes, node.type.text) ? inputTypes[node.type.text] : undefined;
  if (wanted === undefined) {
    const forms = Object.entries(inputTypes).map(([type, sizes]) => `\`${type}[${sizes.join(', ')}]\``);
    e.report('unknownInputType', { type: node.type.text }, locate(context, node.type), {
      hint: `write ${forms.slice(0, -1).join(', ')} or ${forms.at(-1) ?? ''}`,
    });
    return errorVal;
  }
  const sizes = node.args.map((arg) => evaluate(e, arg.value, context));
  if (sizes.some((s) => s.kind === 'error')) return errorVal;
  const shape = sizes.flatMap((s) => {
    const v = s.kind === 'static' && s.value.kind === 'fixed' ? s.value.value : undefined;
    return typeof v === 'number' && Number.isInteger(v) && v > 0 && v <= 65_536 ? [v] : [];
  });
  if (shape.length !== wanted.length || sizes.length !== wanted.length) {
    const count =
      ['no', 'one fixed whole number', 'two fixed whole numbers', 'three fixed whole numbers'][
        wanted.length
      ] ?? '';
    e.report('badInput', { name: node.name.text }, at, {
      expected: `${count} from 1 to 65536: ${wanted.join(', ')}`,
    });
    return errorVal;
  }
  if (e.nodes.some((n) => n.kind === 'input')) {
    e.report('secondInput', {}, at);
    return errorVal;
  }
  const open = fixed<Shape>(shape);
  return tensorVal(
    e.addNode(
      {
        kind: 'input',
        name: node.name.text,
        dtype: node.type.text === 'tokens' ? 'i32' : 'f32',
        exists: always,
        shape: open,
      },
      at,
    ),
  );
}

/** Two decisions of one name would be one answer in an architecture. */
function reportClashes(e: Elaboration, paths: Paths): void {
  const seen = new Map<string, number>();
  const subsets = new Map(
    [...paths.subsets].map(([i, path]) => [present(e.subsets[i], 'a subset').members[0] ?? -1, path]),
  );
  for (const decision of e.decisions) {
    // A subset is known by one path; its members have none of their own.
    const path = decision.kind === 'member' ? subsets.get(decision.id) : paths.decisions.get(decision.id);
    if (path === undefined) continue;
    const before = seen.get(path);
    if (before === undefined) {
      seen.set(path, decision.id);
      continue;
    }
    const first = present(e.decisions[before], 'a decision').location;
    e.report('samePath', { path }, decision.location, {
      labels:
        first.span.start === decision.location.span.start
          ? []
          : [{ location: first, text: 'this one is called so too' }],
      hint: 'name one of them: `choose NAME {...}`, or give the motif that holds it a `let` of its own',
    });
  }
}
