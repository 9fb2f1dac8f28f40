/**
 * Elaboration: from the syntax of a space to the Space. It runs the file once, with every decision left
 * open, and checks each operation in every case on the way: what it accepts holds no architecture that
 * fails to build.
 */
import type { Expr, FileNode, InputNode, SpaceNode as SpaceSyntax } from '../../grammar/ast.ts';
import { hasErrors, type Checked } from '../../grammar/diagnostics.ts';
import type { Source } from '../../grammar/source.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import { present } from '../../util/invariant.ts';
import type { Shape } from '../graph/graph.ts';
import { assignPaths, Body } from './bodies.ts';
import { Elaboration, LimitReached, locate, type Context, type MotifDeclaration } from './elaboration.ts';
import { bindLet, evaluate, evaluateBlock } from './expressions.ts';
import { caseLimit, fixed, TooManyCases } from './open.ts';
import { elaborateRequire } from './requirements.ts';
import type { Space, SpaceNodeId, StaticValue } from './space.ts';
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
  /** Files whose motifs every file may use; motifs of `file` win over them. */
  readonly library: readonly ParsedFile[];
  readonly space: SpaceSyntax;
  readonly overrides: readonly Override[];
}

/** Works out one space of a file. */
export function elaborate(options: ElaborateOptions): Checked<Space> {
  const motifs = new Map<string, MotifDeclaration>();
  for (const { source, file } of [...options.library, options.file]) {
    for (const node of file.declarations)
      if (node.kind === 'motif') motifs.set(node.name.text, { node, source });
  }
  const e = new Elaboration(motifs, { expression: evaluate, block: evaluateBlock });
  const body = new Body('');
  let space: Space | undefined;
  try {
    space = elaborateSpace(e, options, body);
  } catch (error) {
    if (error instanceof TooManyCases) {
      e.report(
        'tooManyCases',
        { name: options.space.name.text, limit: caseLimit },
        {
          source: options.file.source,
          span: options.space.name.span,
        },
      );
    } else if (!(error instanceof LimitReached)) throw error;
  }
  e.paths = assignPaths(body, options.space.name.text, (id) => e.options(id).map((o) => o.label));
  reportClashes(e);
  const diagnostics = e.diagnostics();
  if (hasErrors(diagnostics) || space === undefined) return { value: undefined, diagnostics };
  const decisions = e.decisions.map((d) => ({ ...d, path: present(e.paths.get(d.id), 'a path') }));
  return { value: { ...space, decisions }, diagnostics };
}

function elaborateSpace(e: Elaboration, options: ElaborateOptions, body: Body): Space | undefined {
  const { space, file } = options;
  let context: Context = {
    names: new Map(),
    source: file.source,
    body,
    exists: fixed(true),
    decided: fixed(true),
    uses: [],
  };
  const params: Record<string, StaticValue> = {};
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
      e.report('wrongKind', { found: describe(value), wanted: 'a fixed value' }, locate(context, param));
    }
    context = { ...context, names: new Map(context.names).set(name, value ?? errorVal) };
  }
  let output: SpaceNodeId | undefined;
  let outputs = 0;
  for (const item of space.items) {
    switch (item.kind) {
      case 'input':
        context = {
          ...context,
          names: new Map(context.names).set(item.name.text, elaborateInput(e, item, context)),
        };
        break;
      case 'let':
        context = bindLet(e, item, context);
        break;
      case 'require':
        elaborateRequire(e, item, context);
        break;
      case 'output': {
        const value = evaluate(e, item.value, context);
        if (++outputs > 1) e.report('secondOutput', {}, locate(context, item));
        else if (value.kind === 'tensor') output = value.node;
        else if (value.kind !== 'error') {
          e.report(
            'wrongKind',
            { found: describe(value), wanted: 'a tensor to put out' },
            locate(context, item.value),
          );
        }
        break;
      }
      default:
        item satisfies never;
    }
  }
  if (outputs === 0) e.report('noOutput', { space: space.name.text }, locate(context, space.name));
  if (output === undefined) return undefined;
  const { nodes, requirements } = e;
  return { name: space.name.text, params, decisions: [], nodes, output, requirements };
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

/** `input x: image[height, width, channels]` */
function elaborateInput(e: Elaboration, node: InputNode, context: Context): Value {
  const at = locate(context, node);
  if (node.type.text !== 'image') {
    e.report('unknownInputType', { type: node.type.text }, locate(context, node.type), {
      hint: 'write `image[height, width, channels]`',
    });
    return errorVal;
  }
  const sizes = node.args.map((arg) => evaluate(e, arg.value, context));
  if (sizes.some((s) => s.kind === 'error')) return errorVal;
  const statics = sizes.flatMap((s) =>
    s.kind === 'static' && s.value.kind === 'fixed' ? [s.value.value] : [],
  );
  const shape = statics.flatMap((v) =>
    typeof v === 'number' && Number.isInteger(v) && v > 0 && v <= 65_536 ? [v] : [],
  );
  if (shape.length !== 3 || sizes.length !== 3) {
    e.report('badInput', { name: node.name.text }, at, {
      expected: 'three fixed whole numbers from 1 to 65536: height, width, channels',
    });
    return errorVal;
  }
  if (e.nodes.some((n) => n.kind === 'input')) {
    e.report('secondInput', {}, at);
    return errorVal;
  }
  const open = fixed<Shape>(shape);
  return tensorVal(e.addNode({ kind: 'input', name: node.name.text, exists: fixed(true), shape: open }, at));
}

/** Two decisions of one name would be one answer in an architecture. */
function reportClashes(e: Elaboration): void {
  const seen = new Map<string, number>();
  for (const decision of e.decisions) {
    const path = e.paths.get(decision.id);
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
