/** `nas check FILE`: everything that is wrong in a file, or what it declares, a line for each. */
import { checkDeclarations } from '../../compiler/checkDeclarations.ts';
import { compileSearch, compileSpace, type CompiledSearch } from '../../compiler/compile.ts';
import { readProgram, type Program } from '../../compiler/program.ts';
import type { Setting } from '../../compiler/settings.ts';
import type { SearchSpec } from '../../compiler/search/search.ts';
import type { SearchNode } from '../../grammar/ast.ts';
import { diagnosticToJson } from '../../grammar/diagnosticJson.ts';
import { hasErrors, Refusal, type Diagnostic } from '../../grammar/diagnostics.ts';
import { nodeHost } from '../../runtime/host.ts';
import { readLookUp } from '../../runtime/search/evaluation/lookUp.ts';
import { countOf } from '../../util/words.ts';
import { showDiagnostics, type Context } from '../context.ts';
import { declaredIn, declaredJson, declaredLines, nothingDeclared, type Declared } from '../declared.ts';
import { readText } from '../files.ts';
import { formatCount } from '../format.ts';
import { vocabulary } from '../../runtime/vocabulary.ts';
import { budgetText } from '../search/view.ts';

export interface CheckOptions {
  readonly set?: readonly Setting[];
  readonly json?: boolean;
}

interface Findings {
  readonly diagnostics: readonly Diagnostic[];
  readonly spaces: readonly SpaceSize[];
  readonly searches: readonly SearchSize[];
  readonly declared: Declared;
}

interface SpaceSize {
  readonly name: string;
  readonly decisions: number;
  readonly free: bigint;
  readonly allowed: bigint | undefined;
}

interface SearchSize {
  readonly name: string;
  readonly space: string;
  readonly strategy: string;
  readonly budget: SearchSpec['budget'];
  /** How candidates are evaluated, and for how many epochs where they are trained. */
  readonly evaluate: SearchSpec['evaluate']['kind'];
  readonly epochs: number | undefined;
  readonly seed: number;
}

/** Checks a file; 1 when it has errors. */
export async function check(context: Context, file: string, options: CheckOptions): Promise<number> {
  const source = await readText(context.terminal, file);
  const { value: program, diagnostics } = readProgram(source, nodeHost(context.terminal.cwd));
  const found = program
    ? await checkProgram(program, options.set ?? [], context.terminal.cwd)
    : { diagnostics: [], spaces: [], searches: [], declared: nothingDeclared };
  const findings = { ...found, diagnostics: distinct([...diagnostics, ...found.diagnostics]) };
  const ok = !hasErrors(findings.diagnostics);
  if (options.json) {
    const { spaces, searches, declared } = findings;
    const told = findings.diagnostics.map(diagnosticToJson);
    context.printJson({ ok, diagnostics: told, spaces, searches, ...declaredJson(declared) });
  } else print(context, findings);
  return ok ? 0 : 1;
}

async function checkProgram(program: Program, settings: readonly Setting[], cwd: string): Promise<Findings> {
  const diagnostics: Diagnostic[] = [];
  const spaces: SpaceSize[] = [];
  const searches: SearchSize[] = [];
  for (const node of program.spaces) {
    const name = node.name.text;
    const params = node.params.map((p) => p.name.text);
    const isOwn = ({ path }: Setting): boolean => params.includes(path.replace(/^space\./, ''));
    // What is no parameter of this space may be a field of a search, or of another space; where neither is there,
    // nobody else would say that it sets nothing.
    const lone = program.spaces.length === 1 && program.searches.length === 0;
    const compiled = compileSpace(program, name, lone ? settings : settings.filter(isOwn));
    diagnostics.push(...compiled.diagnostics);
    if (!compiled.value) continue;
    const { space, members } = compiled.value;
    const { free, allowed } = members;
    spaces.push({ name, decisions: space.decisions.length, free, allowed });
  }
  for (const node of program.searches) {
    const own = settings.filter((setting) => concerns(program, node, setting));
    const compiled = compileSearch(program, node.name.text, own, vocabulary);
    diagnostics.push(...compiled.diagnostics);
    if (!compiled.value) continue;
    diagnostics.push(...(await checkTable(compiled.value, cwd)));
    const { name, space, strategy, budget, evaluate, seed } = compiled.value.search;
    const epochs = evaluate.kind === 'train' ? evaluate.train.epochs : undefined;
    searches.push({ name, space, strategy: strategy.name, budget, evaluate: evaluate.kind, epochs, seed });
  }
  diagnostics.push(...checkDeclarations(program));
  // Where there is nothing to set, nobody else would say so.
  const settable = program.spaces.length + program.searches.length > 0;
  if (settings.length > 0 && !settable) {
    diagnostics.push(...compileSpace(program, undefined, settings).diagnostics);
  }
  return { diagnostics, spaces, searches, declared: declaredIn(program) };
}

/** What is wrong with the table of results that a search names, or missing in it. */
async function checkTable(compiled: CompiledSearch, cwd: string): Promise<readonly Diagnostic[]> {
  if (compiled.search.evaluate.kind !== 'tabular') return [];
  try {
    return (await readLookUp(compiled, cwd)).warnings;
  } catch (error) {
    if (error instanceof Refusal) return error.diagnostics;
    throw error;
  }
}

/** Whether a setting is meant for a search: not where only other spaces than its own have such a parameter. */
function concerns(program: Program, search: SearchNode, { path }: Setting): boolean {
  const name = path.replace(/^space\./, '');
  const having = program.spaces.filter(({ params }) => params.some((p) => p.name.text === name));
  return having.length === 0 || having.some((space) => space.name.text === search.space.text);
}

/** A space that two searches use says what is wrong with it only once. */
function distinct(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Map<string, Diagnostic>();
  for (const d of diagnostics) {
    const { start, end } = d.primary?.location.span ?? { start: -1, end: -1 };
    const key = JSON.stringify([d.code, d.message, d.primary?.location.source.name, start, end]);
    if (!seen.has(key)) seen.set(key, d);
  }
  return [...seen.values()];
}

function print(context: Context, { diagnostics, spaces, searches, declared }: Findings): void {
  showDiagnostics(context, diagnostics);
  if (hasErrors(diagnostics)) return;
  for (const { name, decisions, free, allowed } of spaces) {
    const size = `${countOf(decisions, 'decision')}, ${formatCount(free)} ${free === 1n ? 'architecture' : 'architectures'}`;
    const told =
      allowed === undefined ? 'not all of them allowed' : `${formatCount(allowed)} of them allowed`;
    context.print(`space ${name}: ${size}${free === allowed ? '' : `, ${told}`}`);
  }
  for (const { name, space, strategy, budget, evaluate, epochs, seed } of searches) {
    const parts = [
      strategy,
      budgetText(budget),
      epochs === undefined ? evaluate : `${countOf(epochs, 'epoch')} each`,
      `seed ${seed}`,
    ];
    context.print(`search ${name} of ${space}: ${parts.join(', ')}`);
  }
  const lines = declaredLines(declared);
  context.print(...lines);
  if (spaces.length + searches.length + lines.length === 0) {
    context.print('no space and no search, and nothing wrong');
  }
}
