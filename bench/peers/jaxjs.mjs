// A process of `npm run bench:peers`: the check network in jax-js on WebGPU, on the driver that we use too. The step is one
// jitted function, and images are in jax-js's own order, NCHW. Not TypeScript, because the compiler would miss jax-js, which
// is installed only where this runs.
import {
  batch,
  checkBatch,
  checkParameters,
  classes,
  learningRate,
} from '../../test/fixtures/checkNetwork.ts';
import { pretendBrowser } from './browser.ts';
import { serve } from './protocol.ts';

const EPSILON = 1e-5;

/** Elements of a tensor in another order of its axes. */
function transposed({ shape, data }, order) {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const sizes = order.map((axis) => shape[axis]);
  const out = new Float32Array(data.length);
  const at = sizes.map(() => 0);
  for (let i = 0; i < out.length; i += 1) {
    out[i] = data[at.reduce((sum, place, axis) => sum + place * strides[order[axis]], 0)];
    for (let axis = at.length - 1; axis >= 0 && ++at[axis] === sizes[axis]; axis -= 1) at[axis] = 0;
  }
  return { shape: sizes, data: out };
}

/** The training step and the forward pass. An array is used up by what reads it, unless it is passed as `.ref`. */
function network({ jit, lax, nn, numpy: np, valueAndGrad }) {
  const axes = [0, 2, 3];
  const scaled = (x, mean, variance, params, layer) =>
    x
      .sub(mean)
      .div(np.sqrt(variance.add(EPSILON)))
      .mul(params[`bn${layer}.scale`])
      .add(params[`bn${layer}.shift`]);
  const byBatch = (x, params, layer) => {
    const mean = np.mean(x.ref, axes, { keepdims: true });
    const variance = np.mean(np.square(x.ref.sub(mean.ref)), axes, { keepdims: true });
    return scaled(x, mean, variance, params, layer);
  };
  const byStatistics = (x, params, layer) =>
    scaled(x, params[`bn${layer}.mean`], params[`bn${layer}.variance`], params, layer);

  const scores = (params, x, normalize) => {
    const convolve = (from, layer, stride) =>
      lax.conv(from, params[`conv${layer}.kernel`], [stride, stride], 'SAME');
    const first = nn.relu(normalize(convolve(x, 1, 1), params, 1));
    const second = nn.relu(normalize(convolve(first, 2, 2), params, 2));
    const features = np.mean(convolve(second, 3, 1), [2, 3]);
    return np.dot(features, params['dense.kernel']).add(params['dense.bias']);
  };
  const loss = (params, x, labels) =>
    np.sum(nn.logSoftmax(scores(params, x, byBatch), -1).mul(labels)).mul(-1 / batch);
  const step = jit((params, x, labels) => {
    const before = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, value.ref]));
    const [value, gradients] = valueAndGrad(loss)(before, x, labels);
    const after = Object.entries(params).map(([name, old]) => [
      name,
      old.sub(gradients[name].mul(learningRate)),
    ]);
    return [value, Object.fromEntries(after)];
  });
  return { step, infer: jit((params, x) => scores(params, x, byStatistics)) };
}

await serve(async () => {
  const { adapter, settle } = await pretendBrowser();
  const jax = await import('@jax-js/jax');
  await jax.init('webgpu');
  jax.defaultDevice('webgpu');
  const { numpy: np } = jax;

  const array = ({ shape, data }) => np.array(data).reshape(shape);
  // Filters are OIHW; what a channel is scaled by is made to fit an image.
  const theirs = (tensor, name) => {
    if (tensor.shape.length === 4) return transposed(tensor, [3, 2, 0, 1]);
    return name.startsWith('bn') ? { ...tensor, shape: [1, tensor.shape[0], 1, 1] } : tensor;
  };
  const constant = (channels, value) =>
    array({ shape: [1, channels, 1, 1], data: new Float32Array(channels).fill(value) });
  const seeded = () =>
    Object.fromEntries(
      Object.entries(checkParameters()).map(([name, tensor]) => [name, array(theirs(tensor, name))]),
    );
  const statistics = {
    'bn1.mean': constant(16, 0),
    'bn1.variance': constant(16, 1),
    'bn2.mean': constant(32, 0),
    'bn2.variance': constant(32, 1),
  };
  const given = checkBatch();
  const x = array(transposed(given.x, [0, 3, 1, 2]));
  const oneHot = new Float32Array(batch * classes);
  given.labels.data.forEach((label, row) => (oneHot[row * classes + label] = 1));
  const labels = array({ shape: [batch, classes], data: oneHot });
  const kept = (arrays) =>
    Object.fromEntries(Object.entries(arrays).map(([name, value]) => [name, value.ref]));

  const { step, infer } = network(jax);
  let params = seeded();
  return {
    info: adapter(),
    seed: () => {
      for (const value of Object.values(params)) value.dispose();
      params = seeded();
    },
    train: async () => {
      const [loss, after] = step(params, x.ref, labels.ref);
      params = after;
      return (await settle(loss.data()))[0];
    },
    infer: () => settle(infer({ ...kept(params), ...kept(statistics) }, x.ref).data()),
  };
});
