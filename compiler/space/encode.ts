/**
 * Architectures as text: JSON by path, for people and files that outlive edits of the space, and a compact
 * string, for shells and keys.
 */
import { diagnose, type Checked, type Diagnostic } from '../../grammar/diagnostics.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import type { Architecture } from './architecture.ts';
import { evaluateOpen, sameValue } from './open.ts';
import type { Decision, Space, StaticValue } from './space.ts';
import { formatStatic } from './values.ts';

/** `{"space": "digits", "answers": {"depth": 2, "late[1].k": 3}}`; answers in text order. */
export interface ArchitectureJson {
  readonly space: string;
  readonly answers: Readonly<Record<string, StaticValue>>;
}

/** JSON by path: the value of each decision that exists. */
export function toJson(space: Space, { choices }: Architecture): ArchitectureJson {
  const answers: Record<string, StaticValue> = {};
  for (const decision of space.decisions) {
    const option = decision.options[choices[decision.id] ?? -1];
    if (option) answers[decision.path] = option.value;
  }
  return { space: space.name, answers };
}

/** Reads {@link toJson}'s form, and says everything that is wrong with it. Anything may be passed. */
export function fromJson(space: Space, json: unknown): Checked<Architecture> {
  const answers = field(json, 'answers');
  if (typeof answers !== 'object' || answers === null || Array.isArray(answers)) {
    return failed([
      bad('this JSON has no object `answers`', '{"space": ..., "answers": {"PATH": VALUE, ...}}'),
    ]);
  }
  const name = field(json, 'space');
  if (name !== undefined && name !== space.name) {
    return failed([
      bad(
        `it is an architecture of \`${typeof name === 'string' ? name.slice(0, 80) : 'something else'}\``,
        `one of \`${space.name}\``,
      ),
    ]);
  }
  const diagnostics: Diagnostic[] = [];
  const given = new Map<string, unknown>(Object.entries(answers));
  const choices: number[] = [];
  for (const decision of space.decisions) {
    const exists = evaluateOpen(decision.exists, choices) === true;
    const answer = given.get(decision.path);
    if (!exists) {
      choices.push(-1);
      if (given.has(decision.path)) {
        diagnostics.push(bad(`\`${decision.path}\` is answered, but does not exist under the other answers`));
      }
    } else if (!given.has(decision.path)) {
      choices.push(0); // goes on with some answer, to find what else is wrong
      diagnostics.push(bad(`\`${decision.path}\` has no answer`, `one of ${optionList(decision)}`));
    } else {
      const option = decision.options.findIndex((o) => sameValue(o.value, answer) || o.label === answer);
      if (option < 0) {
        const found = JSON.stringify(answer)?.slice(0, 60) ?? 'nothing';
        diagnostics.push(bad(`\`${decision.path}\` cannot be ${found}`, `one of ${optionList(decision)}`));
      }
      choices.push(Math.max(option, 0));
    }
    given.delete(decision.path);
  }
  const paths = space.decisions.map((d) => d.path);
  for (const path of given.keys()) {
    diagnostics.push(
      bad(`\`${path.slice(0, 80)}\` is no decision of this space`, undefined, didYouMean(path, paths)),
    );
  }
  return diagnostics.length > 0
    ? failed(diagnostics)
    : { value: { space: space.name, choices }, diagnostics };
}

function field(json: unknown, name: string): unknown {
  return typeof json === 'object' && json !== null && Object.hasOwn(json, name)
    ? Reflect.get(json, name)
    : undefined;
}

function bad(problem: string, expected?: string, hint?: string): Diagnostic {
  return diagnose('badArchitecture', { problem }, { expected, hint });
}

function failed(diagnostics: readonly Diagnostic[]): Checked<Architecture> {
  return { value: undefined, diagnostics };
}

function optionList({ options }: Decision): string {
  const shown = options.slice(0, 12).map((o) => o.label);
  return shown.join(', ') + (options.length > shown.length ? ', ...' : '');
}

/** `digits:1.0.2.2`: the number of the option taken, for each decision that exists, in text order. */
export function toCompact(space: Space, { choices }: Architecture): string {
  return `${space.name}:${choices.filter((option) => option >= 0).join('.')}`;
}

/** Whether a text has the form of {@link toCompact}. */
export function isCompact(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*:[0-9.]*$/.test(text) && !text.startsWith('rank:');
}

/** Reads {@link toCompact}'s form. */
export function fromCompact(space: Space, text: string): Checked<Architecture> {
  const colon = text.indexOf(':');
  const name = text.slice(0, colon);
  if (name !== space.name) {
    return failed([bad(`it is an architecture of \`${name}\``, `one of \`${space.name}\``)]);
  }
  const numbers = text.slice(colon + 1) === '' ? [] : text.slice(colon + 1).split('.');
  const choices: number[] = [];
  let next = 0;
  for (const decision of space.decisions) {
    if (evaluateOpen(decision.exists, choices) !== true) {
      choices.push(-1);
      continue;
    }
    const written = numbers[next++];
    if (written === undefined) {
      return failed([bad(`it ends before \`${decision.path}\`, after ${numbers.length} answers`)]);
    }
    const option = /^\d{1,9}$/.test(written) ? Number(written) : -1;
    if (option < 0 || option >= decision.options.length) {
      const wanted = `a number from 0 to ${decision.options.length - 1} (${optionList(decision)})`;
      return failed([bad(`answer ${next}, for \`${decision.path}\`, cannot be \`${written}\``, wanted)]);
    }
    choices.push(option);
  }
  if (next < numbers.length) {
    return failed([bad(`it has ${numbers.length} answers, and ${next} decisions exist under them`)]);
  }
  return { value: { space: space.name, choices }, diagnostics: [] };
}

/** For people: one decision a line, `late[1].k = 3`, indented by nothing. */
export function toText(space: Space, { choices }: Architecture): string {
  const lines = space.decisions.flatMap((decision) => {
    const option = decision.options[choices[decision.id] ?? -1];
    return option ? [`${decision.path} = ${formatStatic(option.label)}`] : [];
  });
  return lines.join('\n');
}
