nas 1

/// Trees of paths (Cai, Yang, Zhang, Han & Yu 2018, section 3). A node passes its input, or equal parts of it,
/// through one to three paths and adds or concatenates them; a path is an operation that may be followed by another
/// node. The root, which has a convolution on each of its paths, stands in for the 3x3 convolution of every layer
/// of a DenseNet-BC.
///
/// With A(depth) = 1 and A(d) = 1 + e + 2e^2 + e^3, e = 7 A(d + 1), there are A(1) + 2 A(1)^2 + A(1)^3 cells: 4 of
/// depth 1, 90,922,500 of depth 2 and 29,986,678,769,403,186,482,832,715,562,500 of depth 3.
///
/// Convolutions are followed by batch normalisation and ReLU, so that nothing within a tree is negative: an operation that
/// begins as the identity on what is not negative may then be put anywhere (the paper's layers have ReLU before the
/// convolution, moved by a bias to where it clips nothing).
///
/// The paper has depth 3. Three blocks of n layers, growth k (a multiple of 8: each concatenation halves it).
space path_tree(classes = 10, size = 32, colors = 3, k = 40, n = 2, depth = 2) {
  input x: image[size, size, colors]
  output x |> conv(2 * k, 3)
    |> repeat n { dense_layer(k, depth) } |> transition
    |> repeat n { dense_layer(k, depth) } |> transition
    |> repeat n { dense_layer(k, depth) } |> batch_norm |> relu |> classifier(classes)
}

motif dense_layer(x; k, depth) {
  let y = x |> batch_norm |> relu |> conv(4 * k, 1) |> batch_norm |> relu
  concat([x, y |> tree(k, depth)])
}

motif transition(x) = x |> batch_norm |> relu |> conv(floor(channels(x) / 2), 1) |> avg_pool(2, 2)

normal cell tree(x; k, depth) = choose merge {
  one: trunk(x; k, depth)
  add_2: mean([trunk(x; k, depth) for branch in 1..2])
  add_3: mean([trunk(x; k, depth) for branch in 1..3])
  cat_2: concat([trunk(x; k / 2, depth) for branch in 1..2])
}

/// A path of the root: the convolution's filters are shared out among concatenated paths, its input is not.
motif trunk(x; k, depth) = x
  |> conv_bn_relu(k, 3)
  |> choose after { end: identity, node when depth > 1: node(depth - 1) }

motif node(x; depth) = choose merge {
  one: path(x; depth)
  add_2: mean([path(x; depth) for branch in 1..2])
  add_3: mean([path(x; depth) for branch in 1..3])
  cat_2: concat([path(part; depth) for part in split(x, 2)])
}

motif path(x; depth) = x |> edge(channels(x))
  |> choose after { end: identity, node when depth > 1: node(depth - 1) }

motif edge(x; c) = x |> choose {
  identity
  conv_1: conv_bn_relu(c, 1)
  sep_3: sep_conv_bn_relu(c, 3)
  sep_5: sep_conv_bn_relu(c, 5)
  sep_7: sep_conv_bn_relu(c, 7)
  avg_3: avg_pool(3)
  max_3: max_pool(3)
}

/// The network that is transformed: every tree is a single convolution.
architecture start of path_tree { tree.merge = one, tree.merge.one.after = end }

/// Function-preserving transformations (section 3): a layer becomes several paths, a node is put after a path, an
/// identity becomes an operation.
moves of path_tree { branch merge, insert after, replace edge }

/// Ten random trees of depth 2 on small digits.
search quick of path_tree(size: 8, colors: 1, k: 8, n: 1, depth: 2) {
  data      digits(split: shuffled)
  strategy  random
  evaluate  train(epochs: 5, batch: 64, optimizer: sgd(lr: 0.05, momentum: 0.9), schedule: cosine)
  maximize  accuracy
  budget    10 trials
  seed      1
}
