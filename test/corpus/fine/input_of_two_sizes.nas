nas 1

space inputs {
  input x: image[28, 28, 1]
  output x |> conv(choose {8, 16}, 3) |> classifier(10)
}
