nas 1

/// Five layers, each one of three: 243 architectures.
space layers(c = 4) {
  input x: image[8, 8, 1]
  output x |> conv(c, 3) |> repeat 5 { layer(c) } |> classifier(10)
}

motif layer(x; c) = x |> choose {
  skip: identity
  relu
  conv: conv(c, 3)
}

notation words of layers "{layer[0]} {layer[1]} {layer[2]} {layer[3]} {layer[4]}"

search brief of layers {
  data      digits
  strategy  random
  evaluate  train(epochs: 1, batch: 128, optimizer: sgd(lr: 0.1))
  maximize  accuracy
  budget    30 trials
  seed      1
}
