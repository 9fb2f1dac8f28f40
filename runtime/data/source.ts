/** The form of one entry of the table of data sets. */
import type { ArgumentReader } from './arguments.ts';
import type { Dataset, DatasetForm } from './dataset.ts';

/** How a data set is found, identified and read. `A` holds its checked arguments. */
export interface DataSource<A> {
  /** One sentence for the generated reference. */
  readonly doc: string;
  /** Takes the arguments; problems are collected by the reader. */
  readonly arguments: (reader: ArgumentReader) => A;
  /** What is known without reading the file. */
  readonly form: (args: A) => DatasetForm;
  /** The hash that `load` would give, without keeping or parsing the data. Refuses when the file cannot be read. */
  readonly hash: (args: A) => Promise<string>;
  /** Reads it all. Refuses when the file is missing, broken or not what it should be. */
  readonly load: (args: A) => Promise<Dataset>;
}
