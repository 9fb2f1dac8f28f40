nas 1

space inputs {
  input x: image[8, 8, 2]
  output x |> conv(choose {8, 16}, 3) |> classifier(10)
}
