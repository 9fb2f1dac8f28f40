/**
 * Small random classifiers: images through three to ten steps that reuse weights and results, dead ends and
 * needless ops included, to a loss. Everything that a builder accepts; nothing tuned to a pass.
 */
import * as fc from 'fast-check';
import { GraphBuilder } from '../../compiler/graph/builder.ts';
import type { Graph, NodeId, Shape } from '../../compiler/graph/graph.ts';
import { withClassificationLoss } from '../../compiler/graph/loss.ts';

const stepKinds = [
  'conv',
  'halvingConv',
  'batchNorm',
  'relu',
  'bias',
  'add',
  'sub',
  'mul',
  'scale',
  'maxPool',
  'avgPool',
  'twice',
  'identity',
  'deadEnd',
] as const;

interface Step {
  readonly kind: (typeof stepKinds)[number];
  /** Which earlier result to read, counted from the last one. */
  readonly read: number;
  /** Which other result of the same shape to combine it with. */
  readonly other: number;
  /** Which of a few weights to use: low numbers, so that they are shared. */
  readonly weight: number;
}

export interface RandomGraph {
  readonly graph: Graph;
  readonly classes: number;
  readonly rows: number;
  readonly seed: number;
}

const small = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max });

/** Graphs with input `x`, `labels` and outputs `logits`, `loss`, `correct`; not differentiated. */
export function randomGraph(): fc.Arbitrary<RandomGraph> {
  const step: fc.Arbitrary<Step> = fc.record({
    kind: fc.constantFrom(...stepKinds),
    read: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: small(3) }),
    other: small(5),
    weight: small(1),
  });
  return fc
    .record({
      rows: fc.integer({ min: 1, max: 3 }),
      height: fc.integer({ min: 2, max: 5 }),
      width: fc.integer({ min: 2, max: 5 }),
      channels: fc.integer({ min: 1, max: 3 }),
      classes: fc.integer({ min: 2, max: 4 }),
      steps: fc.array(step, { minLength: 3, maxLength: 10 }),
      seed: small(1_000_000),
    })
    .map(({ rows, height, width, channels, classes, steps, seed }) => ({
      graph: build([rows, height, width, channels], classes, steps),
      classes,
      rows,
      seed,
    }));
}

function build(shape: Shape, classes: number, steps: readonly Step[]): Graph {
  const channels = shape[3];
  const b = new GraphBuilder();
  const weights = new Map<string, NodeId>();
  /** The weight of this name, made when first asked for. */
  const weight = (name: string, size: Shape): NodeId => {
    const known = weights.get(name);
    if (known !== undefined) return known;
    const made = b.parameter(name, size, { kind: 'he', fanIn: 9 * channels });
    weights.set(name, made);
    return made;
  };
  const results: NodeId[] = [b.input('x', shape)];

  steps.forEach((step, index) => {
    const x = results.at(-1 - (step.read % results.length)) ?? 0;
    const alike = results.filter((id) => b.shape(id).join() === b.shape(x).join());
    const other = alike[step.other % alike.length];
    const name = `${step.kind}${step.weight}`;
    b.site = `step${index}`;
    results.push(apply(step, x, other, name));
  });

  function apply(step: Step, x: NodeId, other: NodeId, name: string): NodeId {
    switch (step.kind) {
      case 'conv':
      case 'halvingConv': {
        const stride = step.kind === 'conv' ? 1 : 2;
        const w = weight(name, [3, 3, channels, channels]);
        const y = b.op('conv', [x, w], { stride: [stride, stride], padding: [1, 1, 1, stride] });
        return b.op('scale', [y], { factor: 0.2 });
      }
      case 'batchNorm': {
        const [scale, shift] = [weight(`${name}.scale`, [channels]), weight(`${name}.shift`, [channels])];
        const moments = b.op('moments', [x], {});
        const state = b.state(`statistics${b.nodes.length}`, [2, channels], { kind: 'rows', values: [0, 1] });
        const attributes = { momentum: 0.1, elements: 2 * shape[0] };
        b.update(state, b.op('update_statistics', [state, moments], attributes));
        return b.op('batch_norm_training', [x, scale, shift, moments], { epsilon: 1e-2 });
      }
      case 'relu':
        return b.op('relu', [x], {});
      case 'bias':
        return b.op('bias_add', [x, weight(name, [channels])], {});
      case 'add':
      case 'sub':
      case 'mul':
        return b.op(step.kind, [x, other], {});
      case 'scale':
        return b.op('scale', [x], { factor: step.weight - 0.5 });
      case 'maxPool':
      case 'avgPool':
        return b.op(step.kind === 'maxPool' ? 'max_pool' : 'avg_pool', [x], {
          window: [2, 2],
          stride: [1, 1],
          padding: [0, 1, 1, 0],
        });
      case 'twice': // the same op twice, to be merged
        return b.op('add', [b.op('relu', [x], {}), b.op('relu', [x], {})], {});
      case 'identity': {
        const kept = b.op('add', [x, b.constant(-0, b.shape(x))], {});
        return b.op('mul', [b.op('scale', [kept], { factor: 1 }), b.constant(1, b.shape(x))], {});
      }
      case 'deadEnd':
        b.op('mul', [x, b.constant(3, b.shape(x))], {});
        return x;
      default:
        return step.kind satisfies never;
    }
  }

  b.site = 'head';
  const last = results.at(-1) ?? 0;
  const features = b.op('global_avg_pool', [last], {});
  const dense = weight('dense', [channels, classes]);
  b.outputs.logits = b.op('matmul', [features, dense], { transposeA: false, transposeB: false });
  return withClassificationLoss(b.finish(), { logits: 'logits', reduction: 'mean' });
}
