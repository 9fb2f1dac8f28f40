nas 1
// A library motif by another name.

space spelling(c = 8) {
  input x: image[8, 8, 1]
  output x |> sep_conv3(c, 3) |> batchnorm |> classifier(10)
}
