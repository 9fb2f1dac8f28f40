nas 1

/// NAS-Bench-201 (Dong & Yang 2020, section 2): a cell of four nodes, the first its input, the last its output.
/// Each of the six edges carries one of five operations: 5^6 = 15,625 architectures. They are 5,875 different
/// networks; the paper's 6,466 are different strings that still hold zero terms. Three stages of n cells, a
/// residual block between two. Parameters on CIFAR-10: 73,306 + 243,040 a + 28,000 b, with a edges of nor_conv_3x3
/// and b of nor_conv_1x1 that lie on a path from input to output.
space nasbench201(classes = 10, size = 32, colors = 3, c = 16, n = 5) {
  input x: image[size, size, colors]
  output x |> conv(c, 3) |> batch_norm
    |> repeat n { searched(c) }     |> downsample(2 * c)
    |> repeat n { searched(2 * c) } |> downsample(4 * c)
    |> repeat n { searched(4 * c) } |> batch_norm |> relu |> classifier(classes)
}

normal cell searched(x; c) {
  nodes n[3] = add(h |> edge(c) for h in [x, ...n])
  last(n)
}

motif edge(x; c) = x |> choose {
  none: zero
  skip_connect: identity
  nor_conv_1x1: relu_conv(c, 1)
  nor_conv_3x3: relu_conv(c, 3)
  avg_pool_3x3: avg_pool(3)
}

motif downsample(x; c) = (x |> relu_conv(c, 3, stride: 2) |> relu_conv(c, 3)) + (x |> avg_pool(2, 2) |> conv(c, 1))

notation string of nasbench201 "|{searched.n[0].h[x]}~0|+|{searched.n[1].h[x]}~0|{searched.n[1].h[n[0]]}~1|+|{searched.n[2].h[x]}~0|{searched.n[2].h[n[0]]}~1|{searched.n[2].h[n[1]]}~2|"

/// The cell on which the size space of NATS-Bench is built (Dong et al. 2021, section 3): see nats_size.nas.
/// 1,288,506 parameters.
architecture NATS_cell of nasbench201 {
  searched.n = [
    {h[x]: nor_conv_3x3},
    {h[x]: nor_conv_3x3, h[n[0]]: nor_conv_3x3},
    {h[x]: skip_connect, h[n[0]]: nor_conv_3x3, h[n[1]]: nor_conv_3x3}
  ]
}

/// Twenty random cells on small digits, one in a stage.
search quick of nasbench201(size: 8, colors: 1, c: 8, n: 1) {
  data      digits(split: shuffled)
  strategy  random
  evaluate  train(epochs: 5, batch: 64, optimizer: sgd(lr: 0.05, momentum: 0.9), schedule: cosine)
  maximize  accuracy
  budget    20 trials
  seed      1
}
