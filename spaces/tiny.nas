nas 1
space tiny(classes = 10) {
  input x: image[8, 8, 1]
  let depth = choose 1..3
  let width = choose {16, 24}
  let stem  = x |> conv(width, 3) |> batch_norm |> relu
  let body  = stem |> repeat depth { conv(width, k: choose {3, 5}) |> batch_norm |> relu }
  output body |> classifier(classes)
  require params <= 30k
}
