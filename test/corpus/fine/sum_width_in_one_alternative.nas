nas 1

space residual(c = 16) {
  input x: image[32, 32, 3]
  let stem = x |> conv(c, 3) |> batch_norm
  let y = stem |> choose op {
    conv_3: conv(c, 3)
    conv_5: conv(c, 5)
    wide:   conv(2 * c, 3) |> conv(c, 1)
  }
  output relu(stem + y) |> classifier(10)
}
