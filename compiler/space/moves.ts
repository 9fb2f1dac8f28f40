/**
 * `moves of SPACE { widen f, deepen depth }`: the changes from which a trained network can go on (Net2Net, Chen, Goodfellow &
 * Shlens 2016; path-level transformation, Cai et al. 2018). Here they are moves between architectures; what becomes of the
 * weights belongs to the search that uses them.
 *
 * | move | changes | of a decision that |
 * | --- | --- | --- |
 * | `widen` | to the next larger value | chooses numbers |
 * | `deepen` | to the next larger value, new turns like the last | chooses numbers |
 * | `branch` | to another alternative | holds one of several networks |
 * | `insert` | to another alternative | holds one of several networks |
 * | `replace` | to another alternative | holds one of several networks |
 */
import type { MovesNode } from '../../grammar/ast.ts';
import { diagnose, type Checked, type Diagnostic } from '../../grammar/diagnostics.ts';
import type { Source } from '../../grammar/source.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import { complete } from './algebra/slots.ts';
import type { Architecture } from './architecture.ts';
import type { Decision, DecisionId, Space } from './space.ts';

const kinds = ['widen', 'deepen', 'branch', 'insert', 'replace'] as const;
export type MoveKind = (typeof kinds)[number];

/** One kind of move and the decisions that it changes. */
export interface MoveRule {
  readonly kind: MoveKind;
  /** The name of the decisions. */
  readonly name: string;
  readonly decisions: readonly DecisionId[];
}

/** An architecture that one move leads to. */
export interface Move {
  readonly kind: MoveKind;
  /** The decision that changed. */
  readonly path: string;
  readonly to: Architecture;
}

/** The last name of a path: `f` of `stage[0].layer[1].f`. */
export function lastName(path: string): string | undefined {
  return /([A-Za-z_][A-Za-z0-9_]*)(\[[^.]*\])?$/.exec(path)?.[1];
}

/** Checks the moves that a file declares. */
export function compileMoves(space: Space, node: MovesNode, source: Source): Checked<readonly MoveRule[]> {
  const diagnostics: Diagnostic[] = [];
  const rules = node.fields.flatMap((field): MoveRule[] => {
    const kind = kinds.find((k) => k === field.name.text);
    const at = { source, span: field.span };
    if (!kind) {
      const problem = `there is no move \`${field.name.text}\``;
      const hint = didYouMean(field.name.text, kinds) ?? `the moves are ${kinds.join(', ')}`;
      diagnostics.push(diagnose('badRecord', { problem }, { at: { source, span: field.name.span }, hint }));
      return [];
    }
    if (field.value.kind !== 'reference') {
      const problem = `\`${kind}\` wants the name of a decision`;
      diagnostics.push(diagnose('badRecord', { problem }, { at }));
      return [];
    }
    const { name } = field.value;
    const named = space.decisions.filter((d) => d.kind !== 'member' && lastName(d.path) === name);
    const numbers = kind === 'widen' || kind === 'deepen';
    const good = named.filter((d) => !numbers || d.options.every((o) => typeof o.value === 'number'));
    if (good.length === 0) {
      const names = space.decisions.flatMap((d) => lastName(d.path) ?? []);
      const problem =
        named.length > 0
          ? `\`${name}\` does not choose numbers`
          : `no decision of \`${space.name}\` is called \`${name}\``;
      const other =
        named.length > 0 ? '`branch`, `insert` and `replace` go from one alternative to another' : undefined;
      diagnostics.push(diagnose('badRecord', { problem }, { at, hint: other ?? didYouMean(name, names) }));
      return [];
    }
    return [{ kind, name, decisions: good.map((d) => d.id) }];
  });
  return { value: diagnostics.length > 0 ? undefined : rules, diagnostics };
}

/** The architectures that one move leads to. Answers that come to exist are those of the body before, or the first. */
export function movesFrom(
  space: Space,
  rules: readonly MoveRule[],
  { choices }: Architecture,
): readonly Move[] {
  return rules.flatMap(({ kind, decisions }) =>
    decisions.flatMap((id): Move[] => {
      const decision = space.decisions[id];
      const now = choices[id] ?? -1;
      if (!decision || now < 0) return [];
      return targets(kind, decision, now).map((option) => ({
        kind,
        path: decision.path,
        to: { space: space.name, choices: changed(space, choices, id, option) },
      }));
    }),
  );
}

function targets(kind: MoveKind, { options }: Decision, now: number): readonly number[] {
  const others = options.map((_, i) => i).filter((i) => i !== now);
  if (kind !== 'widen' && kind !== 'deepen') return others;
  const value = Number(options[now]?.value);
  const larger = others.filter((i) => Number(options[i]?.value) > value);
  const next = larger.sort((a, b) => Number(options[a]?.value) - Number(options[b]?.value))[0];
  return next === undefined ? [] : [next];
}

/** One answer changed; what comes to exist repeats the turn before it (`layer[2].f` is as `layer[1].f`), else is the first option. */
function changed(
  space: Space,
  choices: readonly number[],
  id: DecisionId,
  option: number,
): readonly number[] {
  const byPath = new Map(space.decisions.map((d) => [d.path, d.id]));
  return complete(space, (decision, options, so) => {
    const wanted = decision.id === id ? option : (choices[decision.id] ?? -1);
    if (options.includes(wanted)) return wanted;
    const before = decision.path.replace(/\[(\d+)\](?!.*\[\d+\])/, (_, n: string) => `[${Number(n) - 1}]`);
    const copied = so[byPath.get(before) ?? -1] ?? -1;
    return options.includes(copied) ? copied : (options[0] ?? 0);
  });
}
