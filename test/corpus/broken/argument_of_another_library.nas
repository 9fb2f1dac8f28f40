nas 1
// The arguments have other names in PyTorch.

space arguments {
  input x: image[8, 8, 1]
  output x |> conv(16, kernel_size: 3, strides: 2) |> classifier(10)
}
