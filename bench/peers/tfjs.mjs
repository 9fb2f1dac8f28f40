// A process of `npm run bench:peers`: the check network in TensorFlow.js on WebGPU, on the driver that we use too.
// Not TypeScript, because the compiler would miss TensorFlow.js, which is installed only where this runs.
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

/** The network with its variables, in the operations of TensorFlow.js that users call. */
function network(tf) {
  const seeded = Object.entries(checkParameters());
  const weights = Object.fromEntries(
    seeded.map(([name, { shape, data }]) => [name, tf.variable(tf.tensor(data, shape), true, name)]),
  );
  const statistics = [16, 32].map((channels) => ({
    mean: tf.zeros([channels]),
    variance: tf.ones([channels]),
  }));

  const normalize = (x, layer, training) => {
    const { mean, variance } = training ? tf.moments(x, [0, 1, 2]) : statistics[layer - 1];
    const [scale, shift] = [weights[`bn${layer}.scale`], weights[`bn${layer}.shift`]];
    return tf.batchNorm(x, mean, variance, shift, scale, EPSILON);
  };
  const convolve = (x, layer, stride) => tf.conv2d(x, weights[`conv${layer}.kernel`], stride, 'same');
  const scores = (x, training) => {
    const first = tf.relu(normalize(convolve(x, 1, 1), 1, training));
    const second = tf.relu(normalize(convolve(first, 2, 2), 2, training));
    const features = tf.mean(convolve(second, 3, 1), [1, 2]);
    return tf.add(tf.matMul(features, weights['dense.kernel']), weights['dense.bias']);
  };
  const seed = () => {
    tf.tidy(() => {
      for (const [name, { shape, data }] of seeded) weights[name].assign(tf.tensor(data, shape));
    });
  };
  return { scores, seed };
}

await serve(async () => {
  const { adapter, settle } = await pretendBrowser();
  // The whole of TensorFlow.js, because its core alone has no gradients.
  const { default: tf } = await import('@tensorflow/tfjs');
  await import('@tensorflow/tfjs-backend-webgpu');
  if (!(await tf.setBackend('webgpu'))) throw new Error('TensorFlow.js does not accept the adapter');
  await tf.ready();

  const { scores, seed } = network(tf);
  const given = checkBatch();
  const x = tf.tensor4d(given.x.data, given.x.shape);
  const labels = tf.oneHot(tf.tensor1d(given.labels.data, 'int32'), classes);
  const optimizer = tf.train.sgd(learningRate);
  const loss = () => tf.neg(tf.div(tf.sum(tf.mul(labels, tf.logSoftmax(scores(x, true)))), batch));
  const read = async (tensor) => {
    const values = await settle(tensor.data());
    tensor.dispose();
    return values;
  };
  return {
    info: adapter(),
    seed,
    train: async () => (await read(optimizer.minimize(loss, true)))[0],
    infer: () => read(tf.tidy(() => scores(x, false))),
  };
});
