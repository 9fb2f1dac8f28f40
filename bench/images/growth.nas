nas 1

/// Plain networks of the size of `spaces/digits.nas` for EAS to grow: two stages of one to four convolutions, each of one of five
/// widths.
space ladder {
  input x: image[8, 8, 1]
  output x |> for i in 0..1 { stage() |> max_pool(2, 2) } |> flatten |> dense(10)
}

motif stage(x) = x |> repeat choose depth 1..4 { layer() }

motif layer(x) = x |> conv(choose f {8, 12, 16, 24, 32}, choose k {1, 3, 5}) |> batch_norm |> relu

architecture start of ladder {
  stage = [{depth: 1, layer: [{f: 12, k: 3}]}, {depth: 1, layer: [{f: 16, k: 3}]}]
}

/// Networks of the same size with two layers that may become trees of paths, both the same one.
space paths(c = 24) {
  input x: image[8, 8, 1]
  output x |> conv_bn_relu(c, 3) |> tree(c) |> max_pool(2, 2) |> tree(c) |> classifier(10)
}

cell tree(x; c) = choose merge {
  one: trunk(x; c)
  add_2: mean([trunk(x; c) for branch in 1..2])
  cat_2: concat([trunk(x; c / 2) for branch in 1..2])
}

motif trunk(x; c) = x |> conv_bn_relu(c, 3) |> choose after { end: identity, node: node() }

motif node(x) = choose merge {
  one: path(x)
  add_2: mean([path(x) for branch in 1..2])
  cat_2: concat([path(part) for part in split(x, 2)])
}

/// No pool: it could not begin as the identity.
motif path(x) = x |> choose edge {
  identity
  conv_1: conv_bn_relu(channels(x), 1)
  sep_3: sep_conv_bn_relu(channels(x), 3)
  sep_5: sep_conv_bn_relu(channels(x), 5)
}

moves of ladder { widen f, deepen depth }

moves of paths { branch merge, insert after, replace edge }

search layers of ladder {
  data      digits(split: shuffled)
  strategy  random
  evaluate  train(epochs: 3, batch: 64, optimizer: sgd(lr: 0.05, momentum: 0.9), schedule: cosine)
  retrain   train(epochs: 10, batch: 64, optimizer: sgd(lr: 0.05, momentum: 0.9), schedule: cosine)
  maximize  accuracy
  budget    31 trials
  seed      1
}

search trees of paths {
  data      digits(split: shuffled)
  strategy  random
  evaluate  train(epochs: 3, batch: 64, optimizer: sgd(lr: 0.05, momentum: 0.9), schedule: cosine)
  retrain   train(epochs: 10, batch: 64, optimizer: sgd(lr: 0.05, momentum: 0.9), schedule: cosine)
  maximize  accuracy
  budget    31 trials
  seed      1
}
