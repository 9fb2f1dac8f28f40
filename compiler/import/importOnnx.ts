/** ONNX models to Graphs. Every operator is a rule of one table, a composition of the Graph's ops. */
import { diagnose, Refusal, refuse, type Checked, type Diagnostic } from '../../grammar/diagnostics.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import { GraphBuilder, ShapeError } from '../graph/builder.ts';
import type { Graph, Shape } from '../graph/graph.ts';
import { Composer, type Tensor } from './compose.ts';
import type { OnnxDType, OnnxModel, OnnxNode } from './model.ts';
import { contextOf } from './nodeContext.ts';
import { readAttributes } from './readAttributes.ts';
import type { OnnxRule, Unsupported } from './rule.ts';
import { onnxTable } from './table.ts';
import { Values, type Value } from './values.ts';

/** A tensor that is fed or given back. Its shape is ONNX's: without axes it is one number, [1] in the graph. */
export interface ImportedTensor {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: OnnxDType;
}

export interface ImportedGraph {
  /** Its inputs and outputs have the model's names. Truth values are 0 and 1, whole numbers that are fed are i32. */
  readonly graph: Graph;
  /** What is fed at a run. */
  readonly inputs: readonly ImportedTensor[];
  /** All outputs of the model; those without elements are none of the graph's. */
  readonly outputs: readonly ImportedTensor[];
  /** Elements of the graph's parameters (weights of the model) and states (its constants), by name. */
  readonly tensors: ReadonlyMap<string, Float32Array>;
}

/** The graph of a model, or all that stands in its way. */
export function importOnnx(model: OnnxModel): Checked<ImportedGraph> {
  const builder = new GraphBuilder();
  const values = new Values(
    builder,
    new Set([...model.inputs, ...model.initializers].map(({ name }) => name)),
  );
  const diagnostics: Diagnostic[] = [];
  const attempt = (work: () => void): boolean => {
    try {
      work();
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      diagnostics.push(...error.diagnostics);
      return false;
    }
  };

  const fed: ImportedTensor[] = [];
  const stored = new Set(model.initializers.map(({ name }) => name));
  // Results of nodes that are refused; what reads them is not looked at.
  const broken = new Set<string>();
  for (const one of model.inputs.filter(({ name }) => !stored.has(name))) {
    const fine = attempt(() => {
      const value = values.input(one);
      values.set(one.name, value);
      if (value.id !== undefined) fed.push({ name: one.name, shape: value.shape, dtype: value.dtype });
    });
    if (!fine) broken.add(one.name);
  }
  for (const one of model.initializers) {
    if (!attempt(() => values.set(one.name, values.initializer(one)))) broken.add(one.name);
  }

  const compose = new Composer(builder);
  model.nodes.forEach((node, index) => {
    const cut = node.inputs.some((name) => broken.has(name));
    if (cut || !attempt(() => apply(node, index, model, values, compose))) {
      for (const name of node.outputs) broken.add(name);
    }
  });

  const outputs: ImportedTensor[] = [];
  for (const name of model.outputs.filter((output) => !broken.has(output))) {
    attempt(() => {
      const value =
        values.get(name) ?? refuse('onnxTensor', { name, problem: 'is an output, and no node makes it' });
      const tensor = values.tensor(value);
      if (tensor) builder.outputs[name] = tensor.id;
      outputs.push({ name, shape: value.shape, dtype: value.dtype });
    });
  }
  if (diagnostics.length > 0) return { value: undefined, diagnostics };
  return { value: { graph: builder.finish(), inputs: fed, outputs, tensors: values.tensors }, diagnostics };
}

/** How a node is named in messages: `Conv (node 3)`. */
function titleOf({ operator, name }: OnnxNode, index: number): string {
  return `${operator} (${name ? `\`${name}\`, ` : ''}node ${index + 1})`;
}

function ruleOf({ operator, domain }: OnnxNode, node: string): OnnxRule {
  const rule = Object.hasOwn(onnxTable, operator) ? onnxTable[operator] : undefined;
  const own = domain === 'ai.onnx' ? '' : domain;
  if (rule && (rule.domain ?? '') === own) return rule;
  const alike = didYouMean(
    operator,
    Object.keys(onnxTable).filter((name) => (onnxTable[name]?.domain ?? '') === own),
  );
  return refuse(
    'onnxOperator',
    { node, operator: domain ? `${domain}.${operator}` : operator },
    { hint: alike },
  );
}

function versionOf({ opset }: OnnxModel, domain: string): number | undefined {
  return Object.hasOwn(opset, domain) ? opset[domain] : domain === '' ? opset['ai.onnx'] : undefined;
}

function apply(node: OnnxNode, index: number, model: OnnxModel, values: Values, compose: Composer): void {
  const title = titleOf(node, index);
  const rule = ruleOf(node, title);
  const domain = rule.domain ?? '';
  const opset = versionOf(model, domain);
  if (opset === undefined || opset < (rule.since ?? 1)) {
    refuse(
      'onnxOpset',
      { node: title, domain, version: opset },
      { expected: `version ${rule.since ?? 1} or later` },
    );
  }
  compose.builder.site = node.name ?? title;
  const attributes = readAttributes(rule, node, title);
  try {
    const results = rule.build(contextOf(rule, node, title, opset, values, compose), attributes);
    node.outputs.forEach((name, i) => {
      if (name !== '') values.set(name, valueOf(results[i], title, name));
    });
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    const { problem, expected } = error.problem;
    throw new Refusal(diagnose('onnxShapes', { node: title, problem }, { expected }));
  }
}

function valueOf(result: Tensor | Value | Unsupported | undefined, node: string, name: string): Value {
  if (result === undefined) {
    return refuse('onnxUnsupported', { node, what: `its result \`${name}\` is more than the operator has` });
  }
  if ('unsupported' in result) {
    return refuse('onnxUnsupported', { node, what: `its result \`${name}\` ${result.unsupported}` });
  }
  return 'dtype' in result ? result : { ...result, dtype: 'float32' };
}
