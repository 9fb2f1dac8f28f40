nas 1

use "darts.nas"

// SNAS (Xie, Zheng, Liu & Lin 2019) searches the space of DARTS: one operation for each edge is drawn from a concrete
// distribution, whose temperature falls from 1 to 0.03, and weights and distributions are trained together on one loss,
// the task's and the expected cost of the network (section 2). The published network is `SNAS` in darts.nas.

/// The search of section 3: eight cells of sixteen channels, 150 epochs.
search mild of darts(n: 2, c: 16) {
  data      cifar10
  strategy  snas(temperature: 1.0, final_temperature: 0.03, zero: true)
  maximize  accuracy
  minimize  params
  budget    150 epochs
  seed      1
}
