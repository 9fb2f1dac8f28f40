nas 1

/// Small convolutional networks for handwritten digits of 8 x 8 pixels: two stages of blocks, the second at
/// half the resolution and twice the width. Width, depths, the way down and every block are open.
space digits(classes = 10) {
  input x: image[8, 8, 1]

  let width = choose {12, 16, 24}
  let depth = choose 1..3
  let depth_late = choose 1..3

  let stem  = x |> conv(width, 3) |> batch_norm |> relu
  let early = stem |> repeat depth { block(width) }
  let down  = early |> choose {
    pool:    max_pool(2, 2) |> conv(2 * width, 1)
    average: avg_pool(2, 2) |> conv(2 * width, 1)
    stride:  conv(2 * width, 3, stride: 2)
  }
  let late = down |> batch_norm |> relu |> repeat depth_late { block(2 * width) }

  output late |> classifier(classes)
  require params <= 100k
}

/// What a block may be: a plain convolution, or one with a skip connection around it (He et al. 2016b).
motif block(x; c) = x |> choose {
  plain: conv(c, k: choose {3, 5}) |> batch_norm |> relu
  skip:  residual(c)
}

motif residual(x; c) {
  let y = x |> conv(c, k: choose {1, 3, 5}) |> batch_norm |> relu |> conv(c, 3) |> batch_norm
  relu(x + y)
}

/// Twenty networks, five epochs each; the best is trained anew for thirty on training and validation images.
search quick of digits {
  data      digits(split: shuffled)
  strategy  random
  evaluate  train(epochs: 5, batch: 64, optimizer: sgd(lr: 0.05, momentum: 0.9, weight_decay: 1e-4), schedule: cosine)
  retrain   train(epochs: 30, batch: 64, optimizer: sgd(lr: 0.05, momentum: 0.9, weight_decay: 1e-4), schedule: cosine)
  maximize  accuracy
  budget    20 trials
  seed      1
}
