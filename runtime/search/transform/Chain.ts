/**
 * Networks as chains of layers in blocks, as the moves `widen` and `deepen` change them (Cai, Chen, Zhang, Yu & Wang 2018,
 * section 3). A layer is a body with decisions of its own, `stage[0].layer[1]`; a block is a decision on a number of layers.
 */
import type { Architecture } from '../../../compiler/space/architecture.ts';
import { complete } from '../../../compiler/space/algebra/slots.ts';
import { movesFrom, type MoveKind, type MoveRule } from '../../../compiler/space/moves.ts';
import type { DecisionId, Space } from '../../../compiler/space/space.ts';
import { kindOf } from '../controllers/vocabulary.ts';

/** One token of a network: a layer, or the beginning of a block. */
export interface Layer {
  /** Equal for layers that are alike: `stage.layer 32 3`. */
  readonly token: string;
  /** Decisions that can be raised. */
  readonly widens: readonly DecisionId[];
}

/** A block that can grow. */
export interface Block {
  readonly decision: DecisionId;
  /** Layers in it. */
  readonly depth: number;
}

/** A decision of a new layer that is not copied from the layer before. */
export interface FreeDecision {
  readonly decision: DecisionId;
  readonly kind: string;
}

const bodyOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('.')));

export class Chain {
  readonly #space: Space;
  readonly #byPath: ReadonlyMap<string, DecisionId>;
  readonly #widened: ReadonlySet<DecisionId>;
  /** Every decision on a number of layers, in text order. */
  readonly blocks: readonly DecisionId[];
  /** The most layers that a block can have. */
  readonly deepest: number;

  constructor(space: Space, moves: readonly MoveRule[]) {
    this.#space = space;
    this.#byPath = new Map(space.decisions.map(({ path, id }) => [path, id]));
    this.#widened = new Set(decisionsOf(moves, 'widen'));
    this.blocks = [...decisionsOf(moves, 'deepen')].sort((a, b) => a - b);
    const depths = this.blocks.flatMap(
      (id) => space.decisions[id]?.options.map(({ value }) => Number(value)) ?? [],
    );
    this.deepest = Math.max(1, ...depths);
  }

