/** Checks the records of a text, and what they are refused with. */
import { checkGenome, type Genome } from '../../../compiler/records/genome.ts';
import { checkProgram, type ProgramSpace } from '../../../compiler/records/program.ts';
import type { Declaration } from '../../../grammar/ast.ts';
import type { Checked, Diagnostic } from '../../../grammar/diagnostics.ts';
import { parse } from '../../../grammar/parse.ts';
import type { Source } from '../../../grammar/source.ts';

function only<K extends Declaration['kind']>(
  text: string,
  kind: K,
): [Extract<Declaration, { kind: K }>, Source] {
  const source = { name: 'record.nas', text: `nas 1\n${text}\n` };
  const parsed = parse(source);
  const node = parsed.value?.declarations.find(
    (d): d is Extract<Declaration, { kind: K }> => d.kind === kind,
  );
  if (!node) throw new Error(parsed.diagnostics.map((d) => d.message).join('\n'));
  return [node, source];
}

export function genome(fields: string): Checked<Genome> {
  return checkGenome(...only(`genome g { ${fields} }`, 'genome'));
}

export function program(fields: string): Checked<ProgramSpace> {
  return checkProgram(...only(`program p { ${fields} }`, 'program'));
}

/** Code, message, the text it points at, and what would be right. */
export function told(diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.map(({ code, message, primary, expected, hint }) => {
    const { source, span } = primary?.location ?? { source: { text: '' }, span: { start: 0, end: 0 } };
    const place = source.text.slice(span.start, span.end);
    return [code, message, `at ${place}`, expected && `expected ${expected}`, hint]
      .filter(Boolean)
      .join(' | ');
  });
}
