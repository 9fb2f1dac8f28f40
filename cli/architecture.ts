/** ARCH, as commands take it: `rank:N`, a name or a notation of the file, the compact text of `nas sample`, or a JSON file. */
import { existsSync } from 'node:fs';
import { compileArchitecture, type CompiledSpace } from '../compiler/compile.ts';
import type { Program } from '../compiler/program.ts';
import type { Architecture } from '../compiler/space/architecture.ts';
import { readArchitecture as declaredArchitecture } from '../compiler/space/architectures.ts';
import { fromCompact, fromJson, isCompact } from '../compiler/space/encode.ts';
import { broken, costOfArchitecture } from '../compiler/space/members.ts';
import { matchesNotation, readNotation } from '../compiler/space/notations.ts';
import type { Requirement } from '../compiler/space/space.ts';
import { diagnose, Refusal, refuse, type Checked } from '../grammar/diagnostics.ts';
import { accept, type Context } from './context.ts';
import { readText } from './files.ts';
import { formatCount } from './format.ts';
import { chooseSpace, loadProgram, type SpaceOptions } from './load.ts';
import { pathFrom } from './terminal.ts';

/** Reads ARCH. Refuses what is no architecture of the space, or breaks one of its requirements. */
export async function readArchitecture(
  context: Context,
  text: string,
  compiled: NamedSpace,
): Promise<Architecture> {
  if (text.startsWith('rank:')) return atRank(text.slice('rank:'.length), compiled);
  const { space } = compiled;
  const declared = readDeclared(compiled, text);
  if (declared) return checked(accept(context, declared), compiled);
  // A text with a typing error in it is a better guess than a file that is not there.
  const compact = /^[A-Za-z_][A-Za-z0-9_]*:/.test(text) && !existsSync(pathFrom(context.terminal, text));
  const read =
    compact || isCompact(text) ? fromCompact(space, text) : await fromFile(context, text, compiled);
  return checked(accept(context, read), compiled);
}

/** The architecture, or a refusal where it breaks a requirement. */
function checked(architecture: Architecture, compiled: CompiledSpace): Architecture {
  const requirement = broken(compiled.space, architecture);
  return requirement ? refuseBroken(requirement, compiled, architecture) : architecture;
}

/** An architecture by the name that the file gives it, or in one of its notations; undefined where the text is neither. */
function readDeclared(
  { space, notations, declared }: NamedSpace,
  text: string,
): Checked<Architecture> | undefined {
  const named = declared(text);
  if (named) return named;
  const notation = notations.find((n) => matchesNotation(n, text));
  return notation && readNotation(space, notation, text);
}

function atRank(digits: string, compiled: CompiledSpace): Architecture {
  const { members } = compiled;
  const rank = digits.trim();
  if (!/^\d{1,4000}$/.test(rank)) {
    const problem = `\`rank:${rank.slice(0, 40)}\` is no place in the space`;
    return refuse(
      'badArchitecture',
      { problem },
      { expected: 'a whole number after `rank:`, such as `rank:0`' },
    );
  }
  const place = BigInt(rank);
  if (place >= members.places) {
    return refuse('rankOutside', { rank: place.toString(), count: (members.places - 1n).toString() });
  }
  return checked(members.unrank(place), compiled);
}

async function fromFile(
  context: Context,
  path: string,
  { space }: CompiledSpace,
): Promise<Checked<Architecture>> {
  const { text } = await readArchitectureFile(context, path);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return refuse('badArchitecture', { problem: `${path} is not JSON: ${reason}` });
  }
  const { value, diagnostics } = fromJson(space, architectureIn(json));
  const notes = [`in ${path}`];
  return { value, diagnostics: diagnostics.map((d) => ({ ...d, notes: [...d.notes, ...notes] })) };
}

/** What `--json` prints of a sample, a trial or a winner holds the architecture as its `decisions`. */
function architectureIn(json: unknown): unknown {
  const holds = typeof json === 'object' && json !== null && !('answers' in json) && 'decisions' in json;
  return holds ? json.decisions : json;
}

async function readArchitectureFile(context: Context, path: string): Promise<{ readonly text: string }> {
  try {
    return await readText(context.terminal, path);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const hint = 'an architecture is a JSON file, a compact text such as `digits:1.0.2`, or `rank:N`';
    throw new Refusal(...error.diagnostics.map((d) => ({ ...d, hint: d.hint ?? hint })));
  }
}

function refuseBroken(
  { text, location }: Requirement,
  { space }: CompiledSpace,
  architecture: Architecture,
): never {
  const { params, macs } = costOfArchitecture(space, architecture);
  const told = [
    ...(/\bparams\b/.test(text) ? [`it has ${formatCount(params)} params`] : []),
    ...(/\bmacs\b/.test(text) ? [`it needs ${formatCount(macs)} macs`] : []),
  ];
  const values = { text, told: told.join(' and ') || 'it is false under these answers' };
  throw new Refusal(diagnose('requirementBroken', values, { at: location, label: 'required here' }));
}

/** A space with the architectures that its file names. */
export interface NamedSpace extends CompiledSpace {
  readonly declared: (name: string) => Checked<Architecture> | undefined;
}

/** The space of a command that takes ARCH: the one named by an option, by ARCH itself, or the only one. */
export async function spaceFor(
  context: Context,
  file: string,
  arch: string | undefined,
  options: SpaceOptions,
): Promise<NamedSpace> {
  const program = await loadProgram(context, file);
  const names = program.architectures.map((node) => node.name.text);
  const chosen = options.space === undefined && options.search === undefined;
  // An architecture with a name comes with the parameters that it was published with.
  const compiled =
    chosen && arch !== undefined && names.includes(arch)
      ? accept(context, compileArchitecture(program, arch, options.set))
      : chooseSpace(
          context,
          program,
          options,
          arch !== undefined && isCompact(arch) ? arch.split(':')[0] : undefined,
        );
  return withNames(program, compiled);
}

/** A space with the architectures that its file names, read in it. */
export function withNames(program: Program, compiled: CompiledSpace): NamedSpace {
  const declared = (name: string): Checked<Architecture> | undefined => {
    const node = program.architectures.find((a) => a.name.text === name);
    return node && declaredArchitecture(compiled.space, node, program.sourceOf(node));
  };
  return { ...compiled, declared };
}
