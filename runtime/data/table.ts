/** Every data set by name, and what is done with one: check, identify, load. */
import { diagnose, Refusal, type Diagnostic } from '../../grammar/diagnostics.ts';
import type { DataSpec } from '../../compiler/search/search.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import { listWords } from '../../util/words.ts';
import { ArgumentReader } from './arguments.ts';
import type { Dataset, DatasetForm } from './dataset.ts';
import { cifar10 } from './cifar10.ts';
import { digits } from './digits.ts';
import { mnist } from './mnist.ts';
import type { DataSource } from './source.ts';

/** A data set with its arguments taken in: what is left to do with it. */
interface BoundSource {
  readonly form: () => DatasetForm;
  readonly hash: () => Promise<string>;
  readonly load: () => Promise<Dataset>;
}

interface TableEntry {
  readonly doc: string;
  readonly bind: (reader: ArgumentReader) => BoundSource;
}

const table: Readonly<Record<string, TableEntry>> = {
  cifar10: entry(cifar10),
  digits: entry(digits),
  mnist: entry(mnist),
};

/** The names of all data sets, for completion and documentation, with a sentence on each. */
export function dataSets(): ReadonlyMap<string, string> {
  return new Map(Object.entries(table).map(([name, { doc }]) => [name, doc]));
}

/** What is wrong with a specification, without touching any file; empty when nothing is. */
export function checkData(spec: DataSpec): readonly Diagnostic[] {
  const bound = bind(spec);
  return isProblems(bound) ? bound : [];
}

/** Classes, image shape and sizes, without reading the file. Refuses a wrong specification. */
export function dataForm(spec: DataSpec): DatasetForm {
  return bindOrRefuse(spec).form();
}

/** Identifies the data of an experiment: equal to `loadData(spec).hash`, at the price of one look at the file. */
export async function dataHash(spec: DataSpec): Promise<string> {
  return bindOrRefuse(spec).hash();
}

/** Reads a data set. Refuses when the specification is wrong or the file is not what it should be. */
export async function loadData(spec: DataSpec): Promise<Dataset> {
  return bindOrRefuse(spec).load();
}

function entry<A>(source: DataSource<A>): TableEntry {
  return {
    doc: source.doc,
    bind: (reader) => {
      const args = source.arguments(reader);
      return {
        form: () => source.form(args),
        hash: () => source.hash(args),
        load: () => source.load(args),
      };
    },
  };
}

function bind(spec: DataSpec): BoundSource | readonly Diagnostic[] {
  const found = Object.hasOwn(table, spec.name) ? table[spec.name] : undefined;
  if (found === undefined) {
    const names = Object.keys(table);
    return [
      diagnose(
        'dataUnknown',
        { name: spec.name },
        { expected: listWords(names), hint: didYouMean(spec.name, names) },
      ),
    ];
  }
  const reader = new ArgumentReader(spec.name, spec.args);
  const bound = found.bind(reader);
  const problems = reader.finish();
  return problems.length > 0 ? problems : bound;
}

function bindOrRefuse(spec: DataSpec): BoundSource {
  const bound = bind(spec);
  if (isProblems(bound)) throw new Refusal(...bound);
  return bound;
}

function isProblems(bound: BoundSource | readonly Diagnostic[]): bound is readonly Diagnostic[] {
  return Array.isArray(bound);
}
