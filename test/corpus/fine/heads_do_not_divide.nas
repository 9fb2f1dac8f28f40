nas 1

space attention_widths {
  input x: sequence[16, 8]
  let width = choose {48, 96}
  output x |> dense(width) |> attention_block(choose heads {2, 3, 4}) |> dense(10)
}
