/** Reads the attributes of a node as its rule declares them. */
import { diagnose, Refusal, type Diagnostic } from '../../grammar/diagnostics.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import type { OnnxNode } from './model.ts';
import type { OnnxRule } from './rule.ts';

/** A value for each attribute of the rule; refuses all that are unknown or wrong, at once. */
export function readAttributes(
  { attributes: kinds }: OnnxRule,
  { attributes }: OnnxNode,
  node: string,
): Readonly<Record<string, unknown>> {
  const names = Object.keys(kinds);
  const problems: Diagnostic[] = Object.keys(attributes)
    .filter((name) => !names.includes(name))
    .map((attribute) =>
      diagnose(
        'onnxAttribute',
        { node, attribute, problem: 'is unknown' },
        {
          expected: names.length > 0 ? names.join(', ') : 'no attributes',
          hint: didYouMean(attribute, names),
        },
      ),
    );
  const values: Record<string, unknown> = {};
  for (const [attribute, kind] of Object.entries(kinds)) {
    const given = Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
    const read = kind.read(given);
    if ('value' in read) values[attribute] = read.value;
    else {
      const problem = given === undefined ? 'is missing' : `is ${shown(given)}`;
      problems.push(diagnose('onnxAttribute', { node, attribute, problem }, { expected: read.wanted }));
    }
  }
  if (problems.length > 0) throw new Refusal(...problems);
  return values;
}

/** A value in messages: not more of it than fits a line. */
function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= 40 ? text : `${text.slice(0, 37)}...`;
}
