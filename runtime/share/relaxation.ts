/** Alphas of decisions as what methods need: probabilities of answers, and the network that they favour. */
import type { Alphas } from '../../compiler/space/relax.ts';
import type { Architecture } from '../../compiler/space/architecture.ts';
import type { Members } from '../../compiler/space/members.ts';
import { evaluateOpen, support } from '../../compiler/space/open.ts';
import type { DecisionId, Space } from '../../compiler/space/space.ts';
import type { Random } from '../../util/random.ts';
import type { Matrices } from './alphas.ts';
import { bestWay, drawWay, type Scores } from './walks.ts';

/** A row of a matrix of gates. */
export interface GateRow {
  readonly name: string;
  readonly row: number;
  /** Columns, with that of the zero operation. */
  readonly columns: number;
  /** Columns that are options. */
  readonly options: number;
}

/** Where the gate of each decision stands. */
export function rowsOf(space: Space, alphas: readonly Alphas[]): ReadonlyMap<DecisionId, GateRow> {
  const rows = new Map<DecisionId, GateRow>();
  for (const { name, decisions, columns } of alphas) {
    decisions.forEach((decision, row) => {
      rows.set(decision, { name, row, columns, options: space.decisions[decision]?.options.length ?? 0 });
    });
  }
  return rows;
}

/** The number of an answer in matrices of such numbers; undefined where the decision has no gate. */
function valueAt(
  rows: ReadonlyMap<DecisionId, GateRow>,
  of: Matrices,
  id: DecisionId,
  option: number,
): number | undefined {
  const place = rows.get(id);
  return place && of.get(place.name)?.data[place.row * place.columns + option];
}

/** Draws a member by probabilities of options; what has no gate is drawn evenly. */
export function drawMember(
  members: Members,
  rows: ReadonlyMap<DecisionId, GateRow>,
  shares: Matrices,
  random: Random,
): readonly number[] {
  return drawWay(members.ways, (id, option) => valueAt(rows, shares, id, option) ?? 1, random);
}

/**
 * The network that is derived from probabilities: of a choice the most likely option, of a subset the candidates whose edges are
 * strongest. The strength of an edge is the probability of its most likely operation (Liu, Simonyan & Yang 2019, section 2.4); the
 * zero operation is none of them, though it had its share while the softmax was taken.
 */
export function deriveMember(
  space: Space,
  members: Members,
  rows: ReadonlyMap<DecisionId, GateRow>,
  shares: Matrices,
): Architecture {
  const strengths = strengthsOf(space, rows, shares);
  const score: Scores = (id, option) => {
    if (space.decisions[id]?.kind === 'member') return option === 0 ? (strengths.get(id) ?? 0) : 0;
    return valueAt(rows, shares, id, option) ?? 0;
  };
  return { space: space.name, choices: bestWay(members.ways, score) };
}

/** The strength of each member of a subset: of the decisions that exist only with it, the first one's most likely option. */
function strengthsOf(
  space: Space,
  rows: ReadonlyMap<DecisionId, GateRow>,
  shares: Matrices,
): ReadonlyMap<DecisionId, number> {
  const found = new Map<DecisionId, number>();
  for (const { id, exists } of space.decisions) {
    const place = rows.get(id);
    if (!place) continue;
    for (const member of support(exists)) {
      if (found.has(member) || space.decisions[member]?.kind !== 'member') continue;
      if (existsWithout(space, id, member)) continue;
      const strength = Math.max(
        ...Array.from({ length: place.options }, (_, option) => valueAt(rows, shares, id, option) ?? 0),
      );
      found.set(member, strength);
    }
  }
  return found;
}

/** Whether a decision can exist although a member of a subset is out. */
function existsWithout(space: Space, id: DecisionId, member: DecisionId): boolean {
  const exists = space.decisions[id]?.exists;
  if (!exists) return false;
  const others = support(exists).filter((other) => other !== member);
  if (others.length > 12) return false; // few decisions say whether one exists; of many, the nearest member is meant
  const choices: number[] = [];
  const tried = (from: number): boolean => {
    const other = others[from];
    if (other === undefined) {
      choices[member] = 1;
      return evaluateOpen(exists, choices) === true;
    }
    const options = space.decisions[other]?.options.length ?? 0;
    for (let option = -1; option < options; option++) {
      choices[other] = option;
      if (tried(from + 1)) return true;
    }
    return false;
  };
  return tried(0);
}
