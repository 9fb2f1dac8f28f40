/** NAS-Bench-201 through `spaces/nasbench201.nas`: its table of results, and what a search sees of it. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compileSpace, type CompiledSpace } from '../../compiler/compile.ts';
import { readProgram } from '../../compiler/program.ts';
import { Refusal, type Checked } from '../../grammar/diagnostics.ts';
import { readResultTable, type ResultTable } from '../../runtime/evaluate/resultTable.ts';
import { nodeHost } from '../../runtime/host.ts';
import { present } from '../../util/invariant.ts';
import { Failure } from '../benchmark.ts';

/** The file, beside the repository. */
export const tablePath: string = fileURLToPath(
  new URL('../../../shared/data/nasbench201/accuracy.csv', import.meta.url),
);

/** Validation accuracy in percent after 12 epochs on CIFAR-10: what a search sees. */
export const SEARCHED = 'c10_valid_12ep';
/** Test accuracy in percent after 200 epochs on CIFAR-10: what is reported. */
export const REPORTED = 'c10_test_200ep';

/** The space and its table. */
export interface NasBench201 extends CompiledSpace {
  readonly table: ResultTable;
}

/** Reads the table; a {@link Failure} says where it should be. Other columns may be read beside the two. */
export function readNasBench201(others: readonly string[] = []): NasBench201 {
  if (!existsSync(tablePath)) {
    throw new Failure(
      `the table of NAS-Bench-201 is not there: this benchmark reads ${tablePath}, a CSV file with the columns ` +
        `\`arch\`, \`${SEARCHED}\` and \`${REPORTED}\``,
    );
  }
  const path = 'spaces/nasbench201.nas';
  const text = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  const compiled = accept(compileSpace(accept(readProgram({ name: path, text }, nodeHost())), undefined));
  const { space, notations } = compiled;
  const notation = present(
    notations.find(({ name }) => name === 'string'),
    'the notation `string`',
  );
  const source = { name: tablePath, text: readFileSync(tablePath, 'utf8') };
  const numbers = [...new Set([SEARCHED, REPORTED, ...others])];
  return { ...compiled, table: accept(readResultTable(source, space, { key: 'arch', notation, numbers })) };
}

function accept<T>({ value, diagnostics }: Checked<T>): T {
  if (value === undefined) throw new Refusal(...diagnostics);
  return value;
}
