nas 1

/// The cell space of ENAS (Pham, Guan, Zoph, Le & Dean 2018, section 2.4): two cells of five nodes. A node takes
/// two earlier states, the same one twice if it likes, applies one of five operations to each and adds; what no
/// node reads is concatenated. Node i (from 2) chooses (5i)^2 ways: 5,062,500,000,000 cells, squared for the pair.
/// (The paper prints (5 * 5!)^4.) 3n + 2 cells: n = 5 makes the fifteen layers of the paper and two reductions.
space enas_micro(classes = 10, size = 32, colors = 3, c = 36, n = 5) {
  input x: image[size, size, colors]
  let stem = x |> conv(3 * c, 3) |> batch_norm
  let high = (stem, stem) |> repeat n { slide(normal(c)) } |> slide(reduce(2 * c))
  let mid  = high |> repeat n { slide(normal(2 * c)) } |> slide(reduce(4 * c))
  let low  = mid |> repeat n { slide(normal(4 * c)) }
  output last(low) |> relu |> global_avg_pool |> dropout(0.2) |> dense(classes)
}

normal cell normal(p, q; c)    = nodes_of(p, q; c, stride: 1)
reduction cell reduce(p, q; c) = nodes_of(p, q; c, stride: 2)

motif nodes_of(p, q; c, stride) {
  let (s0, s1) = (align(p, q; c), project(q; c))
  nodes n[5] = node([s0, s1], n; c, stride)
  concat(loose(n))
}

motif node(ins, done; c, stride) {
  let a = choose from [...ins, ...done]
  let left = a |> op(c, if a in ins then stride else 1)
  let b = choose from [...ins, ...done]
  let right = b |> op(c, if b in ins then stride else 1)
  left + right
}

motif op(x; c, stride) = x |> choose {
  sep_3: sep_conv(c, 3, stride)
  sep_5: sep_conv(c, 5, stride)
  avg_3: avg_pool(3, stride)
  max_3: max_pool(3, stride)
  identity: if stride == 1 then identity else factorized_reduce(c)
}

/// The list of the released code: for each node of the normal and then of the reduction cell an input, its
/// operation, the other input and its operation.
notation list of enas_micro "{normal.n[0].a:index} {normal.n[0].left:index} {normal.n[0].b:index} {normal.n[0].right:index} {normal.n[1].a:index} {normal.n[1].left:index} {normal.n[1].b:index} {normal.n[1].right:index} {normal.n[2].a:index} {normal.n[2].left:index} {normal.n[2].b:index} {normal.n[2].right:index} {normal.n[3].a:index} {normal.n[3].left:index} {normal.n[3].b:index} {normal.n[3].right:index} {normal.n[4].a:index} {normal.n[4].left:index} {normal.n[4].b:index} {normal.n[4].right:index} {reduce.n[0].a:index} {reduce.n[0].left:index} {reduce.n[0].b:index} {reduce.n[0].right:index} {reduce.n[1].a:index} {reduce.n[1].left:index} {reduce.n[1].b:index} {reduce.n[1].right:index} {reduce.n[2].a:index} {reduce.n[2].left:index} {reduce.n[2].b:index} {reduce.n[2].right:index} {reduce.n[3].a:index} {reduce.n[3].left:index} {reduce.n[3].b:index} {reduce.n[3].right:index} {reduce.n[4].a:index} {reduce.n[4].left:index} {reduce.n[4].b:index} {reduce.n[4].right:index}"

/// The cells that the released code trains (melodyguan/enas, scripts/cifar10_micro_final.sh).
architecture ENAS_micro of enas_micro {
  normal.n = [
    {a: s0, left: avg_3, b: s0, right: sep_3},
    {a: s0, left: identity, b: s0, right: sep_5},
    {a: s0, left: identity, b: s1, right: sep_5},
    {a: s1, left: sep_3, b: s0, right: sep_5},
    {a: s0, left: avg_3, b: s1, right: sep_5}
  ]
  reduce.n = [
    {a: s1, left: sep_3, b: s1, right: sep_3},
    {a: s0, left: max_3, b: s0, right: avg_3},
    {a: s1, left: sep_5, b: n[1], right: sep_5},
    {a: s1, left: sep_3, b: s0, right: identity},
    {a: s0, left: max_3, b: s1, right: sep_5}
  ]
}

/// Ten random pairs of cells on small digits.
search quick of enas_micro(size: 8, colors: 1, c: 4, n: 1) {
  data      digits(split: shuffled)
  strategy  random
  evaluate  train(epochs: 5, batch: 64, optimizer: sgd(lr: 0.05, momentum: 0.9), schedule: cosine)
  maximize  accuracy
  budget    10 trials
  seed      1
}
