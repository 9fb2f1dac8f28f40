nas 1
// A cost is no condition.

space costs {
  input x: image[8, 8, 1]
  output x |> conv(choose {8, 16}, 3) |> classifier(10)
  require params
}
