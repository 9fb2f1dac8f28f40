nas 1

use "pnas.nas"

/// The space of PNAS as progressive search goes through it (Liu et al. 2018, section 4): the number of blocks is a decision, from 1
/// (256 cells, of which 136 differ by more than the order of their two operands) to `most`, at most five: 256 + 147,456 +
/// 150,994,944 + 241,591,910,400 + 556,627,761,561,600 = 556,869,504,614,656 cells. c and n are those of the paper's search.
space pnas_progressive(classes = 10, size = 32, colors = 3, c = 24, n = 2, most = 5, all = false) {
  input x: image[size, size, colors]
  let blocks = choose {1, 2 when most >= 2, 3 when most >= 3, 4 when most >= 4, 5 when most >= 5}
  let stem = x |> conv(3 * c, 3) |> batch_norm
  let high = (stem, stem)
    |> repeat n { slide(cell_of(c, blocks, 1, all)) }
    |> slide(cell_of(2 * c, blocks, 2, all))
  let mid = high
    |> repeat n { slide(cell_of(2 * c, blocks, 1, all)) }
    |> slide(cell_of(4 * c, blocks, 2, all))
  let low = mid |> repeat n { slide(cell_of(4 * c, blocks, 1, all)) }
  output last(low) |> relu |> classifier(classes)
}

/// One-block cells first, then the most promising with two; the predictors are small.
search progressive of pnas_progressive(size: 8, colors: 1, c: 4, n: 1, most: 2) {
  data      digits(split: shuffled)
  strategy  pnas(units: 16, ensemble: 2)
  evaluate  train(epochs: 5, batch: 64, optimizer: sgd(lr: 0.05, momentum: 0.9), schedule: cosine)
  maximize  accuracy
  budget    20 trials
  seed      1
}
