/**
 * Architectures as text: JSON by path, for people and files that outlive edits of the space; a compact string, for shells
 * and keys; and a vector of one width, for models that read architectures.
 */
import { diagnose, type Checked, type Diagnostic } from '../../grammar/diagnostics.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import { excerpt } from '../../util/words.ts';
import { allowedOptions, answersFor, answersOf, slotsOf, type Slot } from './algebra/slots.ts';
import { written } from './algebra/distance.ts';
import type { Architecture } from './architecture.ts';
import { sameValue } from './diagrams.ts';
import { evaluateOpen } from './open.ts';
import type { Decision, DecisionId, Space, StaticValue } from './space.ts';

/** `{"space": "digits", "answers": {"depth": 2, "late[1].k": 3}}`; answers in text order. */
export interface ArchitectureJson {
  readonly space: string;
  /** Of a decision, its value; of a subset, the labels of the elements that are in. */
  readonly answers: Readonly<Record<string, StaticValue>>;
}

/** JSON by path: an answer for each decision and each subset that exists. */
export function toJson(space: Space, { choices }: Architecture): ArchitectureJson {
  const answers: Record<string, StaticValue> = {};
  for (const slot of slotsOf(space)) {
    const given = answersOf(slot, choices);
    if (given.every((option) => option < 0)) continue;
    if (slot.subset) answers[slot.path] = slot.subset.labels.filter((_, i) => given[i] === 0);
    else {
      const option = space.decisions[slot.decisions[0] ?? -1]?.options[given[0] ?? -1];
      if (option) answers[slot.path] = option.value;
    }
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
    const found = typeof name === 'string' ? excerpt(name, 80) : 'something else';
    return failed([bad(`it is an architecture of \`${found}\``, `one of \`${space.name}\``)]);
  }
  return fromAnswers(space, new Map<string, unknown>(Object.entries(answers)));
}

/** Reads answers by path: values or labels of decisions, lists of labels of subsets. */
export function fromAnswers(space: Space, answers: ReadonlyMap<string, unknown>): Checked<Architecture> {
  const diagnostics: Diagnostic[] = [];
  const left = new Map(answers);
  const slots = slotsOf(space);
  const starts = new Map<DecisionId, Slot>(slots.map((slot) => [slot.decisions[0] ?? -1, slot]));
  const members = new Map<DecisionId, number>();
  const choices: number[] = [];
  for (const decision of space.decisions) {
    const slot = starts.get(decision.id);
    const subset = slot?.subset;
    if (slot && subset) {
      const read = readSubset(space, slot, left.get(slot.path), left.has(slot.path), choices);
      diagnostics.push(...read.problems);
      slot.decisions.forEach((id, i) => members.set(id, read.answers[i] ?? -1));
      left.delete(slot.path);
    }
    const options = allowedOptions(decision, choices);
    const member = members.get(decision.id);
    if (member !== undefined) {
      choices.push(options ? (options.includes(member) ? member : (options[0] ?? 0)) : -1);
      continue;
    }
    const given = left.has(decision.path);
    const answer = left.get(decision.path);
    left.delete(decision.path);
    if (!options) {
      choices.push(-1);
      if (given) {
        diagnostics.push(bad(`\`${decision.path}\` is answered, but does not exist under the other answers`));
      }
      continue;
    }
    const option = given ? decision.options.findIndex((o) => isAnswer(o, answer)) : -1;
    // Where it is wrong, goes on with some answer, to find what else is wrong.
    choices.push(options.includes(option) ? option : (options[0] ?? 0));
    if (options.includes(option)) continue;
    const expected = `one of ${optionList(decision, options)}`;
    diagnostics.push(
      given
        ? bad(
            `\`${decision.path}\` cannot be ${shown(answer)}${option < 0 ? '' : ' under the other answers'}`,
            expected,
          )
        : bad(`\`${decision.path}\` has no answer`, expected),
    );
  }
  const paths = slots.map(({ path }) => path);
  for (const path of left.keys()) {
    diagnostics.push(
      bad(`\`${excerpt(path, 80)}\` is no decision of this space`, undefined, didYouMean(path, paths)),
    );
  }
  return diagnostics.length > 0
    ? failed(diagnostics)
    : { value: { space: space.name, choices }, diagnostics: [] };
}

