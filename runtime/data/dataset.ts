/** A data set of labelled images, ready to be put on a device: plain data, the same for every executor. */

/** Rows of the data set's three disjoint parts, ascending. */
export interface Split {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

export interface Dataset {
  readonly name: string;
  /** Number of classes; labels are 0 .. classes - 1. */
  readonly classes: number;
  /** (height, width, channels) */
  readonly imageShape: readonly [number, number, number];
  /** All images, NHWC, scaled as `scaling` says. */
  readonly images: Float32Array;
  /** One label for each image. */
  readonly labels: Int32Array;
  readonly split: Split;
  /** SHA-256, hexadecimal, of the file as stored and of everything that the rows and the split depend on. */
  readonly hash: string;
  /** How stored values became the numbers in `images`, for people. */
  readonly scaling: string;
}

/** What is known of a data set without reading it. */
export interface DatasetForm {
  readonly name: string;
  readonly classes: number;
  /** (height, width, channels) */
  readonly imageShape: readonly [number, number, number];
  /** Images in each part. */
  readonly sizes: { readonly [K in keyof Split]: number };
}

/** A part of a data set that a network is trained on or measured on. */
export type Part = 'train' | 'validation' | 'test' | 'train+validation';

/** The rows of a part, ascending within each of the parts that it is made of. */
export function partRows(dataset: Dataset, part: Part): Int32Array {
  const { train, validation, test } = dataset.split;
  switch (part) {
    case 'train':
      return train;
    case 'validation':
      return validation;
    case 'test':
      return test;
    case 'train+validation':
      return Int32Array.from([...train, ...validation]);
    default:
      return part satisfies never;
  }
}
