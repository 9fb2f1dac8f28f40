nas 1

/// The size space of NATS-Bench (Dong, Liu, Musial & Gabrys 2021, section 3): the widths of five layers are open,
/// the cell is fixed. 8 widths five times: 8^5 = 32,768 architectures. The layers are three cells and two residual
/// blocks between them; the stem is as wide as the first. 8:8:8:8:8 has 11,714 parameters.
space nats_size(classes = 10, size = 32, colors = 3) {
  input x: image[size, size, colors]
  let c = [choose 8..64 step 8 for layer in 0..4]
  output x |> conv(c[0], 3) |> batch_norm
    |> fixed(c[0]) |> downsample(c[1]) |> fixed(c[2]) |> downsample(c[3]) |> fixed(c[4])
    |> batch_norm |> relu |> classifier(classes)
}

/// |nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_3x3~2|
motif fixed(x; c) {
  let a = x |> relu_conv(c, 3)
  let b = (x |> relu_conv(c, 3)) + (a |> relu_conv(c, 3))
  skip(x; c) + (a |> relu_conv(c, 3)) + (b |> relu_conv(c, 3))
}

/// A skip between different widths is a projection, without the ReLU that other operations begin with.
motif skip(x; c) = if channels(x) == c then x else x |> conv(c, 1) |> batch_norm

motif downsample(x; c) = (x |> relu_conv(c, 3, stride: 2) |> relu_conv(c, 3)) + (x |> avg_pool(2, 2) |> conv(c, 1))

notation widths of nats_size "{c[0]}:{c[1]}:{c[2]}:{c[3]}:{c[4]}"

architecture smallest of nats_size { c = [8, 8, 8, 8, 8] }
architecture largest of nats_size { c = [64, 64, 64, 64, 64] }

/// Twenty random sizes on small digits.
search quick of nats_size(size: 8, colors: 1) {
  data      digits(split: shuffled)
  strategy  random
  evaluate  train(epochs: 5, batch: 64, optimizer: sgd(lr: 0.05, momentum: 0.9), schedule: cosine)
  maximize  accuracy
  budget    20 trials
  seed      1
}
