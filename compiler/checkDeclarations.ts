/** Checks what a file declares beside its spaces and searches, with the spaces that it is about. */
import type { Declaration, MovesNode, NotationNode, PropertyNode } from '../grammar/ast.ts';
import { diagnose, type Diagnostic } from '../grammar/diagnostics.ts';
import type { Source } from '../grammar/source.ts';
import { excerpt } from '../util/words.ts';
import { compileArchitecture, compileWith } from './compile.ts';
import { spaceNamed } from './named.ts';
import type { Program } from './program.ts';
import { checkProperty } from './properties/check.ts';
import { checkGenome } from './records/genome.ts';
import { checkProgram } from './records/program.ts';
import { compileMoves } from './space/moves.ts';
import { compileNotation } from './space/notations.ts';
import type { Space } from './space/space.ts';

/** Everything that a file says beside its spaces and searches: genomes, programs, architectures, notations, moves, properties. */
export function checkDeclarations(program: Program): readonly Diagnostic[] {
  const own = (node: Declaration): boolean => program.sourceOf(node) === program.source;
  const diagnostics: Diagnostic[] = [
    ...program.genomes.filter(own).flatMap((node) => checkGenome(node, program.source).diagnostics),
    ...program.programs.filter(own).flatMap((node) => checkProgram(node, program.source).diagnostics),
    ...sameProperties(program.properties.filter(own), program.source),
  ];
  for (const node of program.architectures.filter(own)) {
    diagnostics.push(...compileArchitecture(program, node.name.text).diagnostics);
  }
  for (const node of [...program.notations, ...program.moves, ...program.properties].filter(own)) {
    const { source } = program;
    const found = spaceNamed(program, node.space, source);
    if (!found.value) {
      diagnostics.push(...found.diagnostics);
      continue;
    }
    const compiled = compileWith(program, found.value, []);
    if (!compiled.value) continue;
    diagnostics.push(...checkOfSpace(compiled.value.space, node, source));
  }
  return diagnostics;
}

function checkOfSpace(
  space: Space,
  node: NotationNode | MovesNode | PropertyNode,
  source: Source,
): readonly Diagnostic[] {
  switch (node.kind) {
    case 'notation':
      return compileNotation(space, node, source).diagnostics;
    case 'moves':
      return compileMoves(space, node, source).diagnostics;
    case 'property':
      return checkProperty(space, node, source).diagnostics;
    default:
      return node satisfies never;
  }
}

/** Properties are told apart by their texts. */
function sameProperties(nodes: readonly PropertyNode[], source: Source): readonly Diagnostic[] {
  const first = new Map<string, PropertyNode>();
  return nodes.flatMap((node) => {
    const name = node.name.value;
    const before = first.get(name);
    if (!before) {
      first.set(name, node);
      return [];
    }
    const labels = [{ location: { source, span: before.name.span }, text: 'first declared here' }];
    return [
      diagnose('repeatedName', { name: excerpt(name) }, { at: { source, span: node.name.span }, labels }),
    ];
  });
}
