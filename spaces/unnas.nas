nas 1

use "darts.nas"

// Are labels necessary for architecture search? (Liu et al. 2020.) Searches of the DARTS space whose signal is a task
// that needs no labels (section 3): by how much an image was turned (0, 90, 180 or 270 degrees), in which of 24 orders its
// four tiles lie, or which of 313 colours each pixel has, given its lightness. The winner is then trained on the labels.
// Any other space would do as well. naslang has no such tasks yet; random search with labels stands in for them.

/// Ten random networks on small digits.
search quick of darts(size: 8, colors: 1, c: 4, n: 1, auxiliary: false) {
  data      digits(split: shuffled)
  strategy  random
  evaluate  train(epochs: 5, batch: 64, optimizer: sgd(lr: 0.05, momentum: 0.9), schedule: cosine)
  maximize  accuracy
  budget    10 trials
  seed      1
}
