nas 1

space labels(c = 8) {
  input x: image[8, 8, 1]
  output x |> conv(c, 3) |> normal(c) |> normal(2 * c) |> classifier(10)
}
normal cell normal(x; c) {
  let width = choose {narrow: c, wide: 2 * c}
  x |> relu_conv(width, 3)
}
