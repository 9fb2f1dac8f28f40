nas 1

space words {
  input x: tokens[8]
  output x |> embedding(100, choose {8, 16}) |> dense(10)
}
