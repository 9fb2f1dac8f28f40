nas 1

space words {
  input x: tokens[16]
  output x |> embedding(100, choose {16, 32}) |> attention_block(2) |> dense(10)
}
