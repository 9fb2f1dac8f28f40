nas 1

/// The recurrent cell of DARTS (Liu et al. 2019, section 2.1) in a language model of words: eight nodes after a
/// first one that is fixed, each reading one earlier node through a highway connection with one of four
/// activations; the output is the mean of the eight. 8! * 4^8 = 2,642,411,520 cells. A node has one matrix,
/// whatever it reads and whatever its activation.
space darts_rnn(words = 10k, steps = 35, units = 850) {
  input x: tokens[steps]
  output x |> embedding(words, units) |> scan(recurrent(units), units) |> dense(words)
}

cell recurrent(x, h; units) {
  let y = concat([x, h]) |> dense(2 * units, bias: false)
  let s0 = h + sigmoid(split_part(y; 0, 2)) * (tanh(split_part(y; 1, 2)) - h)
  nodes n[8] {
    let w = dense(2 * units, bias: false)
    add(highway_step(s, s |> w) for s in choose 1 from [s0, ...n])
  }
  mean(n)
}

/// Found with the first-order approximation (quark0/darts, rnn/genotypes.py).
architecture DARTS_V1 of darts_rnn {
  recurrent.n = [
    {s0: relu}, {n[0]: relu}, {n[1]: tanh}, {n[2]: relu}, {n[3]: relu}, {n[0]: identity}, {n[4]: relu}, {n[0]: relu}
  ]
}

/// Found with the second-order approximation (quark0/darts, rnn/genotypes.py).
architecture DARTS_V2 of darts_rnn {
  recurrent.n = [
    {s0: sigmoid}, {n[0]: relu}, {n[0]: relu}, {n[0]: identity}, {n[1]: tanh}, {n[4]: sigmoid},
    {n[2]: tanh}, {n[4]: relu}
  ]
}
