nas 1

/// Networks of any topology for XOR (Stanley & Miikkulainen 2002, section 4): nodes and weighted connections that
/// NEAT adds one by one. Two inputs and a constant one, one output; every node applies the steep sigmoid 1 / (1 +
/// e^(-4.9 x)). There is no finite number of genomes; `max_nodes` bounds their size.
genome xor {
  inputs       2
  bias         true
  outputs      1
  activations  [sigmoid(4.9)]
  recurrent    false
  max_nodes    64
}
