nas 1

// Parts of recurrent cells and of transformers.

/// A step of a highway (Srivastava et al. 2015; Pham et al. 2018, section 2.1): `y`, twice as wide as `s`, holds a gate
/// and a candidate, whose activation is open; the gate mixes the candidate with `s`.
motif highway_step(s, y) {
  let gate = y |> split_part(0, 2) |> sigmoid
  let candidate = y |> split_part(1, 2) |> choose act {tanh, relu, sigmoid, identity}
  s + gate * (candidate - s)
}

/// A highway step with weights of its own, without biases.
motif highway(s; units) = highway_step(s, s |> dense(2 * units, bias: false))

/// Self-attention on a sequence, with a skip around it and layer normalisation before it (Vaswani et al. 2017; the
/// order of Xiong et al. 2020).
motif attention_block(x; heads) = x + (x |> layer_norm |> attention(heads))

/// Two fully connected layers at each position, with a skip around them and layer normalisation before them.
motif feed_forward(x; units) = x + (x |> layer_norm |> dense(units) |> gelu |> dense(channels(x)))
