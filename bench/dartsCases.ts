/** The operations of the DARTS space on the tensors of its supernet in small: cases of `npm run bench:kernels`. */
import { GraphBuilder } from '../compiler/graph/builder.ts';
import type { Graph, NodeId, Shape } from '../compiler/graph/graph.ts';
import type { ConvAttributes, PoolAttributes } from '../compiler/ops/attributes.ts';
import { elementsOf } from '../compiler/ops/shapes.ts';

/** One op. Its work is counted in operations, or for pools in bytes moved. */
export interface DartsCase {
  readonly name: string;
  readonly unit: 'GFLOP/s' | 'GB/s';
  readonly work: number;
  readonly graph: Graph;
}

type Make = (b: GraphBuilder) => NodeId;

function graph(make: Make): Graph {
  const b = new GraphBuilder();
  b.outputs['y'] = make(b);
  return b.finish();
}

const weights = (b: GraphBuilder, shape: Shape): NodeId =>
  b.parameter('w', shape, { kind: 'constant', value: 0.01 });

/** A depthwise convolution of 3x3 or 5x5 and its gradients. */
function depthwise(images: Shape, side: number, stride: number, dilation: number): DartsCase[] {
  const [n = 1, height = 1, width = 1, channels = 1] = images;
  const around = (dilation * (side - 1)) / 2;
  const attributes: ConvAttributes = {
    stride: [stride, stride],
    padding: [around, around, around, around],
    dilation: [dilation, dilation],
  };
  const made: Shape = [n, height / stride, width / stride, channels];
  const filter: Shape = [side, side, channels];
  const work = 2 * elementsOf(made) * side * side;
  const name = [
    `darts ${images.join('x')} depthwise ${side}x${side}`,
    ...(stride > 1 ? [`stride ${stride}`] : []),
    ...(dilation > 1 ? [`dilation ${dilation}`] : []),
  ].join(' ');
  const cases: readonly (readonly [string, Make])[] = [
    ['forward', (b) => b.op('depthwise', [b.input('x', images), weights(b, filter)], attributes)],
    [
      'input gradient',
      (b) =>
        b.op('depthwise_input_gradient', [b.input('dy', made), weights(b, filter)], {
          ...attributes,
          inputShape: images,
        }),
    ],
    [
      'weight gradient',
      (b) =>
        b.op('depthwise_weight_gradient', [b.input('x', images), b.input('dy', made)], {
          ...attributes,
          kernel: [side, side],
        }),
    ],
  ];
  return cases.map(([which, make]) => ({
    name: `${name} ${which}`,
    unit: 'GFLOP/s',
    work,
    graph: graph(make),
  }));
}

/** A convolution of 1x1 and its gradients. */
function pointwise(images: Shape, stride: number): DartsCase[] {
  const [n = 1, height = 1, width = 1, channels = 1] = images;
  const attributes: ConvAttributes = { stride: [stride, stride], padding: [0, 0, 0, 0] };
  const made: Shape = [n, height / stride, width / stride, channels];
  const filter: Shape = [1, 1, channels, channels];
  const work = 2 * elementsOf(made) * channels;
  const name = `darts ${images.join('x')} conv 1x1${stride > 1 ? ` stride ${stride}` : ''}`;
  const cases: readonly (readonly [string, Make])[] = [
    ['forward', (b) => b.op('conv', [b.input('x', images), weights(b, filter)], attributes)],
    [
      'input gradient',
      (b) =>
        b.op('conv_input_gradient', [b.input('dy', made), weights(b, filter)], {
          ...attributes,
          inputShape: images,
        }),
    ],
    [
      'weight gradient',
      (b) =>
        b.op('conv_weight_gradient', [b.input('x', images), b.input('dy', made)], {
          ...attributes,
          kernel: [1, 1],
        }),
    ],
  ];
  return cases.map(([which, make]) => ({
    name: `${name} ${which}`,
    unit: 'GFLOP/s',
    work,
    graph: graph(make),
  }));
}

/** Both pools of 3x3 and their gradients. */
function pools(images: Shape, stride: number): DartsCase[] {
  const [n = 1, height = 1, width = 1, channels = 1] = images;
  const attributes: PoolAttributes = { window: [3, 3], stride: [stride, stride], padding: [1, 1, 1, 1] };
  const made: Shape = [n, height / stride, width / stride, channels];
  const bytes = 4 * (elementsOf(images) + elementsOf(made));
  const name = (pool: string): string =>
    `darts ${images.join('x')} ${pool} 3x3${stride > 1 ? ` stride ${stride}` : ''}`;
  const cases: readonly (readonly [string, number, Make])[] = [
    [`${name('max pool')} forward`, bytes, (b) => b.op('max_pool', [b.input('x', images)], attributes)],
    [
      `${name('max pool')} gradient`,
      bytes + 4 * elementsOf(images),
      (b) => b.op('max_pool_gradient', [b.input('dy', made), b.input('x', images)], attributes),
    ],
    [`${name('mean pool')} forward`, bytes, (b) => b.op('avg_pool', [b.input('x', images)], attributes)],
    [
      `${name('mean pool')} gradient`,
      bytes,
      (b) => b.op('avg_pool_gradient', [b.input('dy', made)], { ...attributes, inputShape: images }),
    ],
  ];
  return cases.map(([which, work, make]) => ({ name: which, unit: 'GB/s', work, graph: graph(make) }));
}

const firstCell: Shape = [32, 16, 16, 8];
const lastCell: Shape = [32, 8, 8, 16];

/** Normal cells on both sizes of images, the reduction cell on the larger. */
export function dartsCases(): readonly DartsCase[] {
  return [
    ...[firstCell, lastCell].flatMap((images) => [
      ...[3, 5].flatMap((side) => [...depthwise(images, side, 1, 1), ...depthwise(images, side, 1, 2)]),
      ...pools(images, 1),
      ...pointwise(images, 1),
    ]),
    ...[3, 5].flatMap((side) => [...depthwise(firstCell, side, 2, 1), ...depthwise(firstCell, side, 2, 2)]),
    ...pools(firstCell, 2),
    ...pointwise(firstCell, 2),
  ];
}
