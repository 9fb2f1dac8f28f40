nas 1

/// The cell space of DARTS (Liu, Simonyan & Yang 2019, section 2.1). Two cells are searched. Each has two inputs
/// and four nodes; a node adds the results of two different earlier states, each after an operation of its own, and
/// the cell concatenates its nodes. Node k (from 0) chooses 2 of k + 2 states and 7 operations twice: (1 * 3 * 6 *
/// 10) * 7^8 = 1,037,664,180 cells, and 1,076,746,950,455,072,400 pairs of cells.
///
/// The network has 3n + 2 cells: n normal ones at each of three resolutions, a reduction between two. The paper
/// trains n = 6, c = 36 and searches with n = 2, c = 16. The zero operation belongs to the relaxed search, not to
/// the space: a strategy adds it, as it adds batch normalisation after pools.
space darts(classes = 10, size = 32, colors = 3, c = 36, n = 6, auxiliary = true) {
  input x: image[size, size, colors]
  let stem = x |> conv(3 * c, 3) |> batch_norm
  let high = (stem, stem) |> repeat n { slide(normal(c)) } |> slide(reduce(2 * c))
  let mid  = high |> repeat n { slide(normal(2 * c)) } |> slide(reduce(4 * c))
  let low  = mid |> repeat n { slide(normal(4 * c)) }
  output last(low) |> classifier(classes)
  output aux: if auxiliary then last(mid) |> darts_aux_head(classes) else none
}

normal cell normal(p, q; c)    = dag(p, q; c, stride: 1)
reduction cell reduce(p, q; c) = dag(p, q; c, stride: 2)

/// The older input is halved where the cell before reduced; in a reduction cell the edges from the inputs have
/// stride 2.
motif dag(p, q; c, stride) {
  let (s0, s1) = (align(p, q; c), project(q; c))
  nodes n[4] = add(h |> edge(c, if h in [s0, s1] then stride else 1) for h in choose 2 from [s0, s1, ...n])
  concat(n)
}

motif edge(x; c, stride) = x |> choose {
  max_pool_3: max_pool(3, stride)
  avg_pool_3: avg_pool(3, stride)
  skip_connect: if stride == 1 then identity else factorized_reduce(c)
  sep_conv_3: sep_conv(c, 3, stride)
  sep_conv_5: sep_conv(c, 5, stride)
  dil_conv_3: dil_conv(c, 3, stride)
  dil_conv_5: dil_conv(c, 5, stride)
}

/// Found with the first-order approximation (quark0/darts, cnn/genotypes.py). 3,169,414 parameters.
architecture DARTS_V1 of darts {
  normal.n = [
    {s0: sep_conv_3, s1: sep_conv_3}, {s0: skip_connect, s1: sep_conv_3},
    {s0: skip_connect, s1: sep_conv_3}, {s0: sep_conv_3, n[0]: skip_connect}
  ]
  reduce.n = [
    {s0: max_pool_3, s1: max_pool_3}, {s0: max_pool_3, n[0]: skip_connect},
    {s0: max_pool_3, n[0]: skip_connect}, {s0: avg_pool_3, n[0]: skip_connect}
  ]
}

/// Found with the second-order approximation (quark0/darts, cnn/genotypes.py). 3,349,342 parameters.
architecture DARTS_V2 of darts {
  normal.n = [
    {s0: sep_conv_3, s1: sep_conv_3}, {s0: sep_conv_3, s1: sep_conv_3},
    {s0: skip_connect, s1: sep_conv_3}, {s0: skip_connect, n[0]: dil_conv_3}
  ]
  reduce.n = [
    {s0: max_pool_3, s1: max_pool_3}, {s1: max_pool_3, n[0]: skip_connect},
    {s0: max_pool_3, n[0]: skip_connect}, {s1: max_pool_3, n[0]: skip_connect}
  ]
}

/// SNAS (Xie et al. 2019), with the mild constraint, as several public lists of genotypes give it; one of them has
/// dil_conv_3 for the last operation. 2,661,382 parameters.
architecture SNAS of darts {
  normal.n = [
    {s0: sep_conv_3, s1: sep_conv_3}, {s0: skip_connect, s1: dil_conv_3},
    {s0: skip_connect, s1: skip_connect}, {s0: skip_connect, s1: sep_conv_3}
  ]
  reduce.n = [
    {s0: max_pool_3, s1: max_pool_3}, {s1: max_pool_3, n[0]: skip_connect},
    {s1: max_pool_3, n[0]: skip_connect}, {s0: max_pool_3, n[0]: dil_conv_5}
  ]
}

/// PC-DARTS (Xu et al. 2020), searched on CIFAR-10 (yuhuixu1993/PC-DARTS, genotypes.py). 3,634,678 parameters.
architecture PC_DARTS of darts {
  normal.n = [
    {s0: skip_connect, s1: sep_conv_3}, {s0: sep_conv_3, s1: dil_conv_3},
    {s0: sep_conv_5, s1: sep_conv_3}, {s0: avg_pool_3, s1: dil_conv_3}
  ]
  reduce.n = [
    {s0: max_pool_3, s1: sep_conv_5}, {s1: sep_conv_5, n[0]: sep_conv_5},
    {s0: sep_conv_3, n[1]: sep_conv_3}, {s1: sep_conv_3, n[0]: sep_conv_3}
  ]
}

/// P-DARTS (Chen et al. 2019), searched on CIFAR-10 (chenxin061/pdarts, genotypes.py). 3,433,798 parameters.
architecture PDARTS of darts {
  normal.n = [
    {s0: skip_connect, s1: dil_conv_3}, {s0: skip_connect, s1: sep_conv_3},
    {s1: sep_conv_3, n[1]: sep_conv_3}, {s0: sep_conv_3, n[2]: dil_conv_5}
  ]
  reduce.n = [
    {s0: avg_pool_3, s1: sep_conv_5}, {s0: sep_conv_3, n[0]: dil_conv_5},
    {s0: max_pool_3, s1: dil_conv_3}, {s1: dil_conv_3, n[1]: dil_conv_5}
  ]
}

/// Ten random pairs of cells on small digits: five cells of four channels.
search quick of darts(size: 8, colors: 1, c: 4, n: 1, auxiliary: false) {
  data      digits(split: shuffled)
  strategy  random
  evaluate  train(epochs: 5, batch: 64, optimizer: sgd(lr: 0.05, momentum: 0.9), schedule: cosine)
  maximize  accuracy
  budget    10 trials
  seed      1
}
