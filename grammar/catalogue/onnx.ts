/** Diagnostics of family 33: models from ONNX. */
import type { Entries } from './entry.ts';

/** What each message needs to know. `node` names a node: its operator and its place. */
export interface OnnxValues {
  onnxOperator: { node: string; operator: string };
  onnxOpset: { node: string; domain: string; version: number | undefined };
  onnxAttribute: { node: string; attribute: string; problem: string };
  onnxInput: { node: string; input: string; problem: string };
  onnxShapes: { node: string; problem: string };
  onnxUnsupported: { node: string; what: string };
  onnxTensor: { name: string; problem: string };
}

export const onnxEntries: Entries<OnnxValues> = {
  onnxOperator: {
    code: 'NAS3301',
    severity: 'error',
    title: 'unknown ONNX operator',
    message: ({ node, operator }) => `${node}: the operator ${operator} cannot be imported`,
    explanation: `\`docs/onnx.md\` lists the operators of ONNX that are understood. A model that needs another can often be exported again with an option that writes the operator as several simpler ones.`,
  },
  onnxOpset: {
    code: 'NAS3302',
    severity: 'error',
    title: 'version of an ONNX operator set',
    message: ({ node, domain, version }) =>
      version === undefined
        ? `${node}: the model does not say which version of the operator set \`${domain || 'ai.onnx'}\` it uses`
        : `${node}: version ${version} of the operator set \`${domain || 'ai.onnx'}\` has no such operator`,
    explanation: `What an operator means, and which attributes it has, depends on the version of its operator set. A model states one version for each set from which it takes operators.`,
  },
  onnxAttribute: {
    code: 'NAS3303',
    severity: 'error',
    title: 'attribute of an ONNX node',
    message: ({ node, attribute, problem }) => `${node}: the attribute \`${attribute}\` ${problem}`,
    explanation: `The attribute is not one that the operator has, or has a value that the operator does not allow or this importer does not understand. \`docs/onnx.md\` lists the attributes of each operator.`,
  },
  onnxInput: {
    code: 'NAS3304',
    severity: 'error',
    title: 'input of an ONNX node',
    message: ({ node, input, problem }) => `${node}: its input \`${input}\` ${problem}`,
    explanation: `Numbers are float32. Whole numbers that decide about shapes (axes, repeats, padding) must be known when the model is read: stored in the model, or made by a \`Constant\`. Labels are whole numbers that are fed.`,
  },
  onnxShapes: {
    code: 'NAS3305',
    severity: 'error',
    title: 'shapes of an ONNX node',
    message: ({ node, problem }) => `${node}: ${problem}`,
    explanation: `The shapes of the inputs of this node do not fit together, or not with its attributes. All shapes of a model must be known: a size that is left open (a batch of any size) needs a number before the model can be imported.`,
  },
  onnxUnsupported: {
    code: 'NAS3306',
    severity: 'error',
    title: 'use of an ONNX operator that is not supported',
    message: ({ node, what }) => `${node}: ${what}`,
    explanation: `ONNX allows this, but the graph that a model is imported to cannot hold it: it computes in float32 on tensors of fixed shapes.`,
  },
  onnxTensor: {
    code: 'NAS3307',
    severity: 'error',
    title: 'tensor of an ONNX model',
    message: ({ name, problem }) => `the tensor \`${name}\` ${problem}`,
    explanation: `Each tensor of a model has one name and is made once: fed, stored or the result of a node that stands before all that read it. Its elements are float32, int32, int64 or bool, and as many as its shape says.`,
  },
};