const isAnswer = (option: Decision['options'][number], answer: unknown): boolean =>
  sameValue(option.value, answer) || option.label === answer;

/** The answers of a subset's members, 0 for in and 1 for out, and what is wrong with them. */
function readSubset(
  space: Space,
  slot: Slot,
  answer: unknown,
  given: boolean,
  choices: readonly number[],
): { readonly answers: readonly number[]; readonly problems: readonly Diagnostic[] } {
  const { path, decisions, subset } = slot;
  const labels = subset?.labels ?? [];
  const possible = answersFor(space, slot, choices, 1);
  const some = possible[0] ?? decisions.map(() => -1);
  if (some.every((option) => option < 0)) {
    const there = subset !== undefined && evaluateOpen(subset.exists, choices) === true;
    const empty = there && Array.isArray(answer) && answer.length === 0;
    const problems =
      given && !empty ? [bad(`\`${path}\` is answered, but does not exist under the other answers`)] : [];
    return { answers: some, problems };
  }
  const candidates = labels.filter((_, i) => (some[i] ?? -1) >= 0);
  const expected = `${amounts(space, slot, choices)} of ${shortList(candidates)}`;
  const wrong = (problem: string): { answers: readonly number[]; problems: readonly Diagnostic[] } => ({
    answers: some,
    problems: [bad(problem, expected)],
  });
  if (!given) return wrong(`\`${path}\` has no answer`);
  if (!Array.isArray(answer)) return wrong(`\`${path}\` cannot be ${shown(answer)}`);
  const listed: readonly unknown[] = answer;
  const unknown = listed.find((label) => typeof label !== 'string' || !candidates.includes(label));
  if (unknown !== undefined || listed.includes(undefined)) {
    return wrong(`\`${path}\` cannot hold ${shown(unknown)}`);
  }
  const twice = listed.find((label, i) => listed.indexOf(label) !== i);
  if (twice !== undefined) return wrong(`\`${path}\` holds ${shown(twice)} twice`);
  const answers = labels.map((label, i) => ((some[i] ?? -1) < 0 ? -1 : listed.includes(label) ? 0 : 1));
  const next = [...choices];
  const allowed = decisions.every((id, i) => {
    const decision = space.decisions[id];
    const options = decision && allowedOptions(decision, next);
    next[id] = answers[i] ?? -1;
    return options ? options.includes(answers[i] ?? -1) : answers[i] === -1;
  });
  return allowed ? { answers, problems: [] } : wrong(`\`${path}\` cannot be ${shown(answer)}`);
}

/** How many elements a subset may have: `2`, `1 to 3`. */
function amounts(space: Space, slot: Slot, choices: readonly number[]): string {
  const sizes = answersFor(space, slot, choices, 4096).map((a) => a.filter((option) => option === 0).length);
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  return least === most ? String(least) : `${least} to ${most}`;
}

function shown(answer: unknown): string {
  const isLabels = Array.isArray(answer) && answer.every((label) => typeof label === 'string');
  return excerpt(isLabels ? `[${answer.join(', ')}]` : (JSON.stringify(answer) ?? 'nothing'), 60);
}

function field(json: unknown, name: string): unknown {
  return typeof json === 'object' && json !== null ? Reflect.get(json, name) : undefined;
}

function bad(problem: string, expected?: string, hint?: string): Diagnostic {
  return diagnose('badArchitecture', { problem }, { expected, hint });
}

function failed(diagnostics: readonly Diagnostic[]): Checked<Architecture> {
  return { value: undefined, diagnostics };
}

function optionList({ options }: Decision, allowed: readonly number[]): string {
  return shortList(options.filter((_, i) => allowed.includes(i)).map((o) => o.label));
}

