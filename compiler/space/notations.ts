/**
 * `notation NAME of SPACE "text"`: how the field writes architectures of a space. Everything outside of braces stands for
 * itself; `{path}` is the label of that decision's answer, `{path:index}` its number from 0, `{path:bits}` one digit for each
 * candidate of a subset, separated by spaces. What does not exist under the other answers is written `-`.
 */
import type { NotationNode } from '../../grammar/ast.ts';
import { diagnose, type Checked, type Diagnostic } from '../../grammar/diagnostics.ts';
import type { Source } from '../../grammar/source.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import { excerpt } from '../../util/words.ts';
import type { Architecture } from './architecture.ts';
import { fromAnswers } from './encode.ts';
import type { Decision, Space, Subset } from './space.ts';

type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'label' | 'index'; readonly decision: Decision }
  | { readonly kind: 'bits'; readonly subset: Subset }
  | { readonly kind: 'labels'; readonly subset: Subset };

/** A notation whose holes are known. */
export interface Notation {
  readonly name: string;
  readonly pieces: readonly Piece[];
}

/** Longer texts are no architecture. */
const longest = 100_000;

/** Looks up the holes of a notation; every decision must be in it, or it could not be read back. */
export function compileNotation(space: Space, node: NotationNode, source: Source): Checked<Notation> {
  const at = { source, span: node.text.span };
  const decisions = new Map(
    space.decisions.flatMap((d) => (d.kind === 'member' ? [] : [[d.path, d] as const])),
  );
  const subsets = new Map(space.subsets.map((s) => [s.path, s] as const));
  const paths = [...decisions.keys(), ...subsets.keys()];
  const diagnostics: Diagnostic[] = [];
  const missing = new Set(paths);
  const wrong = (problem: string, hint?: string): void => {
    diagnostics.push(diagnose('badNotation', { problem }, { at, hint }));
  };
  const pieces = node.text.value.split(/(\{[^{}]*\})/).flatMap((part): Piece[] => {
    if (part === '') return [];
    if (!part.startsWith('{')) return [{ kind: 'text', text: part }];
    const [, path = '', form = 'label'] = /^\{(.*?)(?::(\w+))?\}$/.exec(part) ?? [];
    missing.delete(path);
    const decision = decisions.get(path);
    const subset = subsets.get(path);
    if (decision && (form === 'label' || form === 'index')) return [{ kind: form, decision }];
    if (subset && form === 'bits') return [{ kind: 'bits', subset }];
    if (subset && form === 'label') return [{ kind: 'labels', subset }];
    if (decision || subset) {
      wrong(
        `\`${part}\` has no form \`${form}\``,
        decision ? 'a decision has `index`' : 'a subset has `bits`',
      );
    } else {
      const hint = didYouMean(path, paths) ?? `it has ${paths.slice(0, 8).join(', ')}`;
      wrong(`\`${path}\` is no decision of \`${space.name}\``, hint);
    }
    return [];
  });
  if (diagnostics.length === 0 && missing.size > 0) {
    wrong(`it leaves out ${[...missing].slice(0, 3).join(', ')}${missing.size > 3 ? ', ...' : ''}`);
  }
  return diagnostics.length > 0
    ? { value: undefined, diagnostics }
    : { value: { name: node.name.text, pieces }, diagnostics };
}

/** Writes an architecture in a notation. */
export function printNotation({ pieces }: Notation, { choices }: Architecture): string {
  return pieces
    .map((piece): string => {
      switch (piece.kind) {
        case 'text':
          return piece.text;
        case 'label':
          return piece.decision.options[choices[piece.decision.id] ?? -1]?.label ?? '-';
        case 'index': {
          const option = choices[piece.decision.id] ?? -1;
          return option < 0 ? '-' : String(option);
        }
        case 'bits':
          return piece.subset.members.map((id) => (choices[id] === 0 ? '1' : '0')).join(' ');
        case 'labels':
          return piece.subset.labels.filter((_, i) => choices[piece.subset.members[i] ?? -1] === 0).join(' ');
      }
    })
    .join('');
}

/** Whether a text has the form of the notation; reading may still find that it is no architecture. */
export function matchesNotation(notation: Notation, text: string): boolean {
  return text.length <= longest && patternOf(notation).test(text.trim());
}

/** Reads a text in the notation. */
export function readNotation(space: Space, notation: Notation, text: string): Checked<Architecture> {
  const match = text.length > longest ? null : patternOf(notation).exec(text.trim());
  if (!match) {
    const problem = `\`${excerpt(text, 60)}\` is not written as \`${notation.name}\``;
    return { value: undefined, diagnostics: [diagnose('badArchitecture', { problem })] };
  }
  const answers = new Map<string, unknown>();
  const holes = notation.pieces.filter((piece) => piece.kind !== 'text');
  holes.forEach((piece, i) => {
    const written = match[i + 1] ?? '';
    switch (piece.kind) {
      case 'label':
        if (written !== '-') answers.set(piece.decision.path, written);
        return;
      case 'index': {
        if (written === '-') return;
        const option = piece.decision.options[Number(written)];
        answers.set(piece.decision.path, option ? option.value : written);
        return;
      }
      case 'bits': {
        const bits = written.replaceAll(' ', '');
        answers.set(
          piece.subset.path,
          piece.subset.labels.filter((_, n) => bits[n] === '1'),
        );
        return;
      }
      case 'labels':
        answers.set(piece.subset.path, written === '' ? [] : written.split(' '));
    }
  });
  return fromAnswers(space, answers);
}

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** Every hole is a group of the labels that may stand there; spaces in the text stand for one or more. */
function patternOf({ pieces }: Notation): RegExp {
  const parts = pieces.map((piece): string => {
    switch (piece.kind) {
      case 'text':
        return escape(piece.text).replaceAll(/ +/g, ' +');
      case 'label': {
        const labels = piece.decision.options.map((o) => o.label).sort((a, b) => b.length - a.length);
        return `(${[...labels, '-'].map(escape).join('|')})`;
      }
      case 'index':
        return String.raw`(\d{1,6}|-)`;
      case 'bits':
        return `([01](?: ?[01]){${Math.max(0, piece.subset.members.length - 1)}})`;
      case 'labels':
        return `((?:(?:${piece.subset.labels.map(escape).join('|')})(?: (?!$))?)*)`;
    }
  });
  return new RegExp(`^${parts.join('')}$`);
}
