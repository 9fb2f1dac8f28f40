nas 1

/// The space of PNAS (Liu et al. 2018, section 3): one cell, used with stride 1 and with stride 2. Its blocks take
/// two earlier states, apply one of eight operations to each and add. Block b (from 1) chooses (b + 1)^2 * 8^2
/// ways: 256, 576, 1,024, 1,600 and 2,304; with five blocks 556,627,761,561,600 cells. In
/// pnas_progressive.nas their number is a decision, for progressive search.
///
/// Cells concatenate the blocks that no block reads; with `all`, they concatenate every block, as the released
/// PNASNet-5 does. The paper searches with c = 24, n = 2.
space pnas(classes = 10, size = 32, colors = 3, c = 48, n = 3, blocks = 5, all = false) {
  input x: image[size, size, colors]
  let stem = x |> conv(3 * c, 3) |> batch_norm
  let high = (stem, stem) |> repeat n { slide(cell_of(c, blocks, 1, all)) } |> slide(cell_of(2 * c, blocks, 2, all))
  let mid  = high |> repeat n { slide(cell_of(2 * c, blocks, 1, all)) } |> slide(cell_of(4 * c, blocks, 2, all))
  let low  = mid |> repeat n { slide(cell_of(4 * c, blocks, 1, all)) }
  output last(low) |> relu |> classifier(classes)
}

cell cell_of(p, q; c, blocks, stride, all) {
  let (s0, s1) = (align(p, q; c), project(q; c))
  nodes n[blocks] = block([s0, s1], n; c, stride)
  concat(if all then n else loose(n))
}

motif block(ins, done; c, stride) {
  let a = choose from [...ins, ...done]
  let b = choose from [...ins, ...done]
  let left  = a |> op(c, if a in ins then stride else 1)
  let right = b |> op(c, if b in ins then stride else 1)
  left + right
}

motif op(x; c, stride) = x |> choose {
  sep_3: sep_conv(c, 3, stride)
  sep_5: sep_conv(c, 5, stride)
  sep_7: sep_conv(c, 7, stride)
  conv_1x7_7x1: conv_pair(c, 7, stride)
  identity: if stride == 1 then identity else factorized_reduce(c)
  avg_3: avg_pool(3, stride)
  max_3: max_pool(3, stride)
  dil_3: relu_conv(c, 3, stride, dilation: 2)
}

/// PNASNet-5 (figure 1 of the paper; chenxi116/PNASNet.pytorch, genotypes.py). Blocks, operations and inputs are
/// theirs, the network around the cell is this space's: their stem and their way of reducing the older input
/// differ.
architecture PNASNet_5 of pnas(all: true) {
  cell_of.n = [
    {a: s0, b: s0, left: sep_5, right: max_3},
    {a: s1, b: s1, left: sep_7, right: max_3},
    {a: s1, b: s1, left: sep_5, right: sep_3},
    {a: n[2], b: s1, left: sep_3, right: max_3},
    {a: s0, b: s1, left: sep_3, right: identity}
  ]
}

/// Ten random cells of two blocks on small digits.
search quick of pnas(size: 8, colors: 1, c: 4, n: 1, blocks: 2) {
  data      digits(split: shuffled)
  strategy  random
  evaluate  train(epochs: 5, batch: 64, optimizer: sgd(lr: 0.05, momentum: 0.9), schedule: cosine)
  maximize  accuracy
  budget    10 trials
  seed      1
}
