nas 1

/// A language model of attention blocks (Vaswani et al. 2017, section 3; normalisation before each part, as in
/// Xiong et al. 2020), small enough for one machine. Width and depth are open, and in each block the number of
/// heads and the width of the feed-forward part: 3 * (9^2 + 9^3 + ... + 9^6) = 1,793,583 architectures. What is
/// open is what HAT (Wang et al. 2020, section 3) opens; the values are ours. A position sees none that follow it,
/// which tells it where it stands (Haviv et al. 2022), so there are no vectors of positions.
space transformer(words = 65, steps = 128) {
  input x: tokens[steps]
  let width = choose {64, 128, 192}
  let depth = choose 2..6
  output x |> embedding(words, width) |> repeat depth { block(width) } |> layer_norm |> dense(words)
}

motif block(x; width) {
  let y = x + (x |> layer_norm |> attention(heads: choose {2, 4, 8}, causal: true))
  y + (y |> layer_norm |> dense((choose ratio {2, 3, 4}) * width) |> gelu |> dense(width))
}
