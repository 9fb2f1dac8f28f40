nas 1

/// A dozen small networks.
space shared(classes = 10) {
  input x: image[8, 8, 1]
  let early = x |> conv(8, 3) |> batch_norm |> relu |> block
  let late = early |> max_pool(2, 2) |> block
  output late |> classifier(classes)
}

motif block(x) = x |> choose {
  conv_3: conv(8, 3) |> batch_norm |> relu
  conv_1: conv(8, 1) |> batch_norm |> relu
  skip: identity
}

search paths of shared {
  data      digits(split: shuffled)
  strategy  exhaustive
  evaluate  shared(epochs: 4, batch: 64, optimizer: sgd(lr: 0.1, momentum: 0.9), schedule: cosine)
  retrain   train(epochs: 1, batch: 64)
  maximize  accuracy
  budget    9 trials
  seed      1
}

search gradients of shared {
  data      digits(split: shuffled)
  strategy  darts(lr: 0.02)
  evaluate  shared(epochs: 3, batch: 64, optimizer: sgd(lr: 0.1, momentum: 0.9), schedule: cosine)
  retrain   train(epochs: 1, batch: 64)
  maximize  accuracy
  budget    3 trials
  seed      1
}
