nas 1
use "nasbench201.nas"

/// The cell of NAS-Bench-201 in a network of three cells that is small enough to be trained in seconds. Between stages stand an
/// average pool and a 1x1 convolution: beside the residual blocks of the benchmark so small a cell hardly matters.
space nasbench201_small(classes = 10, size = 16, colors = 3, c = 8) {
  input x: image[size, size, colors]
  output x |> conv(c, 3) |> batch_norm
    |> searched(c)     |> shrink(2 * c)
    |> searched(2 * c) |> shrink(4 * c)
    |> searched(4 * c) |> batch_norm |> relu |> classifier(classes)
}

motif shrink(x; c) = x |> avg_pool(2, 2) |> conv(c, 1)

/// Thirty trials of three epochs on a part of CIFAR-10 at 16x16.
search small of nasbench201_small {
  data      cifar10(size: 16, train: 4000, validation: 2000)
  strategy  random
  evaluate  train(epochs: 3, batch: 64, optimizer: sgd(lr: 0.05, momentum: 0.9), schedule: cosine)
  maximize  accuracy
  budget    30 trials
  seed      1
}
