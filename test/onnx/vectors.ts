/**
 * Reads operator conformance vectors: ONNX's own backend tests, written down as JSON. They lie beside the repository and
 * are not part of it.
 */
import { existsSync, readFileSync } from 'node:fs';
import type { OnnxAttribute, OnnxDType, OnnxModel } from '../../compiler/import/model.ts';

const folder = new URL('../../../shared/data/onnx-node/', import.meta.url);

/** Whether the vectors are there. */
export const present: boolean = existsSync(new URL('index.json', folder));

type Element = number | 'NaN' | 'Infinity' | '-Infinity';

interface WrittenTensor {
  readonly name: string;
  readonly dtype: OnnxDType;
  readonly shape: readonly number[];
  readonly data: readonly Element[];
}

type WrittenAttribute = number | string | readonly number[] | readonly string[] | WrittenTensor;

interface WrittenCase {
  readonly opset: Readonly<Record<string, number>>;
  readonly inputs: readonly WrittenTensor[];
  readonly parameters: readonly WrittenTensor[];
  readonly outputs: readonly WrittenTensor[];
  readonly nodes: readonly {
    readonly op: string;
    readonly domain: string;
    readonly inputs: readonly string[];
    readonly outputs: readonly string[];
    readonly attributes: Readonly<Record<string, WrittenAttribute>>;
  }[];
}

export interface VectorTensor {
  readonly name: string;
  readonly dtype: OnnxDType;
  readonly shape: readonly number[];
  readonly data: number[];
}

export interface Vector {
  readonly name: string;
  readonly model: OnnxModel;
  readonly inputs: ReadonlyMap<string, VectorTensor>;
  readonly outputs: readonly VectorTensor[];
}

const json = (file: string): unknown => JSON.parse(readFileSync(new URL(file, folder), 'utf8'));

function read({ name, dtype, shape, data }: WrittenTensor): VectorTensor {
  return {
    name,
    dtype,
    shape,
    data: data.map((x) => (dtype === 'float32' ? Math.fround(Number(x)) : Number(x))),
  };
}

function attribute(written: WrittenAttribute): OnnxAttribute {
  return typeof written === 'object' && 'dtype' in written ? read(written) : written;
}

/** Inputs of these operators, by place, that are fed as whole numbers: labels. All other whole numbers are known. */
const labels: Readonly<Record<string, number>> = { NegativeLogLikelihoodLoss: 1, SoftmaxCrossEntropyLoss: 1 };

/** One vector. What decides about shapes, and whether dropout drops, is known when the model is read. */
export function readVector(file: string): Vector {
  const written = json(file) as WrittenCase;
  const inputs = written.inputs.map(read);
  const fedLabels = new Set(written.nodes.map(({ op, inputs: names }) => names[labels[op]]));
  const isKnown = ({ name, dtype }: VectorTensor): boolean => {
    const ratio = written.nodes.some((node) => node.op === 'Dropout' && node.inputs[1] === name);
    const condition = written.nodes.some((node) => node.op === 'Where');
    return ratio || (dtype !== 'float32' && !fedLabels.has(name) && !condition);
  };
  return {
    name: file.replace(/\.json$/, ''),
    model: {
      opset: written.opset,
      inputs: inputs.map((one) => {
        const { name, dtype, shape, data } = one;
        return isKnown(one) ? { name, dtype, shape, data } : { name, dtype, shape };
      }),
      initializers: written.parameters.map(read),
      nodes: written.nodes.map(({ op, attributes, ...node }) => ({
        ...node,
        operator: op,
        attributes: Object.fromEntries(
          Object.entries(attributes).map(([name, value]) => [name, attribute(value)]),
        ),
      })),
      outputs: written.outputs.map(({ name }) => name),
    },
    inputs: new Map(inputs.map((one) => [one.name, one])),
    outputs: written.outputs.map(read),
  };
}

/** Names of the files: those of operators that are on the compiler's list, and the others. */
export function vectorFiles(): { readonly core: readonly string[]; readonly others: readonly string[] } {
  const { cases } = json('index.json') as { cases: { file: string; core: boolean }[] };
  const files = (core: boolean): string[] => cases.filter((one) => one.core === core).map(({ file }) => file);
  return { core: files(true), others: files(false) };
}
