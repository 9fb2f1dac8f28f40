nas 1
// The same kernel is offered twice.

space kernels {
  input x: image[8, 8, 1]
  output x |> conv(8, k: choose {3, 5, 3}) |> classifier(10)
}
