/** ONNX's convolutions, of one or two spatial axes. */
import { int } from '../attributes.ts';
import type { Tensor } from '../compose.ts';
import { misfit, rule, type OnnxRules, type RuleContext } from '../rule.ts';
import {
  asImages,
  channelsLast,
  channelsSecond,
  fromImages,
  graphWindow,
  windowAttributes,
  windowsOf,
  type WrittenWindow,
} from './windows.ts';

interface WrittenConv extends WrittenWindow {
  readonly kernel_shape: readonly number[] | undefined;
  readonly group: number;
}

function conv(c: RuleContext, written: WrittenConv): Tensor {
  const { compose } = c;
  const { builder } = compose;
  const { images, flat } = asImages(c, c.tensor(0));
  const filters = c.tensor(1);
  const taps = filters.shape.slice(2);
  if (written.kernel_shape && written.kernel_shape.join() !== taps.join()) {
    return misfit(c, `\`kernel_shape\` is ${written.kernel_shape.join(' x ')}`, taps.join(' x '));
  }
  const windows = windowsOf(c, images, taps, written);
  const { stride, padding, dilation } = graphWindow(windows);
  const { images: oihw } = asImages(c, filters);
  const [outputs = 1, reads = 1] = oihw.shape;
  const channels = images.shape[1] ?? 1;
  const { group: groups } = written;
  if (channels !== groups * reads || outputs % groups !== 0) {
    return misfit(
      c,
      `${channels} channels in ${groups} groups meet filters that read ${reads} and give ${outputs}`,
      'filters that read the channels of one group',
    );
  }
  const x = compose.transpose(images, channelsLast);
  const hwio = compose.transpose(oihw, [2, 3, 1, 0]);
  const attributes = { stride, padding, ...(dilation.some((d) => d > 1) ? { dilation } : {}) };
  const depthwise = groups > 1 && reads === 1 && outputs === groups;
  let id = depthwise
    ? builder.op(
        'depthwise',
        [x.id, compose.reshape(hwio, [...hwio.shape.slice(0, 2), outputs]).id],
        attributes,
      )
    : builder.op('conv', [x.id, hwio.id], groups > 1 ? { ...attributes, groups } : attributes);
  const bias = c.optional(2);
  if (bias) id = builder.op('bias_add', [id, bias.id], {});
  return fromImages(c, compose.transpose({ shape: builder.shape(id), id }, channelsSecond), flat);
}

export const convolutionRules: OnnxRules<'Conv'> = {
  Conv: rule({
    doc: 'Convolution of one or two spatial axes, with strides, dilations and groups.',
    inputs: 'X, W, B?',
    attributes: { ...windowAttributes, group: int(1) },
    build: (c, written) => [conv(c, written)],
  }),
};