  /** The kinds of decisions that layers have beside their widths, with their numbers of options. */
  freeKinds(): ReadonlyMap<string, number> {
    const kinds = new Map<string, number>();
    for (const { id, path, kind, options } of this.#space.decisions) {
      if (kind === 'member' || options.length < 2 || !/\]\.[^\]]*$/.test(path)) continue;
      if (this.#widened.has(id) || this.blocks.includes(id)) continue;
      kinds.set(kindOf(path), Math.max(options.length, kinds.get(kindOf(path)) ?? 0));
    }
    return kinds;
  }

  /** A network as tokens, in text order. */
  layers({ choices }: Architecture): readonly Layer[] {
    const found = new Map<string, { token: string; widens: DecisionId[] }>();
    for (const { id, path, options } of this.#space.decisions) {
      const choice = choices[id] ?? -1;
      if (choice < 0) continue;
      const isBlock = this.blocks.includes(id);
      const body = isBlock ? path : bodyOf(path);
      const layer = found.get(body) ?? { token: kindOf(body), widens: [] };
      found.set(body, layer);
      if (isBlock) continue;
      layer.token += ` ${options[choice]?.label ?? ''}`;
      if (this.#widened.has(id) && this.#raised({ space: this.#space.name, choices }, 'widen', id)) {
        layer.widens.push(id);
      }
    }
    return [...found.values()];
  }

  /** With some decisions raised to their next larger numbers. */
  widen(architecture: Architecture, widens: readonly DecisionId[]): Architecture {
    return widens.reduce((grown, id) => this.#raised(grown, 'widen', id) ?? grown, architecture);
  }

  /** The blocks that can grow. */
  growing(architecture: Architecture): readonly Block[] {
    return this.blocks.flatMap((decision) => {
      if (!this.#raised(architecture, 'deepen', decision)) return [];
      const option = architecture.choices[decision] ?? -1;
      return [{ decision, depth: Number(this.#space.decisions[decision]?.options[option]?.value) }];
    });
  }

  /** What is to be decided about a new layer behind layer `position` of a block: all but its width. */
  free(architecture: Architecture, { decision }: Block, position: number): readonly FreeDecision[] {
    const turns = this.#turnsOf(architecture, decision);
    return this.#space.decisions.flatMap(({ id, path, kind, options }) => {
      const isFree = kind !== 'member' && options.length > 1 && !this.#widened.has(id);
      const exists = (architecture.choices[id] ?? -1) >= 0;
      return isFree && exists && turns?.turn(path)?.index === position
        ? [{ decision: id, kind: kindOf(path) }]
        : [];
    });
  }

  /**
   * With a layer more (or as many as the next larger depth has more) behind layer `position` of a block: like that layer,
   * but for what `answers` say of its free decisions. The layers behind it stay what they are.
   */
  deepen(
    architecture: Architecture,
    { decision, depth }: Block,
    position: number,
    answers: ReadonlyMap<DecisionId, number>,
  ): Architecture | undefined {
    const raised = this.#raised(architecture, 'deepen', decision);
    const turns = this.#turnsOf(architecture, decision);
    if (!raised) return undefined;
    const option = raised.choices[decision] ?? -1;
    const added = Number(this.#space.decisions[decision]?.options[option]?.value) - depth;
    const wanted = (id: DecisionId, path: string): number => {
      if (id === decision) return option;
      const turn = turns?.turn(path);
      if (!turn || turn.index <= position) return architecture.choices[id] ?? -1;
      const isNew = turn.index <= position + added;
      const like = this.#byPath.get(turn.at(isNew ? position : turn.index - added)) ?? -1;
      return (isNew ? answers.get(like) : undefined) ?? architecture.choices[like] ?? -1;
    };
    const choices = complete(this.#space, ({ id, path }, options) => {
      const choice = wanted(id, path);
      return options.includes(choice) ? choice : (options[0] ?? 0);
    });
    return { space: this.#space.name, choices };
  }

  #raised(architecture: Architecture, kind: MoveKind, id: DecisionId): Architecture | undefined {
    return movesFrom(this.#space, [{ kind, name: '', decisions: [id] }], architecture)[0]?.to;
  }

  /** How the paths of a block's layers are written: what comes to exist when it grows, `stage[0].layer[2].f`. */
  #turnsOf(architecture: Architecture, block: DecisionId): Turns | undefined {
    const raised = this.#raised(architecture, 'deepen', block);
    const body = bodyOf(this.#space.decisions[block]?.path ?? '');
    const start = body === '' ? '' : `${body}.`;
    for (const { id, path } of this.#space.decisions) {
      const isNew = (architecture.choices[id] ?? -1) < 0 && (raised?.choices[id] ?? -1) >= 0;
      const name =
        isNew && path.startsWith(start) ? /^(\w+)\[\d+\]/.exec(path.slice(start.length))?.[1] : undefined;
      if (name !== undefined) return new Turns(`${start}${name}[`);
    }
    return undefined;
  }
}

class Turns {
  readonly #start: string;

  constructor(start: string) {
    this.#start = start;
  }

  /** The index of the layer that a path is in, and the same path in another layer. */
  turn(path: string): { readonly index: number; readonly at: (index: number) => string } | undefined {
    if (!path.startsWith(this.#start)) return undefined;
    const rest = path.slice(this.#start.length);
    const end = rest.indexOf(']');
    const index = Number(rest.slice(0, end));
    return { index, at: (other) => `${this.#start}${other}${rest.slice(end)}` };
  }
}

function decisionsOf(moves: readonly MoveRule[], kind: MoveKind): readonly DecisionId[] {
  return moves.flatMap((rule) => (rule.kind === kind ? rule.decisions : []));
}
