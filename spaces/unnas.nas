nas 1

use "darts.nas"

// Are labels necessary for architecture search? (Liu et al. 2020.) Searches of the DARTS space whose signal is a task
// that needs no labels (section 3); the winner is then trained on the labels. Any other space would do as well.

/// By how much was the image turned: 0, 90, 180 or 270 degrees?
search rotation of darts(n: 2, c: 16) {
  data      cifar10
  task      rotation
  strategy  darts(order: 2, zero: true)
  maximize  accuracy
  budget    50 epochs
  seed      1
}

/// In which of the 24 orders do the four tiles of the image lie?
search jigsaw of darts(n: 2, c: 16) {
  data      cifar10
  task      jigsaw(tiles: 2, permutations: 24)
  strategy  darts(order: 2, zero: true)
  maximize  accuracy
  budget    50 epochs
  seed      1
}

/// Which of 313 colours has each pixel, given its lightness?
search colorization of darts(n: 2, c: 16) {
  data      cifar10
  task      colorization(bins: 313)
  strategy  darts(order: 2, zero: true)
  maximize  accuracy
  budget    50 epochs
  seed      1
}
