nas 1

/// The hierarchical space (Liu, Simonyan, Vinyals, Fernando & Kavukcuoglu 2018, section 2). Six motifs of four
/// nodes over primitive operations, and the cell: a motif of five nodes over the six. Between any two nodes of a
/// motif lies one of what its level offers, or nothing: (7^6)^6 * 7^10 = 7^46 =
/// 749,048,330,965,186,233,494,494,102,694,564,493,649 genotypes. `connected` leaves out those whose cell has no
/// path from its first to its last node. Each use of a motif has weights of its own.
///
/// Three stages of n cells at c, 2c and 4c channels.
space hierarchical(classes = 10, size = 32, colors = 3, c = 16, n = 1) {
  input x: image[size, size, colors]
  output x |> conv_bn_relu(c, 3) |> repeat n { level3(c) }
    |> sep_conv(2 * c, 3, stride: 2) |> repeat n { level3(2 * c) }
    |> sep_conv(4 * c, 3, stride: 2) |> repeat n { level3(4 * c) } |> classifier(classes)
  require connected
}

normal cell level3(x; c) {
  nodes g[4] = merge([h |> edge(c) for h in [x, ...g]]; c)
  last(g)
}

normal cell level2[6](x; c) {
  nodes g[3] = merge([h |> primitive(c) for h in [x, ...g]]; c)
  last(g)
}

motif edge(x; c) = x |> choose { none, ...level2(c) }

motif primitive(x; c) = x |> choose {
  none
  conv_1: conv_bn_relu(c, 1)
  depthwise_3: depthwise_bn_relu(3)
  sep_3: sep_conv_bn_relu(c, 3)
  max_3: max_pool(3)
  avg_3: avg_pool(3)
  identity
}

/// What enters a node is concatenated; of several tensors a 1x1 convolution makes c channels again.
motif merge(hs; c) = if length(hs) > 1 then concat(hs) |> conv_bn_relu(c, 1) else concat(hs)

/// Ten random genotypes on small digits.
search quick of hierarchical(size: 8, colors: 1, c: 4) {
  data      digits(split: shuffled)
  strategy  random
  evaluate  train(epochs: 5, batch: 64, optimizer: sgd(lr: 0.05, momentum: 0.9), schedule: cosine)
  maximize  accuracy
  budget    10 trials
  seed      1
}
