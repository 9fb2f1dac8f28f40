/**
 * Loops as CPU adapters want them. Templates write `for (var i = from; i < to; i += step)`; the module gets
 *
 *   if (from < to) {
 *     for (var i = from; i < 2147483647; i++) {
 *       ...
 *       if (i + 1 >= to) { break; }
 *     }
 *   }
 *
 * A driver that executes a subgroup as one vector masks lanes instead of jumping: after the test at the beginning has
 * failed it goes through the loop's body once more with all lanes masked, so a loop of three turns takes as long as four.
 * At the end the test costs nothing. And the WGSL compiler (Tint) puts a guard against endless loops, two more values that are
 * carried along, into every loop whose first test is not of an index that is counted by ones against a constant.
 */
import { invariant } from '../../util/invariant.ts';
import { Lines } from './lines.ts';

const HEAD = /^for \(var (\w+) = (.+); \1 < (.+); \1(?:\+\+| \+= (.+))\) \{$/;

/** An index is always below it. */
const ENDLESS = 2_147_483_647;

/** A bound that is a field of the uniform block is a size, and sizes are at least one: such a loop from 0 needs no test before. */
const SIZE = /^u\.(\w+)$/;

/** The field of the block that a loop from 0 runs to; undefined of other loops. */
function sizeOf(from: string, to: string): string | undefined {
  return from === '0' ? SIZE.exec(to)?.[1] : undefined;
}

/** The fields of the block that must be at least one, for loops run to them. */
export function sizesIn(body: Lines): readonly string[] {
  const found = body.lines.flatMap((line) => {
    const [, , from = '', to = ''] = HEAD.exec(line) ?? [];
    return sizeOf(from, to) ?? [];
  });
  return [...new Set(found)];
}

/** The statements with every loop tested at its end. */
export function endingLoops(body: Lines): Lines {
  const made = new Lines();
  const ends: (readonly string[])[] = [];
  for (const line of body.lines) {
    // It would go past the test.
    invariant(!/\bcontinue;/.test(line), 'loops: a loop that is tested at its end goes on from its middle');
    if (line.startsWith('}')) made.add(...(ends.pop() ?? []));
    const [, index, from, to, step] = HEAD.exec(line) ?? [];
    if (index !== undefined && from !== undefined && to !== undefined) {
      const counter = step === undefined ? index : `${index}_turn`;
      const mayBeEmpty = sizeOf(from, to) === undefined;
      if (mayBeEmpty) made.add(`if (${from} < ${to}) {`);
      if (step !== undefined) made.add(`var ${index} = ${from};`);
      const first = step === undefined ? from : '0';
      made.add(`for (var ${counter} = ${first}; ${counter} < ${ENDLESS}; ${counter}++) {`);
      const next = step === undefined ? [] : [`${index} += ${step};`];
      const last = step === undefined ? `${index} + 1 >= ${to}` : `${index} >= ${to}`;
      ends.push([...next, `if (${last}) {`, 'break;', '}', ...(mayBeEmpty ? ['}'] : [])]);
    } else {
      made.add(line);
      if (line.endsWith('{')) ends.push([]);
    }
  }
  return made;
}
