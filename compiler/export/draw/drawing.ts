/**
 * The Drawing: what a picture of a space or of one architecture shows, before it has any coordinates. Panels of boxes and
 * edges between them; plain data.
 */

/** A picture: one panel for each cell and one for the network around them. */
export interface Drawing {
  readonly title: string;
  /** The same in words, for those who do not see the picture. */
  readonly description: string;
  readonly panels: readonly Panel[];
}

export interface Panel {
  /** The cell's name, or the space's for the network as a whole. */
  readonly name: string;
  readonly title: string;
  /** What is the same for all of its edges, and answers that no box shows: one line each. */
  readonly notes: readonly string[];
  readonly boxes: readonly Box[];
  readonly edges: readonly Edge[];
}

/**
 * What a box stands for: a tensor that comes in, a numbered node, the result, an operation, the use of a cell, an operation
 * that is open, or a merge of tensors.
 */
export type BoxRole = 'input' | 'node' | 'output' | 'operation' | 'cell' | 'choice' | 'merge';

/** What an operation is made of: weights, pooling, neither, or nothing but zeros. */
export type Tint = 'weights' | 'pool' | 'plain' | 'zero';

export interface Box {
  /** Unique in its panel. */
  readonly id: string;
  readonly role: BoxRole;
  /** The first line is the name. */
  readonly lines: readonly string[];
  readonly tint: Tint;
  /** Height x width x channels of what leaves it. */
  readonly shape: string | undefined;
  /** How often it stands in a row: `6`, `1..3`. */
  readonly times: string | undefined;
}

export interface Edge {
  readonly from: string;
  readonly to: string;
  /** The operation on it; empty for none. */
  readonly label: string;
  readonly tint: Tint;
  /** Whether it is there in some architectures only. */
  readonly open: boolean;
}
