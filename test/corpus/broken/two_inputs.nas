nas 1
// One tensor is fed.

space inputs {
  input x: image[8, 8, 1]
  input y: image[8, 8, 1]
  output x + y |> conv(choose {8, 16}, 3) |> classifier(10)
}
