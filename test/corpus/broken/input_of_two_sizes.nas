nas 1
// An image has channels.

space inputs {
  input x: image[28, 28]
  output x |> conv(choose {8, 16}, 3) |> classifier(10)
}
