nas 1

/// The space of AmoebaNet (Real, Aggarwal, Huang & Le 2019, section 3.1): the cells of NASNet, but blocks only add,
/// and there are eight operations. Block b (from 1) chooses (b + 1)^2 * 8^2 ways: with five blocks
/// 556,627,761,561,600 cells, squared for the pair. The paper searches with n = 3, c = 24.
space amoebanet(classes = 10, size = 32, colors = 3, c = 36, n = 6, blocks = 5) {
  input x: image[size, size, colors]
  let stem = x |> conv(3 * c, 3) |> batch_norm
  let high = (stem, stem) |> repeat n { slide(normal(c, blocks)) } |> slide(reduce(2 * c, blocks))
  let mid  = high |> repeat n { slide(normal(2 * c, blocks)) } |> slide(reduce(4 * c, blocks))
  let low  = mid |> repeat n { slide(normal(4 * c, blocks)) }
  output last(low) |> relu |> classifier(classes)
}

normal cell normal(p, q; c, blocks)    = blocks_of(p, q; c, blocks, stride: 1)
reduction cell reduce(p, q; c, blocks) = blocks_of(p, q; c, blocks, stride: 2)

motif blocks_of(p, q; c, blocks, stride) {
  let (s0, s1) = (align(p, q; c), project(q; c))
  nodes n[blocks] = block([s0, s1], n; c, stride)
  concat(loose(n))
}

motif block(ins, done; c, stride) {
  let a = choose from [...ins, ...done]
  let b = choose from [...ins, ...done]
  let left  = a |> op(c, if a in ins then stride else 1)
  let right = b |> op(c, if b in ins then stride else 1)
  left + right
}

motif op(x; c, stride) = x |> choose {
  identity: if stride == 1 then identity else factorized_reduce(c)
  sep_3: sep_conv(c, 3, stride)
  sep_5: sep_conv(c, 5, stride)
  sep_7: sep_conv(c, 7, stride)
  dil_3: dil_conv(c, 3, stride)
  conv_1x7_7x1: conv_pair(c, 7, stride)
  avg_3: avg_pool(3, stride)
  max_3: max_pool(3, stride)
}

/// AmoebaNet-A as the DARTS code transcribes it (quark0/darts, cnn/genotypes.py: AmoebaNet).
architecture AmoebaNet_A of amoebanet {
  normal.n = [
    {a: s0, b: s1, left: avg_3, right: max_3},
    {a: s0, b: n[0], left: sep_3, right: sep_5},
    {a: s0, b: n[1], left: sep_3, right: avg_3},
    {a: s1, b: s1, left: sep_3, right: identity},
    {a: s0, b: s1, left: identity, right: avg_3}
  ]
  reduce.n = [
    {a: s0, b: s1, left: avg_3, right: sep_3},
    {a: s0, b: n[0], left: max_3, right: sep_7},
    {a: s0, b: s1, left: sep_7, right: avg_3},
    {a: s0, b: s1, left: max_3, right: max_3},
    {a: s0, b: n[3], left: conv_1x7_7x1, right: sep_3}
  ]
}

/// Ten random pairs of cells on small digits, two blocks in a cell.
search quick of amoebanet(size: 8, colors: 1, c: 4, n: 1, blocks: 2) {
  data      digits(split: shuffled)
  strategy  random
  evaluate  train(epochs: 5, batch: 64, optimizer: sgd(lr: 0.05, momentum: 0.9), schedule: cosine)
  maximize  accuracy
  budget    10 trials
  seed      1
}
