/** ARCH, as commands take it: `rank:N`, a declared name, the compact text of `nas sample`, or a JSON file. */
import { existsSync } from 'node:fs';
import type { CompiledSpace } from '../compiler/compile.ts';
import type { Architecture } from '../compiler/space/architecture.ts';
import { fromCompact, fromJson, isCompact } from '../compiler/space/encode.ts';
import { broken, costOfArchitecture } from '../compiler/space/members.ts';
import type { Requirement } from '../compiler/space/space.ts';
import { diagnose, Refusal, refuse, type Checked } from '../grammar/diagnostics.ts';
import { accept, type Context } from './context.ts';
import { readText } from './files.ts';
import { formatCount } from './format.ts';
import { loadSpace, type SpaceOptions } from './load.ts';
import { pathFrom } from './terminal.ts';

/** Reads ARCH. Refuses what is no architecture of the space, or breaks one of its requirements. */
export async function readArchitecture(
  context: Context,
  text: string,
  compiled: CompiledSpace,
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

/**
 * Where names declared by `architecture NAME of SPACE` and notations of other libraries come in: an architecture of them,
 * or undefined where the text is neither. There are none yet.
 */
function readDeclared(_compiled: CompiledSpace, _text: string): Checked<Architecture> | undefined {
  return undefined;
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

/** The space of a command that takes ARCH: the one named by an option, by ARCH itself, or the only one. */
export async function spaceFor(
  context: Context,
  file: string,
  arch: string | undefined,
  options: SpaceOptions,
): Promise<CompiledSpace> {
  const named = arch !== undefined && isCompact(arch) ? arch.slice(0, arch.indexOf(':')) : undefined;
  return loadSpace(context, file, options, named);
}
