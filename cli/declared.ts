/** What a file declares beside its spaces and searches, as `nas check` tells it: lines for people, data for scripts. */
import type { Program } from '../compiler/program.ts';
import { checkGenome, type Genome } from '../compiler/records/genome.ts';
import { checkProgram, countPrograms, type ProgramSpace } from '../compiler/records/program.ts';
import type { Declaration } from '../grammar/ast.ts';
import { excerpt } from '../util/words.ts';
import { functionSizes, genomeText, programsText } from './records.ts';

/** The declarations of the file itself; what it only uses is told with `uses`. */
export interface Declared {
  readonly genomes: readonly Genome[];
  readonly programs: readonly ProgramSpace[];
  readonly architectures: readonly Named[];
  readonly notations: readonly Named[];
  readonly moves: readonly { readonly space: string; readonly moves: readonly string[] }[];
  readonly properties: readonly Named[];
  readonly uses: readonly { readonly file: string; readonly declares: readonly string[] }[];
}

/** Something of a space, by its name. */
interface Named {
  readonly name: string;
  readonly space: string;
}

/** Nothing at all. */
export const nothingDeclared: Declared = {
  genomes: [],
  programs: [],
  architectures: [],
  notations: [],
  moves: [],
  properties: [],
  uses: [],
};

/** Lists what a file declares. Records with errors are left out: the diagnostics speak of them. */
export function declaredIn(program: Program): Declared {
  const own = (node: Declaration): boolean => program.sourceOf(node) === program.source;
  const { source } = program;
  const named = (node: {
    readonly name: { readonly text: string };
    readonly space: { readonly text: string };
  }): Named => ({
    name: node.name.text,
    space: node.space.text,
  });
  return {
    genomes: program.genomes.filter(own).flatMap((node) => checkGenome(node, source).value ?? []),
    programs: program.programs.filter(own).flatMap((node) => checkProgram(node, source).value ?? []),
    architectures: program.architectures.filter(own).map(named),
    notations: program.notations.filter(own).map(named),
    moves: program.moves.filter(own).map((node) => ({
      space: node.space.text,
      moves: node.fields.map(({ name, value }) =>
        value.kind === 'reference' ? `${name.text} ${value.name}` : name.text,
      ),
    })),
    properties: program.properties
      .filter(own)
      .map((node) => ({ name: node.name.value, space: node.space.text })),
    uses: program.used.map((file) => ({
      file: file.source.name,
      declares: file.file.declarations.flatMap(declarationName),
    })),
  };
}

/** `space darts`, `architecture DARTS_V2` */
function declarationName(node: Declaration): readonly string[] {
  switch (node.kind) {
    case 'use':
      return [];
    case 'moves':
      return [`moves of ${node.space.text}`];
    case 'property':
      return [`property "${excerpt(node.name.value)}"`];
    case 'search':
      // Only the searches of the file itself can be run.
      return [];
    default:
      return [`${node.kind} ${node.name.text}`];
  }
}

/** One line for each declaration. */
export function declaredLines(declared: Declared): readonly string[] {
  const { genomes, programs, architectures, notations, moves, properties, uses } = declared;
  return [
    ...genomes.map((genome) => `genome ${genome.name}: ${genomeText(genome)}`),
    ...programs.map((space) => `program ${space.name}: ${programsText(space)}`),
    ...architectures.map(({ name, space }) => `architecture ${name} of ${space}`),
    ...notations.map(({ name, space }) => `notation ${name} of ${space}`),
    ...moves.map((m) => `moves of ${m.space}: ${m.moves.join(', ')}`),
    ...properties.map(({ name, space }) => `property "${excerpt(name)}" of ${space}`),
    ...uses.map(
      ({ file, declares }) => `uses ${file}: ${declares.length > 0 ? declares.join(', ') : 'nothing'}`,
    ),
  ];
}

/** The same as data. Counts are exact; a genome has none. */
export function declaredJson(declared: Declared): Readonly<Record<string, unknown>> {
  return {
    ...declared,
    genomes: declared.genomes.map((genome) => ({ ...genome, free: null })),
    programs: declared.programs.map((space) => ({
      ...space,
      functions: functionSizes(space),
      free: countPrograms(space),
    })),
  };
}
