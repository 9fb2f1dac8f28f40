nas 1
// Words are no vectors before they are embedded.

space words {
  input x: tokens[16]
  output x |> dense(choose {16, 32}) |> attention_block(2) |> dense(10)
}
