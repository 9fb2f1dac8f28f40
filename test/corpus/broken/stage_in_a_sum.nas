nas 1
// A stage that nothing was piped into.

space kinds(c = 8) {
  input x: image[8, 8, 1]
  let y = x |> conv(c, 3)
  output y + relu_conv(c, 3) |> classifier(10)
}
