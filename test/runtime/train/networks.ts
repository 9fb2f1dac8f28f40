/** Small networks for tests of training. */
import { differentiate } from '../../../compiler/graph/autodiff.ts';
import { GraphBuilder } from '../../../compiler/graph/builder.ts';
import type { Graph, NodeId } from '../../../compiler/graph/graph.ts';
import { withClassificationLoss } from '../../../compiler/graph/loss.ts';

type Mode = 'training' | 'inference';

function convNormRelu(
  b: GraphBuilder,
  x: NodeId,
  name: string,
  channels: number,
  stride: number,
  mode: Mode,
) {
  const inChannels = b.shape(x)[3];
  const init = { kind: 'he', fanIn: 9 * inChannels } as const;
  const w = b.parameter(`${name}.kernel`, [3, 3, inChannels, channels], init);
  const y = b.op('conv', [x, w], { stride: [stride, stride], padding: [1, 1, 1, 1] });
  const scale = b.parameter(`${name}.scale`, [channels], { kind: 'constant', value: 1 });
  const shift = b.parameter(`${name}.shift`, [channels], { kind: 'constant', value: 0 });
  const kept = b.state(`${name}.statistics`, [2, channels], { kind: 'rows', values: [0, 1] });
  const epsilon = 1e-5;
  if (mode === 'inference') {
    return b.op('relu', [b.op('batch_norm_inference', [y, scale, shift, kept], { epsilon })], {});
  }
  const moments = b.op('moments', [y], {});
  const [n, h, width] = b.shape(y);
  b.update(kept, b.op('update_statistics', [kept, moments], { momentum: 0.1, elements: n * h * width }));
  return b.op('relu', [b.op('batch_norm_training', [y, scale, shift, moments], { epsilon })], {});
}

/** Two 3x3 convolutions with batch norm, average and a dense layer, for 8x8 images; `channels` of the first. */
export function smallNetwork(
  batch: number,
  mode: Mode,
  { channels = 16, side = 8, classes = 10 } = {},
): Graph {
  const b = new GraphBuilder();
  const x = b.input('x', [batch, side, side, 1]);
  const first = convNormRelu(b, x, 'first', channels, 1, mode);
  const second = convNormRelu(b, first, 'second', 2 * channels, 2, mode);
  const flat = b.op('global_avg_pool', [second], {});
  const w = b.parameter('dense.kernel', [2 * channels, classes], { kind: 'he', fanIn: 2 * channels });
  const bias = b.parameter('dense.bias', [classes], { kind: 'constant', value: 0 });
  const product = b.op('matmul', [flat, w], { transposeA: false, transposeB: false });
  b.outputs['logits'] = b.op('bias_add', [product, bias], {});
  return finish(b, mode);
}

/** A dense layer on convolutions without batch norm: what a large learning rate blows up. */
export function unnormalisedNetwork(batch: number, mode: Mode): Graph {
  const b = new GraphBuilder();
  let x = b.input('x', [batch, 8, 8, 1]);
  for (const [i, channels] of [8, 8, 8].entries()) {
    const inChannels = b.shape(x)[3];
    const init = { kind: 'he', fanIn: 9 * inChannels } as const;
    const w = b.parameter(`conv${i}`, [3, 3, inChannels, channels], init);
    x = b.op('relu', [b.op('conv', [x, w], { stride: [2, 2], padding: [1, 1, 1, 1] })], {});
  }
  const w = b.parameter('dense', [8, 10], { kind: 'he', fanIn: 8 });
  const flat = b.op('global_avg_pool', [x], {});
  b.outputs['logits'] = b.op('matmul', [flat, w], { transposeA: false, transposeB: false });
  return finish(b, mode);
}

function finish(b: GraphBuilder, mode: Mode): Graph {
  if (mode === 'inference') return withClassificationLoss(b.finish(), { logits: 'logits', reduction: 'sum' });
  return differentiate(withClassificationLoss(b.finish(), { logits: 'logits', reduction: 'mean' }), 'loss');
}
