nas 1

space kinds(c = 8) {
  input x: image[8, 8, 1]
  let y = x |> conv(c, 3)
  output y + relu_conv(y; c, 3) |> classifier(10)
}
