/** `nas count` of a genome or a program. */
import { recordsOf, type Program } from '../../compiler/program.ts';
import { checkGenome } from '../../compiler/records/genome.ts';
import { checkProgram, countPrograms } from '../../compiler/records/program.ts';
import type { GenomeNode, ProgramNode } from '../../grammar/ast.ts';
import { refuse } from '../../grammar/diagnostics.ts';
import { listWords } from '../../util/words.ts';
import { accept, type Context } from '../context.ts';
import { formatCount } from '../format.ts';
import type { SpaceOptions } from '../load.ts';
import { functionSizes } from '../records.ts';

interface RecordOptions extends SpaceOptions {
  readonly of?: string;
  readonly json?: boolean;
}

/**
 * The genome or program that is to be counted: the one that is named, or the only thing there is to count. Undefined where
 * a space is meant.
 */
export function recordToCount(
  program: Program,
  { space, search, of, set = [] }: RecordOptions,
): GenomeNode | ProgramNode | undefined {
  // Cells, parameters and searches belong to spaces.
  if (of !== undefined || search !== undefined || set.length > 0) return undefined;
  const records = recordsOf(program);
  if (space !== undefined) return records.find((node) => node.name.text === space);
  const [first, ...others] = records;
  if (first && others.length + program.spaces.length > 0) {
    const all = [...program.spaces, ...records];
    const names = listWords(
      all.map((node) => node.name.text),
      'and',
    );
    refuse(
      'severalChoices',
      { what: 'things to count', names },
      { hint: `say which: --space ${all[0]?.name.text ?? ''}` },
    );
  }
  return first;
}

/** Prints how many programs there are, or that genomes have no number. */
export function countRecord(
  context: Context,
  program: Program,
  node: GenomeNode | ProgramNode,
  json: boolean = false,
): void {
  const source = program.sourceOf(node);
  if (node.kind === 'program') {
    const space = accept(context, checkProgram(node, source));
    const free = countPrograms(space);
    const functions = functionSizes(space);
    if (json) context.printJson({ program: space.name, functions, free });
    else context.print(`free ${free}`);
    return;
  }
  const { name, maxNodes } = accept(context, checkGenome(node, source));
  if (json) context.printJson({ genome: name, free: null });
  else {
    const size = `genomes grow to ${formatCount(maxNodes)} nodes, and weights are real numbers`;
    context.print(`no finite number: ${size}`);
  }
}
