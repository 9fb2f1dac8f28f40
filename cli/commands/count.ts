/** `nas count FILE`: how many architectures a space has, or how many programs there are. */
import { countDistinct } from '../../compiler/space/algebra/distinct.ts';
import { cellNames, countCell } from '../../compiler/space/members.ts';
import { refuse } from '../../grammar/diagnostics.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import { listWords } from '../../util/words.ts';
import { accept, type Context } from '../context.ts';
import { chooseSpace, loadProgram, type SpaceOptions } from '../load.ts';
import { countRecord, recordToCount } from './countRecord.ts';

export interface CountOptions extends SpaceOptions {
  /** The cell that is counted alone. */
  readonly of?: string;
  readonly json?: boolean;
}

/** Prints the free and the allowed count as plain digits, and how many of them are different networks. */
export async function count(context: Context, file: string, options: CountOptions): Promise<number> {
  const program = await loadProgram(context, file);
  const record = recordToCount(program, options);
  if (record) {
    countRecord(context, program, record, options.json);
    return 0;
  }
  const { space, members } = chooseSpace(context, program, options);
  if (options.of !== undefined) {
    const names = cellNames(space);
    if (!names.includes(options.of)) {
      const has =
        names.length > 0 ? `its cells that decide something are ${listWords(names, 'and')}` : undefined;
      refuse(
        'unknownCell',
        { name: options.of, space: space.name },
        { hint: didYouMean(options.of, names) ?? has },
      );
    }
    const { free, allowed } = accept(context, countCell(space, options.of));
    if (options.json) context.printJson({ space: space.name, cell: options.of, free, allowed });
    else context.print(`free ${free}`, `allowed ${allowed}`);
    return 0;
  }
  const { free, allowed, least, places } = members;
  if (options.json) {
    const distinct = countDistinct(space, members);
    context.printJson({
      space: space.name,
      decisions: space.decisions.length,
      free,
      ...(allowed === undefined ? { allowed: null, between: [least, places] } : { allowed }),
      distinct: distinct === undefined ? null : BigInt(distinct),
    });
    return 0;
  }
  context.print(
    `free ${free}`,
    allowed === undefined ? `allowed between ${least} and ${places}` : `allowed ${allowed}`,
  );
  // This may take a while.
  context.print(`distinct ${countDistinct(space, members) ?? 'not computed'}`);
  return 0;
}
