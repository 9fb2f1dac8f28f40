nas 1
// A separable convolution wants its kernel.

space arguments {
  input x: image[8, 8, 1]
  output x |> sep_conv(16) |> classifier(10)
}
