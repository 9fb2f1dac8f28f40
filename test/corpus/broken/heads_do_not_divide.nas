nas 1
// 64 features cannot be shared out among three heads.

space attention_widths {
  input x: sequence[16, 8]
  let width = choose {48, 64}
  output x |> dense(width) |> attention_block(choose heads {2, 3, 4}) |> dense(10)
}
