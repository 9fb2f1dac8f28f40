nas 1
// The skip adds the stem back, but one of the branches is twice as wide.

space residual(c = 16) {
  input x: image[32, 32, 3]
  let stem = x |> conv(c, 3) |> batch_norm
  let y = stem |> choose op {
    conv_3: conv(c, 3)
    conv_5: conv(c, 5)
    wide:   conv(2 * c, 3)
  }
  output relu(stem + y) |> classifier(10)
}
