nas 1
// Two heads without a name.

space heads {
  input x: image[8, 8, 1]
  let y = x |> conv(choose {8, 16}, 3)
  output y |> classifier(10)
  output y |> classifier(100)
}
