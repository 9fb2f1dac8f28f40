nas 1

/// The one-shot space (Bender, Kindermans, Zoph, Vasudevan & Le 2018, section 3): eight cells of one form, each
/// with four blocks. A block adds one or two earlier states and applies one or two of seven operations to the sum,
/// whose results it adds; the cell concatenates its blocks. 28 sets of operations in a block, 3, 6, 10 and 15 sets
/// of inputs: 28^4 * 2,700 = 1,659,571,200 cells. (Number of blocks, and where the two reductions between the cells
/// stand, are ours.)
space one_shot(classes = 10, size = 32, colors = 3, c = 16, n = 2) {
  input x: image[size, size, colors]
  let stem = x |> conv(c, 3) |> batch_norm
  let high = (stem, stem) |> repeat n { slide(searched(c)) } |> slide(shrink(2 * c))
  let mid  = high |> repeat n + 1 { slide(searched(2 * c)) } |> slide(shrink(4 * c))
  let low  = mid |> repeat n + 1 { slide(searched(4 * c)) }
  output last(low) |> relu |> classifier(classes)
}

normal cell searched(p, q; c) {
  let (s0, s1) = (align(p, q; c), project(q; c))
  nodes b[4] = add(choose inputs 1..2 from [s0, s1, ...b]) |> choose ops 1..2 of {
    identity
    sep_3: sep_pair(c, 3)
    sep_5: sep_pair(c, 5)
    sep_7: sep_pair(c, 7)
    conv_1x7_7x1: conv_pair(c, 7)
    max_3: max_pool(3)
    avg_3: avg_pool(3)
  } |> add
  concat(b)
}

motif shrink(p, q; c) = q |> factorized_reduce(c)

/// Ten random cells on small digits, in a network of five.
search quick of one_shot(size: 8, colors: 1, c: 4, n: 1) {
  data      digits(split: shuffled)
  strategy  random
  evaluate  train(epochs: 5, batch: 64, optimizer: sgd(lr: 0.05, momentum: 0.9), schedule: cosine)
  maximize  accuracy
  budget    10 trials
  seed      1
}
