nas 1

/// The NASNet space (Zoph, Vasudevan, Shlens & Le 2018, section 3). Each of the two cells is a list of blocks. A
/// block takes two earlier states, the same one twice if it likes, applies an operation to each and combines the
/// results. What no block reads is concatenated. Block b (from 1) chooses (b + 1)^2 * 13^2 * 2 ways: with five
/// blocks 2,286,906,949,584,691,200 cells, squared for the pair.
///
/// 3n + 2 cells; n and the width c of the first third are free (section 3). The paper searches with n = 2, c = 32.
space nasnet(classes = 10, size = 32, colors = 3, c = 32, n = 6, blocks = 5) {
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

/// Only operations that read an input of a reduction cell have stride 2. A concatenation is brought back to c
/// channels.
motif block(ins, done; c, stride) {
  let a = choose from [...ins, ...done]
  let b = choose from [...ins, ...done]
  let left  = a |> op(c, if a in ins then stride else 1)
  let right = b |> op(c, if b in ins then stride else 1)
  choose combine { add: left + right, concat: concat([left, right]) |> project(c) }
}

motif op(x; c, stride) = x |> choose {
  identity: if stride == 1 then identity else factorized_reduce(c)
  conv_1x3_3x1: conv_pair(c, 3, stride), conv_1x7_7x1: conv_pair(c, 7, stride)
  dil_3: relu_conv(c, 3, stride, dilation: 2)
  avg_3: avg_pool(3, stride), max_3: max_pool(3, stride), max_5: max_pool(5, stride), max_7: max_pool(7, stride)
  conv_1: relu_conv(c, 1, stride), conv_3: relu_conv(c, 3, stride)
  sep_3: sep_conv(c, 3, stride), sep_5: sep_conv(c, 5, stride), sep_7: sep_conv(c, 7, stride)
}

/// NASNet-A as the paper's figure 4 has it and the DARTS code transcribes it (quark0/darts, cnn/genotypes.py:
/// NASNet): only unread blocks are concatenated. The network that was released concatenates more; it is
/// nasnet_mobile.nas.
architecture NASNet_A of nasnet {
  normal.n = [
    {a: s1, b: s0, left: sep_5, right: sep_3, combine: add},
    {a: s0, b: s0, left: sep_5, right: sep_3, combine: add},
    {a: s1, b: s0, left: avg_3, right: identity, combine: add},
    {a: s0, b: s0, left: avg_3, right: avg_3, combine: add},
    {a: s1, b: s1, left: sep_3, right: identity, combine: add}
  ]
  reduce.n = [
    {a: s1, b: s0, left: sep_5, right: sep_7, combine: add},
    {a: s1, b: s0, left: max_3, right: sep_7, combine: add},
    {a: s1, b: s0, left: avg_3, right: sep_5, combine: add},
    {a: n[1], b: n[0], left: identity, right: avg_3, combine: add},
    {a: n[0], b: s1, left: sep_3, right: max_3, combine: add}
  ]
}

/// Ten random pairs of cells on small digits, two blocks in a cell.
search quick of nasnet(size: 8, colors: 1, c: 4, n: 1, blocks: 2) {
  data      digits(split: shuffled)
  strategy  random
  evaluate  train(epochs: 5, batch: 64, optimizer: sgd(lr: 0.05, momentum: 0.9), schedule: cosine)
  maximize  accuracy
  budget    10 trials
  seed      1
}
