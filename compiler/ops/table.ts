/** Every op's record, complete by type. */
import type { OpTable } from './op.ts';

export declare const opTable: OpTable;
