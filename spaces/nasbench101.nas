nas 1

/// NAS-Bench-101 (Ying et al. 2019, section 2): a module is a directed graph of up to seven vertices and nine
/// edges; the first vertex is its input, the last its output, the five between them carry one of three operations.
/// 2^21 * 3^5 = 509,607,936 ways to write a graph, 139,359,042 of them connect with at most nine edges, 423,624 different
/// modules.
///
/// Here every vertex has the width of its module, and what flows into the output is concatenated and projected to it. The
/// benchmark shares the module's channels among the vertices that the output reads; its graphs, operations and counts are
/// those of this file, its parameter counts are not. Three stacks of n modules, halved and doubled between two.
space nasbench101(classes = 10, size = 32, colors = 3, c = 128, n = 3) {
  input x: image[size, size, colors]
  output x |> conv_bn_relu(c, 3)
    |> repeat n { module(c) }     |> max_pool(2, 2)
    |> repeat n { module(2 * c) } |> max_pool(2, 2)
    |> repeat n { module(4 * c) } |> classifier(classes)
}

normal cell module(x; c) {
  let reads = [choose any from 0..t for t in 0..5]                  // reads[t]: what vertex t + 1 reads
  nodes v[t: 5] = add(if j == 0 then conv_bn_relu(x; c, 1) else v[j - 1] for j in reads[t])
    |> choose op { conv_3: conv_bn_relu(c, 3), conv_1: conv_bn_relu(c, 1), max_3: max_pool(3) }
  require sum(length(r) for r in reads) <= 9 and connected
  let out = concat(v[j - 1] for j in reads[5] if j > 0)
  add([conv_bn_relu(out; c, 1), if 0 in reads[5] then conv_bn_relu(x; c, 1) else none])
}

/// Ten random modules on small digits, one in a stack.
search quick of nasbench101(size: 8, colors: 1, c: 16, n: 1) {
  data      digits(split: shuffled)
  strategy  random
  evaluate  train(epochs: 5, batch: 64, optimizer: sgd(lr: 0.05, momentum: 0.9), schedule: cosine)
  maximize  accuracy
  budget    10 trials
  seed      1
}
