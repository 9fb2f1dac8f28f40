nas 1

/// A convolution and a head: small enough to be printed whole.
space tiny(classes = 10) {
  input x: image[8, 8, 1]
  let filters = choose {4, 8, 12}
  let way = x |> choose down {
    pool:   max_pool(2, 2) |> conv(filters, k: choose {1, 3})
    stride: conv(filters, 3, stride: 2)
  }
  output way |> batch_norm |> relu |> classifier(classes)
  require params <= 200
}

search brief of tiny {
  data      digits
  strategy  random
  evaluate  train(epochs: 1, batch: 128, optimizer: sgd(lr: 0.1, momentum: 0.9))
  retrain   train(epochs: 6, batch: 32, optimizer: sgd(lr: 0.1, momentum: 0.9))
  maximize  accuracy
  budget    2 trials
  seed      3
}
