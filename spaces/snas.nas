nas 1

use "darts.nas"

// SNAS (Xie, Zheng, Liu & Lin 2019) searches the space of DARTS: one operation for each edge is drawn from a concrete
// distribution, whose temperature falls from 1 to 0.03, and weights and distributions are trained together on one loss,
// the task's and the expected cost of the network (section 2). The published network is `SNAS` in darts.nas: eight cells of
// sixteen channels are searched for 150 epochs (section 3). naslang has no such strategy yet; random search on the small
// digits stands in for it.

/// Ten random networks on small digits.
search quick of darts(size: 8, colors: 1, c: 4, n: 1, auxiliary: false) {
  data      digits(split: shuffled)
  strategy  random
  evaluate  train(epochs: 5, batch: 64, optimizer: sgd(lr: 0.05, momentum: 0.9), schedule: cosine)
  maximize  accuracy
  budget    10 trials
  seed      1
}