function shortList(labels: readonly string[]): string {
  return labels.slice(0, 12).join(', ') + (labels.length > 12 ? ', ...' : '');
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
    return failed([bad(`it is an architecture of \`${excerpt(name, 80)}\``, `one of \`${space.name}\``)]);
  }
  const numbers = text.slice(colon + 1) === '' ? [] : text.slice(colon + 1).split('.');
  const choices: number[] = [];
  let next = 0;
  for (const decision of space.decisions) {
    const options = allowedOptions(decision, choices);
    if (!options) {
      choices.push(-1);
      continue;
    }
    const number = numbers[next++];
    if (number === undefined) {
      return failed([bad(`it ends before \`${decision.path}\`, after ${numbers.length} answers`)]);
    }
    const option = /^\d{1,9}$/.test(number) ? Number(number) : -1;
    if (!options.includes(option)) {
      return failed([
        bad(
          `answer ${next}, for \`${decision.path}\`, cannot be \`${excerpt(number)}\``,
          wantedNumber(decision, options),
        ),
      ]);
    }
    choices.push(option);
  }
  if (next < numbers.length) {
    return failed([bad(`it has ${numbers.length} answers, and ${next} decisions exist under them`)]);
  }
  return { value: { space: space.name, choices }, diagnostics: [] };
}

function wantedNumber(decision: Decision, options: readonly number[]): string {
  const list = optionList(decision, options);
  if (options.length < decision.options.length) return `here, ${options.slice(0, 12).join(' or ')} (${list})`;
  return `a number from 0 to ${decision.options.length - 1} (${list})`;
}

/**
 * A vector of twice as many numbers as the space has decisions: the options taken (0 where the decision does not exist),
 * then for each decision 1 where it exists and 0 where not.
 */
export function toVector(space: Space, { choices }: Architecture): readonly number[] {
  const options = space.decisions.map(({ id }) => choices[id] ?? -1);
  return [...options.map((option) => Math.max(option, 0)), ...options.map((option) => (option < 0 ? 0 : 1))];
}

/** Reads {@link toVector}'s form. Anything may be passed. */
export function fromVector(space: Space, vector: unknown): Checked<Architecture> {
  const size = space.decisions.length;
  if (!Array.isArray(vector) || vector.length !== 2 * size) {
    return failed([bad('this is no vector of the space', `a list of ${2 * size} numbers`)]);
  }
  const numbers: readonly unknown[] = vector;
  const choices: number[] = [];
  for (const decision of space.decisions) {
    const options = allowedOptions(decision, choices);
    const [option, exists] = [numbers[decision.id], numbers[size + decision.id]];
    if (exists !== (options ? 1 : 0)) {
      const what = options ? 'exists' : 'does not exist';
      const problem = `\`${decision.path}\` ${what} under the other answers, and number ${size + decision.id} is ${shown(exists)}`;
      return failed([bad(problem, options ? '1' : '0')]);
    }
    if (options ? !options.some((o) => o === option) : option !== 0) {
      const problem = `number ${decision.id}, for \`${decision.path}\`, cannot be ${shown(option)}`;
      return failed([bad(problem, options ? wantedNumber(decision, options) : '0')]);
    }
    choices.push(options ? Number(option) : -1);
  }
  return { value: { space: space.name, choices }, diagnostics: [] };
}

/** For people: one answer a line, `late[1].k = 3`, indented by nothing. */
export function toText(space: Space, architecture: Architecture): string {
  return answerRows(space, architecture)
    .map(([path, answer]) => `${path} = ${answer}`)
    .join('\n');
}

/** Each answer with its path, as written: `sep_3`, `[s0, n[1]]`. */
export function answerRows(
  space: Space,
  architecture: Architecture,
): readonly (readonly [path: string, answer: string])[] {
  return slotsOf(space).flatMap((slot) => {
    const answer = written(space, slot, architecture);
    return answer === undefined ? [] : [[slot.path, answer] as const];
  });
}
