nas 1

/// The memory banks of SMASH (Brock, Lim, Ritchie & Weston 2018, section 3.1). Each stage has four banks of c
/// channels. A layer reads some of them, concatenates what it reads, and writes its result to some: an empty bank
/// is set, another is added to. A bank is an element of a list, an empty one is `none`; the first is never empty.
/// Width, number of banks and their size are parameters here, and all banks that are written get the same tensor.
///
/// A layer reads and writes any of 15 sets; its operation is 1 or 2 parallel paths, 1 or 2 convolutions deep, in 5
/// forms; a convolution has 11 kernels and dilations that reach over at most seven pixels, 4 numbers of groups and
/// 2 activations. With u = 11 * 4 * 2 = 88 that makes L = 15^2 * (u + 2u^2 + u^3 + u^4) = 13,649,981,400 layers,
/// and (L + L^2 + L^3 + L^4)^3 architectures of 1 to 4 layers in each of three stages.
space smash(classes = 10, size = 32, colors = 3, c = 16, most = 4) {
  input x: image[size, size, colors]
  let high = [x |> conv(c, 3), none, none, none] |> stage(c, most)
  let mid  = [b |> downsample(2 * c) for b in high] |> stage(2 * c, most)
  let low  = [b |> downsample(4 * c) for b in mid] |> stage(4 * c, most)
  output concat(low) |> batch_norm |> relu |> classifier(classes)
}

motif stage(m; c, most) = m |> repeat choose layers 1..most { layer(c) }

motif layer(m; c) {
  let read  = choose 1..4 from m
  let write = choose 1..4 from m
  let new = concat(read) |> conv_bn_relu(2 * c, 1) |> grid(c)
  [if b in write then b + new else b for b in m]
}

/// Up to two parallel paths, up to two convolutions deep.
motif grid(x; c) {
  let depths = choose {[1], [2], [1, 1], [2, 1], [2, 2]}
  add([x |> repeat d { unit(c) } for d in depths])
}

motif unit(x; c) {
  let (kh, kw) = (choose kh {3, 5, 7}, choose kw {3, 5, 7})
  let small = kh == 3 and kw == 3
  let dilation = choose {1, 2 when small, 3 when small}
  x |> conv(c, (kh, kw), dilation: dilation, groups: choose {1, 2, 4, 8}) |> batch_norm |> choose act { relu, gate }
}

motif gate(x) = tanh(x) * sigmoid(x)

/// Between stages as in DenseNet.
motif downsample(x; c) = x |> batch_norm |> relu |> conv(c, 1) |> avg_pool(2, 2)

/// Ten random networks of one or two layers in a stage, on small digits.
search quick of smash(size: 8, colors: 1, c: 8, most: 2) {
  data      digits(split: shuffled)
  strategy  random
  evaluate  train(epochs: 5, batch: 64, optimizer: sgd(lr: 0.05, momentum: 0.9), schedule: cosine)
  maximize  accuracy
  budget    10 trials
  seed      1
}
