/** `repeat` and `for`: a stage in a chain, each turn with decisions and weights of its own. */
import type { BlockNode, ForNode, RepeatNode } from '../../grammar/ast.ts';
import type { Location } from '../../grammar/source.ts';
import { present } from '../../util/invariant.ts';
import { combine } from './choices.ts';
import { bodyWeight, enter, limits, locate, type Context, type Elaboration } from './elaboration.ts';
import { bindPattern } from './lists.ts';
import { always, fixed, never } from './diagrams.ts';
import { both, holds, mapLeaves, mapOpen, valuesOf } from './open.ts';
import { settle, type Failure } from './settle.ts';
import { Site } from './sites.ts';
import type { Open, StaticValue } from './space.ts';
import { describe, errorVal, staticVal, type StageVal, type Value } from './values.ts';

/** One turn: the stage, and where it is taken. */
interface Turn {
  readonly stage: StageVal;
  readonly guard: Open<boolean>;
}

/** A whole number from 0, fixed or open; undefined where it is none, which has been reported. */
export function countOf(
  e: Elaboration,
  value: Value,
  wanted: string,
  context: Context,
  at: Location,
): Open<number> | undefined {
  if (value.kind === 'error') return undefined;
  const open = value.kind === 'static' ? mapOpen([value.value], context.exists, ([n]) => n) : undefined;
  const good = (n: unknown): boolean => typeof n === 'number' && Number.isInteger(n) && n >= 0;
  if (open && valuesOf(open).every(good)) return open as Open<number>;
  if (!open) {
    e.report('wrongKind', { found: describe(value), wanted }, at);
    return undefined;
  }
  const rule = (v: StaticValue): StaticValue | Failure =>
    good(v) ? v : { report: 'wrongKind', values: { found: describe(staticVal(fixed(v))), wanted } };
  return settle(e, [open], ([v = 0]) => rule(v), context, at) as Open<number> | undefined;
}

/** `repeat COUNT { stage }`: the stage COUNT times in a chain. */
export function evaluateRepeat(e: Elaboration, node: RepeatNode, context: Context): Value {
  const at = locate(context, node.count);
  const value = e.evaluate(node.count, context, 'repeat');
  const count = countOf(e, value, 'a whole number of turns', context, at);
  if (count === undefined) return errorVal;
  const most = Math.max(...valuesOf(count));
  if (most > limits.turns) e.stop('turns of a `repeat`', limits.turns, at);
  const loop = context.body.open({ kind: 'loop' });
  const path = context.site.claimOwn('repeat');
  const turns: Turn[] = [];
  for (let index = 0; index < most; index++) {
    e.step(at, bodyWeight);
    const guard = holds(count, (n) => n > index);
    const body = loop.open({ kind: 'turn', label: String(index) });
    const stage = turnStage(
      e,
      node.body,
      enter(context, { body, site: new Site(`${path}[${index}]`), guard }),
    );
    if (stage === undefined) return errorVal;
    turns.push({ stage, guard });
  }
  return {
    kind: 'stage',
    arity: 1,
    name: 'repeat',
    apply: (args, exists, where) => {
      const after: Value[] = [present(args[0], 'what a repeat begins with')];
      for (const turn of turns) {
        const next = takeTurn(turn, present(after.at(-1), 'what there is so far'), exists, where);
        if (next.kind === 'error') return errorVal;
        after.push(next);
      }
      const guards = after.map((_, i) => holds(count, (n) => n === i));
      const places = after.map(() => where);
      const possible = after.map((v, i) =>
        both(exists, present(guards[i], 'a guard')) === never ? undefined : v,
      );
      return combine(e, { on: count, values: possible, guards, places, what: 'turns' }, exists, where);
    },
  };
}

/** `for PATTERN in LIST { stage }`: the stage once for each element. */
export function evaluateFor(e: Elaboration, node: ForNode, context: Context): Value {
  const at = locate(context, node.source);
  const list = e.evaluate(node.source, context);
  if (list.kind === 'error') return errorVal;
  if (list.kind !== 'list') {
    e.report('wrongKind', { found: describe(list), wanted: 'a list to go through' }, at);
    return errorVal;
  }
  const loop = context.body.open({ kind: 'loop' });
  const path = context.site.claimOwn('for');
  const turns: Turn[] = [];
  for (const [index, item] of list.items.entries()) {
    e.step(at, bodyWeight);
    const body = loop.open({ kind: 'turn', label: String(index) });
    const names = bindPattern(e, node.pattern, item.value, context);
    const site = new Site(`${path}[${index}]`);
    const inside = enter(context, { body, site, guard: item.exists, names });
    if (inside.exists === never) continue;
    const stage = turnStage(e, node.body, inside);
    if (stage === undefined) return errorVal;
    turns.push({ stage, guard: item.exists });
  }
  return {
    kind: 'stage',
    arity: 1,
    name: 'for',
    apply: (args, exists, where) => {
      let value = present(args[0], 'what a loop begins with');
      for (const turn of turns) {
        const next = takeTurn(turn, value, exists, where);
        if (turn.guard === always) value = next;
        else {
          const on = present(
            mapLeaves(turn.guard, (is) => (is ? 0 : 1)),
            'a truth value',
          );
          const guards = [turn.guard, fixed(true)];
          value = combine(
            e,
            { on, values: [next, value], guards, places: [where, where], what: 'turns' },
            exists,
            where,
          );
        }
        if (value.kind === 'error') return errorVal;
      }
      return value;
    },
  };
}

function turnStage(e: Elaboration, body: BlockNode, inside: Context): StageVal | undefined {
  const stage = e.evaluateBlock(body, inside);
  if (stage.kind === 'stage' && stage.arity === 1) return stage;
  if (stage.kind !== 'error') {
    const at = locate(inside, body.value);
    e.report('wrongKind', { found: describe(stage), wanted: 'a stage of one tensor' }, at);
  }
  return undefined;
}

function takeTurn({ stage, guard }: Turn, value: Value, exists: Open<boolean>, at: Location): Value {
  const here = both(exists, guard);
  return here === never ? value : stage.apply([value], here, at);
}
