nas 1

space spelling(c = 8) {
  input x: image[8, 8, 1]
  output x |> sep_conv(c, 3) |> batch_norm |> classifier(10)
}
