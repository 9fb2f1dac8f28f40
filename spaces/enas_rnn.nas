nas 1

/// The recurrent cell of ENAS (Pham et al. 2018, section 2.1) in a language model of words. The first node reads
/// the input and the last output; each of the others reads one earlier node, through a highway connection with one
/// of four activations. The output is the mean of the nodes that none reads. 4^12 * 11! = 669,692,775,628,800 cells
/// of twelve nodes. Weights belong to a node and what it reads, as in the paper (the released code has some for
/// each activation).
space enas_rnn(words = 10k, steps = 35, units = 1000, depth = 12) {
  input x: tokens[steps]
  output x |> embedding(words, units) |> scan(step(units, depth), units) |> dense(words)
}

cell step(x, h; units, depth) {
  let first = highway_step(h, concat([x, h]) |> dense(2 * units, bias: false))
  nodes n[depth - 1] = add(s |> highway(units) for s in choose 1 from [first, ...n])
  mean(loose([first, ...n]))
}

/// The cell that the released code trains (melodyguan/enas, scripts/ptb_final.sh).
architecture ENAS_rnn of enas_rnn(units: 748) {
  step.first = tanh
  step.n = [
    {first: tanh}, {n[0]: relu}, {n[1]: relu}, {n[1]: tanh}, {n[1]: tanh}, {n[4]: relu},
    {n[0]: tanh}, {n[5]: relu}, {n[7]: relu}, {n[7]: relu}, {n[7]: relu}
  ]
}
