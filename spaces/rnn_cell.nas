nas 1

/// Recurrent cells as binary trees (Zoph & Le 2017, section 3.4) in a language model of words. Leaves read the
/// input and the last output, inner nodes their two children; each combines by adding or multiplying and applies
/// one of four activations. One node's value takes up the old cell state, and one node's value before its
/// activation is the new one. With `base` leaves there are 2 * base - 1 nodes: 8^(2 * base) * (2 * base - 1)^2
/// cells, for the paper's eight leaves 63,331,869,759,897,600, for two 36,864.
space rnn_cell(words = 10k, steps = 35, units = 200, base = 8) {
  input x: tokens[steps]
  output x |> embedding(words, units) |> scan(tree(units, base), units) |> dense(words)
}

/// Leaves come first, the root last. A node is its value (before, after) its activation; where the old state
/// enters, it does so after. If one node both takes up the old state and gives the new one, the latter is taken
/// before.
cell tree(x, h, c; units, base) {
  let at = choose 0..(2 * base - 2)
  let (join, squash) = (choose join {add, mul}, choose squash {identity, tanh, sigmoid, relu})
  nodes n[i: 2 * base - 1] {
    let k = 2 * (i - base)
    let ins = if i < base then [x |> weights(units), h |> weights(units)] else [n[k][1], n[k + 1][1]]
    let pre = ins |> choose combine {add, mul}
    let out = pre |> choose act {identity, tanh, sigmoid, relu}
    (pre, if i == at then [out, c] |> join |> squash else out)
  }
  let keep = choose from n
  (last(n)[1], keep[0])
}

motif weights(x; units) = x |> dense(units, bias: false)

/// The example of the paper's figure 5: two leaves, h' = sigmoid(relu(tanh(Wx + Uh) + c) * relu(Vx * Th)), and the
/// new state is Vx * Th.
architecture example of rnn_cell(base: 2) {
  tree.at = 0, tree.join = add, tree.squash = relu, tree.keep = n[1]
  tree.n = [{combine: add, act: tanh}, {combine: mul, act: relu}, {combine: mul, act: sigmoid}]
}
